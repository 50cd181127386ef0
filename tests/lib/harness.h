/* SPDX-License-Identifier: Apache-2.0
 * The test harness. A test is TL_TEST("a sentence that says what holds") { ... } in any file under
 * tests/unit or tests/sim; it registers itself before main. CHECK macros report and go on;
 * REQUIRE stops the test. test_seed() is the run's seed (--seed), for properties. */
#ifndef TL_TESTS_HARNESS_H
#define TL_TESTS_HARNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct test_case {
    const char *name;
    const char *file;
    int line;
    void (*run)(void);
    struct test_case *next;
};

void test_register(struct test_case *test);
void test_fail(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
bool test_equal_str(const char *got, const char *want, const char *file, int line);
bool test_near(double got, double want, double tolerance, const char *file, int line);
uint64_t test_seed(void);
bool test_update_golden(void);
/* Path of a fresh temporary folder for the running test; removed at the end of the run. */
const char *test_tmp_dir(void);
/* Compares text with tests/golden/NAME; with --update-golden writes it. */
bool test_golden(const char *name, const char *text, size_t size, const char *file, int line);

#define TL_TEST_JOIN_(a, b) a##b
#define TL_TEST_JOIN(a, b) TL_TEST_JOIN_(a, b)
#define TL_TEST(sentence) TL_TEST_(sentence, TL_TEST_JOIN(test_fn_, __LINE__))
#define TL_TEST_(sentence, fn)                                                                     \
    static void fn(void);                                                                          \
    __attribute__((constructor)) static void TL_TEST_JOIN(fn, _register)(void)                     \
    {                                                                                              \
        static struct test_case test = {sentence, __FILE__, __LINE__, fn, NULL};                   \
        test_register(&test);                                                                      \
    }                                                                                              \
    static void fn(void)

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) test_fail(__FILE__, __LINE__, "%s", #condition);                         \
    } while (0)
#define REQUIRE(condition)                                                                         \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            test_fail(__FILE__, __LINE__, "%s (test stopped)", #condition);                        \
            return;                                                                                \
        }                                                                                          \
    } while (0)
#define CHECK_INT(got, want)                                                                       \
    do {                                                                                           \
        long long got_ = (long long)(got), want_ = (long long)(want);                              \
        if (got_ != want_)                                                                         \
            test_fail(__FILE__, __LINE__, "%s is %lld, not %lld", #got, got_, want_);              \
    } while (0)
#define CHECK_STR(got, want) test_equal_str(got, want, __FILE__, __LINE__)
#define CHECK_NEAR(got, want, tolerance) test_near(got, want, tolerance, __FILE__, __LINE__)

#endif
