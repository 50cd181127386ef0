/* SPDX-License-Identifier: Apache-2.0
 * The only system calls: clocks, stop signals, files, logging. */
#ifndef TL_OS_OS_H
#define TL_OS_OS_H

#include <tapeloom/types.h>

tl_ns tl_os_now(void);       /* real-time clock, for stamps */
tl_ns tl_os_monotonic(void); /* for intervals */
tl_ns tl_os_processor(void); /* what this process has had of its processors, for measurements */
void tl_os_sleep_ms(int ms);

/* One-line key=value log to stderr: time, level, service, message. Level from LOG_LEVEL (debug info
 * warn error), default info. Control characters are escaped; thread-safe. */
enum tl_log_level { TL_LOG_DEBUG, TL_LOG_INFO, TL_LOG_WARN, TL_LOG_ERROR };
void tl_log_line(enum tl_log_level level, const char *service, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same, at most once a minute for each distinct `kind` (a literal); later ones are counted and
 * the count is added to the next line. */
void tl_log_rare(enum tl_log_level level, const char *service, const char *kind, const char *format,
                 ...) __attribute__((format(printf, 4, 5)));

/* SIGINT and SIGTERM set the stop flag (SIGPIPE is ignored). Call before threads start. */
void tl_os_catch_stop(void);
bool tl_os_stopping(void);
void tl_os_stop(void); /* sets the flag from inside, e.g. a service that cannot go on */

const char *tl_os_env(const char *name, const char *fallback); /* unset or empty -> fallback */
enum tl_status tl_os_mkdir(const char *path, struct tl_error *error)
    TL_MUST_USE; /* with parents; checks that it is writable */
/* Whole file into malloc'ed *data (caller frees), NUL-terminated; TL_AGAIN: no such file; TL_FULL:
 * over max. */
enum tl_status tl_os_read_file(const char *path, size_t max, char **data, size_t *size,
                               struct tl_error *error) TL_MUST_USE;
/* Atomically replaces a file (temporary beside it, fsync, rename). */
enum tl_status tl_os_write_file(const char *path, struct tl_str data, int mode,
                                struct tl_error *error) TL_MUST_USE;
enum tl_status tl_os_random(void *bytes, size_t size) TL_MUST_USE;

#endif
