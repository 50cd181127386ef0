/* SPDX-License-Identifier: Apache-2.0
 * Runner of the unit and simulation tests: --list, --filter TEXT, --seed N, --update-golden.
 * Ends in `N passed, N failed`, exit 1 when one failed or when none ran. */
#include "lib/harness.h"

#include <ftw.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static struct test_case *first, *last;
static int failures_now;
static uint64_t seed = 20261123;
static bool update_golden;
static char tmp_root[256];
static int tmp_count;

void test_register(struct test_case *test)
{
    if (last)
        last->next = test;
    else
        first = test;
    last = test;
}

void test_fail(const char *file, int line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    failures_now++;
    if (failures_now <= 20) {
        printf("    %s:%d: ", file, line);
        vprintf(format, args);
        putchar('\n');
    }
    va_end(args);
}

bool test_equal_str(const char *got, const char *want, const char *file, int line)
{
    if (got && want && strcmp(got, want) == 0) return true;
    test_fail(file, line, "got  \"%s\"\n             want \"%s\"", got ? got : "(null)",
              want ? want : "(null)");
    return false;
}

bool test_near(double got, double want, double tolerance, const char *file, int line)
{
    if (fabs(got - want) <= tolerance) return true;
    test_fail(file, line, "%.17g is not within %g of %.17g", got, tolerance, want);
    return false;
}

uint64_t test_seed(void)
{
    return seed;
}

bool test_update_golden(void)
{
    return update_golden;
}

const char *test_tmp_dir(void)
{
    static char path[300];
    if (!tmp_root[0]) {
        snprintf(tmp_root, sizeof tmp_root, "%s/tapeloom-test-XXXXXX",
                 getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
        if (!mkdtemp(tmp_root)) abort();
    }
    snprintf(path, sizeof path, "%s/%d", tmp_root, tmp_count++);
    char command[340];
    snprintf(command, sizeof command, "mkdir -p '%s'", path);
    if (system(command) != 0) abort();
    return path;
}

bool test_golden(const char *name, const char *text, size_t size, const char *file, int line)
{
    char path[512];
    snprintf(path, sizeof path, "tests/golden/%s", name);
    if (update_golden) {
        FILE *out = fopen(path, "wb");
        if (!out || fwrite(text, 1, size, out) != size) abort();
        fclose(out);
        return true;
    }
    FILE *in = fopen(path, "rb");
    if (!in) {
        test_fail(file, line, "no golden file %s (run with --update-golden)", path);
        return false;
    }
    char *want = malloc(size + 2);
    size_t read = fread(want, 1, size + 1, in);
    fclose(in);
    bool same = read == size && memcmp(want, text, size) == 0;
    if (!same) {
        size_t at = 0;
        int row = 1;
        while (at < read && at < size && want[at] == text[at])
            row += want[at++] == '\n';
        test_fail(file, line, "differs from %s at line %d", path, row);
    }
    free(want);
    return same;
}

static int remove_entry(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st, (void)flag, (void)ftw;
    return remove(path);
}

int main(int argc, char **argv)
{
    const char *filter = NULL;
    bool list = false;
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--list") == 0)
            list = true;
        else if (strcmp(argv[i], "--update-golden") == 0)
            update_golden = true;
        else if (strcmp(argv[i], "--filter") == 0 && i + 1 < argc)
            filter = argv[++i];
        else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc)
            seed = strtoull(argv[++i], NULL, 10);
        else {
            fprintf(stderr,
                    "usage: unit_tests [--list] [--filter TEXT] [--seed N] [--update-golden]\n");
            return 2;
        }
    }
    int passed = 0, failed = 0;
    for (struct test_case *test = first; test; test = test->next) {
        if (filter && !strstr(test->name, filter) && !strstr(test->file, filter)) continue;
        if (list) {
            printf("%s  (%s:%d)\n", test->name, test->file, test->line);
            continue;
        }
        struct timespec begin, end;
        failures_now = 0;
        clock_gettime(CLOCK_MONOTONIC, &begin);
        test->run();
        clock_gettime(CLOCK_MONOTONIC, &end);
        double seconds =
            (double)(end.tv_sec - begin.tv_sec) + 1e-9 * (double)(end.tv_nsec - begin.tv_nsec);
        if (failures_now)
            failed++;
        else
            passed++;
        if (failures_now || seconds > 1.0)
            printf("%s %s  (%.1f s, %s)\n", failures_now ? "FAIL" : "ok  ", test->name, seconds,
                   test->file);
    }
    if (tmp_root[0]) nftw(tmp_root, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    if (list) return 0;
    if (failed) printf("seed %llu\n", (unsigned long long)seed);
    printf("%d passed, %d failed\n", passed, failed);
    return failed || passed == 0;
}
