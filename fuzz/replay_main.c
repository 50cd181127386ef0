/* SPDX-License-Identifier: Apache-2.0
 * Runs a fuzz target over every file of a folder, without libFuzzer: `replay_NAME FOLDER`. Ends in
 * `N files replayed`; a missing or empty folder is a failure. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FILE_BYTES_MAX (16u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct stat st;
    if (!file || fstat(fileno(file), &st) != 0 || st.st_size > (off_t)FILE_BYTES_MAX) {
        fprintf(stderr, "%s: cannot read it, or it is over %u bytes\n", path, FILE_BYTES_MAX);
        if (file) fclose(file);
        return -1;
    }
    /* Exactly as large as the input, so that a sanitizer sees a read past its end. */
    size_t size = (size_t)st.st_size;
    uint8_t *data = malloc(size ? size : 1);
    size_t got = data ? fread(data, 1, size, file) : 0;
    fclose(file);
    if (!data || got != size) {
        fprintf(stderr, "%s: short read\n", path);
        free(data);
        return -1;
    }
    fprintf(stderr, "%s\n", path); /* the last line names the input of a crash */
    LLVMFuzzerTestOneInput(data, size);
    free(data);
    return 0;
}

int main(int argc, char **argv)
{
    int count = 0, failed = 0;
    DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
    if (!folder) {
        fprintf(stderr, "usage: replay FOLDER (a folder that can be read)\n");
        return 2;
    }
    for (const struct dirent *entry; (entry = readdir(folder));) {
        char path[4096];
        struct stat st;
        snprintf(path, sizeof path, "%s/%s", argv[1], entry->d_name);
        if (stat(path, &st) != 0 || !S_ISREG(st.st_mode)) continue;
        if (replay(path) == 0)
            count++;
        else
            failed++;
    }
    closedir(folder);
    printf("%s: %d files replayed\n", argv[1], count);
    return count == 0 || failed > 0;
}
