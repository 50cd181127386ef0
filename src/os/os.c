/* SPDX-License-Identifier: Apache-2.0
 * Clocks, stop signals, files and logging on POSIX. */
#include "os/os.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"

static atomic_bool stopping;
static pthread_mutex_t rare_lock = PTHREAD_MUTEX_INITIALIZER;

static tl_ns clock_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (tl_ns)now.tv_sec * TL_NS_PER_S + now.tv_nsec;
}

tl_ns tl_os_now(void)
{
    return clock_ns(CLOCK_REALTIME);
}

tl_ns tl_os_monotonic(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

tl_ns tl_os_processor(void)
{
    return clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}

void tl_os_sleep_ms(int ms)
{
    struct timespec wait = {ms / 1000, (long)(ms % 1000) * 1000000L};
    nanosleep(&wait, NULL);
}

static enum tl_log_level log_level(void)
{
    const char *text = tl_os_env("LOG_LEVEL", "info");
    if (strcasecmp(text, "debug") == 0) return TL_LOG_DEBUG;
    if (strcasecmp(text, "warn") == 0) return TL_LOG_WARN;
    if (strcasecmp(text, "error") == 0) return TL_LOG_ERROR;
    return TL_LOG_INFO;
}

static void log_write(enum tl_log_level level, const char *service, const char *format,
                      va_list args) __attribute__((format(printf, 3, 0)));
static void log_write(enum tl_log_level level, const char *service, const char *format,
                      va_list args)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};
    char message[1024], line[1400];
    if (level < log_level()) return;
    vsnprintf(message, sizeof message, format, args);
    for (char *byte = message; *byte; byte++) {
        if ((unsigned char)*byte < 0x20 || *byte == 0x7f) *byte = ' ';
    }
    tl_ns now = tl_os_now();
    time_t second = (time_t)(now / TL_NS_PER_S);
    struct tm utc;
    gmtime_r(&second, &utc);
    int size =
        snprintf(line, sizeof line,
                 "time=%04d-%02d-%02dT%02d:%02d:%02d.%03dZ level=%s service=%s msg=\"%s\"\n",
                 utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min,
                 utc.tm_sec, (int)(now / TL_NS_PER_MS % 1000), names[level], service, message);
    if (size > 0 && write(STDERR_FILENO, line, (size_t)size) < 0) return; /* nowhere to say so */
}

void tl_log_line(enum tl_log_level level, const char *service, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    log_write(level, service, format, args);
    va_end(args);
}

/* Kinds are literals: a table of 64 is several times what the program has. */
struct rare_kind {
    const char *kind;
    tl_ns last;
    uint64_t skipped;
};

void tl_log_rare(enum tl_log_level level, const char *service, const char *kind, const char *format,
                 ...)
{
    static struct rare_kind kinds[64];
    tl_ns now = tl_os_monotonic();
    uint64_t skipped = 0;
    bool speak = true;
    pthread_mutex_lock(&rare_lock);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct rare_kind *at = &kinds[i];
        if (at->kind && strcmp(at->kind, kind) != 0) continue;
        speak = !at->kind || now - at->last >= 60 * TL_NS_PER_S;
        at->kind = kind;
        if (speak) {
            skipped = at->skipped;
            at->skipped = 0;
            at->last = now;
        } else {
            at->skipped++;
        }
        break;
    }
    pthread_mutex_unlock(&rare_lock);
    if (!speak) return;
    va_list args;
    va_start(args, format);
    log_write(level, service, format, args);
    va_end(args);
    if (skipped)
        tl_log_line(level, service, "%s: %llu more of this kind were not shown", kind,
                    (unsigned long long)skipped);
}

static void on_stop(int signal_number)
{
    (void)signal_number;
    atomic_store(&stopping, true);
}

void tl_os_catch_stop(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_stop;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
}

bool tl_os_stopping(void)
{
    return atomic_load(&stopping);
}

