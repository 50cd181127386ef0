/* SPDX-License-Identifier: Apache-2.0
 * A small supervisor: children in a table, restarted with a growing pause, stopped in reverse
 * order. */
#include "cli/supervise.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "os/os.h"
#include "os/process.h"

#define CHILDREN_MAX 8
#define WORDS_MAX 24
#define QUICK_DEATH_NS (3 * TL_NS_PER_S)
#define REFUSALS_MAX                                                                               \
    3 /* exits with an error within 3 s of the start, in a row: it will not start */

struct child {
    const char *name;
    char words[WORDS_MAX][800];
    int word_count;
    int pid; /* 0: not running */
    tl_ns started, retry_at;
    int refusals;
};

struct supervisor {
    struct child children[CHILDREN_MAX];
    int count;
    char environment[6][900];
    char *environment_list[7];
};

static void add_word(struct child *child, const char *word)
{
    if (child->word_count < WORDS_MAX - 1)
        snprintf(child->words[child->word_count++], sizeof child->words[0], "%s", word);
}

static struct child *add_child(struct supervisor *supervisor, const char *program, const char *name)
{
    struct child *child = &supervisor->children[supervisor->count++];
    child->name = name;
    add_word(child, program);
    return child;
}

static void add_pair(struct child *child, const char *flag, const char *value)
{
    add_word(child, flag);
    add_word(child, value);
}

static enum tl_status start_child(struct supervisor *supervisor, struct child *child,
                                  struct tl_error *error)
{
    char *argv[WORDS_MAX];
    for (int i = 0; i < child->word_count; i++)
        argv[i] = child->words[i];
    argv[child->word_count] = NULL;
    child->started = tl_os_monotonic();
    child->retry_at = 0;
    enum tl_status status =
        tl_process_start(argv, supervisor->environment_list, &child->pid, error);
    if (status == TL_OK)
        tl_log_line(TL_LOG_INFO, "serve", "started %s as process %d", child->name, child->pid);
    return status;
}

static enum tl_status watch_child(struct supervisor *supervisor, struct child *child,
                                  struct tl_error *error)
{
    int code = 0;
    tl_ns now = tl_os_monotonic();
    if (child->pid && tl_process_ended(child->pid, &code)) {
        bool refused = code < 128 && now - child->started < QUICK_DEATH_NS;
        child->pid = 0;
        child->refusals = refused ? child->refusals + 1 : 0;
        if (child->refusals >= REFUSALS_MAX)
            return tl_error_set(error, TL_IO,
                                "%s will not start (exit %d); its last log line says why",
                                child->name, code);
        child->retry_at = now + (1 + 2 * child->refusals) * TL_NS_PER_S;
        tl_log_line(TL_LOG_WARN, "serve", "%s ended with %d; starting it again", child->name, code);
    }
    if (!child->pid && now >= child->retry_at) return start_child(supervisor, child, error);
    return TL_OK;
}

static void market_words(struct child *child, const struct tl_market_flags *market)
{
    char rate[40];
    snprintf(rate, sizeof rate, "%.10g", market->rate);
    add_pair(child, "--calendar", market->calendar);
    add_pair(child, "--mode", market->mode);
    add_pair(child, "--rate", rate);
    if (market->universe) add_pair(child, "--universe", market->universe);
}

/* Starts nats-server and waits until it listens; url gets its address. */
static enum tl_status start_nats(struct supervisor *supervisor, const struct tl_runtime *runtime,
                                 char *url, size_t capacity, struct tl_error *error)
{
    char number[16], folder[800];
    int port = tl_process_free_port();
    snprintf(number, sizeof number, "%d", port);
    snprintf(folder, sizeof folder, "%s/nats", runtime->data_dir);
    snprintf(url, capacity, "nats://127.0.0.1:%d", port);
    struct child *child = add_child(supervisor, "nats-server", "nats-server");
    add_word(child, "-js");
    add_pair(child, "-sd", folder);
    add_pair(child, "-a", "127.0.0.1");
    add_pair(child, "-p", number);
    add_pair(child, "-l", "/dev/null");
    enum tl_status status = start_child(supervisor, child, error);
    if (status != TL_OK) {
        tl_error_add(error, "--nats auto needs Debian's nats-server");
        return status;
    }
    for (int waited = 0; waited < 10000 && !tl_os_stopping(); waited += 50) {
        if (tl_process_port_open(port)) return TL_OK;
        tl_os_sleep_ms(50);
    }
    return tl_error_set(error, TL_IO, "nats-server does not listen on port %d after 10 s", port);
}

static void set_environment(struct supervisor *supervisor, const struct tl_runtime *runtime)
{
    int n = 0;
    const char *flag = runtime->control_enabled ? "1" : "0";
    snprintf(supervisor->environment[n++], sizeof supervisor->environment[0],
             "SYNTHETIC_CONTROL_ENABLED=%s", flag);
    snprintf(supervisor->environment[n++], sizeof supervisor->environment[0],
             "NEXT_PUBLIC_SYNTHETIC_ADMIN=%s", tl_os_env("NEXT_PUBLIC_SYNTHETIC_ADMIN", flag));
    snprintf(supervisor->environment[n++], sizeof supervisor->environment[0],
             "SYNTHETIC_ADMIN_TOKEN=%s", runtime->token);
    for (int i = 0; i < n; i++)
        supervisor->environment_list[i] = supervisor->environment[i];
}

static enum tl_status add_services(struct supervisor *supervisor, const struct tl_runtime *runtime,
                                   const struct tl_market_flags *market, const char *url,
                                   const char *host, int port, struct tl_error *error)
{
    char self[700], number[16], api_url[64];
    enum tl_status status = tl_process_self(self, sizeof self, error);
    if (status != TL_OK) return status;
    int api_port = tl_process_free_port();
    for (size_t i = 0; i < tl_worker_count + 1; i++) {
        const char *name = i < tl_worker_count ? tl_workers[i].name : "api";
        struct child *child = add_child(supervisor, self, name);
        add_word(child, name);
        add_pair(child, "--nats", url);
        add_pair(child, "--data", runtime->data_dir);
        market_words(child, market);
        if (i < tl_worker_count) continue;
        snprintf(number, sizeof number, "%d", api_port);
        add_pair(child, "--port", number);
    }
    struct child *web = add_child(supervisor, self, "web");
    snprintf(number, sizeof number, "%d", port);
    snprintf(api_url, sizeof api_url, "http://127.0.0.1:%d", api_port);
    add_word(web, "web");
    add_pair(web, "--host", host);
    add_pair(web, "--port", number);
    add_pair(web, "--api-url", api_url);
    add_pair(web, "--web", runtime->web_dir);
    add_pair(web, "--data", runtime->data_dir);
    return TL_OK;
}

enum tl_status tl_supervise(const struct tl_runtime *runtime, const struct tl_market_flags *market,
                            const char *url, const char *host, int port, struct tl_error *error)
{
    static struct supervisor supervisor; /* too large for a stack; one a process */
    char own_url[64];
    enum tl_status status = TL_OK;
    if (port == 0) port = tl_process_free_port();
    if (strcmp(host, "127.0.0.1") == 0 && tl_process_port_open(port))
        return tl_error_set(error, TL_IO, "port %d on %s is in use; choose another with --port",
                            port, host);
    set_environment(&supervisor, runtime);
    if (strcmp(url, "auto") == 0) {
        status = start_nats(&supervisor, runtime, own_url, sizeof own_url, error);
        url = own_url;
    }
    if (status == TL_OK) {
        struct tl_bus *bus = NULL; /* fails early and clearly, and makes the streams once */
        struct tl_bus_options options = {.url = url, .name = "serve"};
        tl_bus_options_env(&options);
        status = tl_bus_open(&options, &bus, error);
        tl_bus_close(bus);
    }
    if (status == TL_OK)
        status = add_services(&supervisor, runtime, market, url, host, port, error);
    if (status == TL_OK)
        printf("Tapeloom is at http://%s:%d (NATS at %s); data in %s; stop with Ctrl-C\n", host,
               port, url, runtime->data_dir);
    fflush(stdout);
    while (status == TL_OK && !tl_os_stopping()) {
        for (int i = 0; i < supervisor.count && status == TL_OK; i++)
            status = watch_child(&supervisor, &supervisor.children[i], error);
        tl_os_sleep_ms(50);
    }
    for (int i = supervisor.count - 1; i >= 0; i--)
        tl_process_terminate(supervisor.children[i].pid, 4000);
    return status;
}