void tl_os_stop(void)
{
    atomic_store(&stopping, true);
}

const char *tl_os_env(const char *name, const char *fallback)
{
    const char *value = getenv(name);
    return value && value[0] ? value : fallback;
}

enum tl_status tl_os_mkdir(const char *path, struct tl_error *error)
{
    char part[1024];
    size_t size = strlen(path);
    if (size == 0 || size >= sizeof part)
        return tl_error_set(error, TL_INVALID, "data folder: a path of 1 to %d bytes is needed",
                            (int)sizeof part - 1);
    for (size_t i = 1; i <= size; i++) {
        if (path[i] != '/' && path[i] != '\0') continue;
        memcpy(part, path, i);
        part[i] = '\0';
        if (mkdir(part, 0755) != 0 && errno != EEXIST)
            return tl_error_set(error, TL_IO, "cannot create folder %s: %s", part, strerror(errno));
    }
    struct stat st;
    if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
        return tl_error_set(error, TL_IO, "%s is not a folder", path);
    if (access(path, W_OK | X_OK) != 0)
        return tl_error_set(error, TL_IO, "folder %s is not writable: %s", path, strerror(errno));
    return TL_OK;
}

enum tl_status tl_os_read_file(const char *path, size_t max, char **data, size_t *size,
                               struct tl_error *error)
{
    FILE *file = fopen(path, "rb");
    if (!file && errno == ENOENT) return tl_error_set(error, TL_AGAIN, "no file %s", path);
    if (!file) return tl_error_set(error, TL_IO, "cannot read %s: %s", path, strerror(errno));
    size_t capacity = 4096, used = 0;
    char *bytes = malloc(capacity + 1);
    enum tl_status status = bytes ? TL_OK : TL_NOMEM;
    while (status == TL_OK) {
        size_t got = fread(bytes + used, 1, capacity - used, file);
        used += got;
        if (used > max)
            status = tl_error_set(error, TL_FULL, "%s is larger than %zu bytes", path, max);
        else if (got == 0)
            break;
        else if (used == capacity) {
            char *grown = realloc(bytes, 2 * capacity + 1);
            if (!grown)
                status = tl_error_set(error, TL_NOMEM, "out of memory reading %s", path);
            else
                bytes = grown, capacity *= 2;
        }
    }
    if (status == TL_OK && ferror(file))
        status = tl_error_set(error, TL_IO, "cannot read %s: %s", path, strerror(errno));
    fclose(file);
    if (status != TL_OK) {
        free(bytes);
        return status;
    }
    bytes[used] = '\0';
    *data = bytes;
    *size = used;
    return TL_OK;
}

enum tl_status tl_os_write_file(const char *path, struct tl_str data, int mode,
                                struct tl_error *error)
{
    char temporary[1100];
    int length = snprintf(temporary, sizeof temporary, "%s.tmp.%d", path, (int)getpid());
    if (length < 0 || length >= (int)sizeof temporary)
        return tl_error_set(error, TL_INVALID, "path too long: %s", path);
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, (mode_t)mode);
    if (fd < 0)
        return tl_error_set(error, TL_IO, "cannot write %s: %s", temporary, strerror(errno));
    size_t done = 0;
    while (done < data.size) {
        ssize_t wrote = write(fd, data.data + done, data.size - done);
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote <= 0) break;
        done += (size_t)wrote;
    }
    bool good = done == data.size && fsync(fd) == 0;
    int reason = errno;
    if (close(fd) != 0) good = false;
    if (good && rename(temporary, path) == 0) return TL_OK;
    if (good) reason = errno;
    unlink(temporary);
    return tl_error_set(error, TL_IO, "cannot write %s: %s", path, strerror(reason));
}

enum tl_status tl_os_random(void *bytes, size_t size)
{
    return getrandom(bytes, size, 0) == (ssize_t)size ? TL_OK : TL_IO;
}
