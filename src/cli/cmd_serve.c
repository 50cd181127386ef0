/* SPDX-License-Identifier: Apache-2.0
 * `tapeloom serve`: the whole system. Without --nats every service is a thread of this process over
 * the memory bus; with it each is a process of its own, watched by this one (supervise.c). */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/flags.h"
#include "cli/market_flags.h"
#include "cli/runtime.h"
#include "cli/supervise.h"
#include "os/os.h"

#define WORKERS_MAX 8

struct worker_thread {
    const struct tl_worker *worker;
    struct tl_service service;
    pthread_t thread;
    enum tl_status status;
    struct tl_error error;
    bool started;
};

static void *worker_main(void *argument)
{
    struct worker_thread *worker = argument;
    worker->status = worker->worker->run(&worker->service, &worker->error);
    if (worker->status != TL_OK) {
        tl_log_line(TL_LOG_ERROR, worker->service.name, "cannot go on: %s", worker->error.text);
        tl_os_stop();
    }
    return NULL;
}

/* Everything but the loop, in order; returns what went wrong first. */
static enum tl_status serve_threads(struct tl_service *common, struct worker_thread *workers,
                                    struct tl_error *error)
{
    struct tl_api *api = NULL;
    struct tl_web *web = NULL;
    struct tl_service service = *common;
    service.name = "api";
    enum tl_status status = tl_api_mount(&service, &api, error);
    /* The page follows the API unless its own flag says otherwise: "1" is on, anything else off. */
    const char *page_flag = tl_os_env("NEXT_PUBLIC_SYNTHETIC_ADMIN", NULL);
    service.name = "web";
    if (page_flag) service.control_enabled = strcmp(page_flag, "1") == 0;
    if (status == TL_OK) status = tl_web_mount(&service, &web, error);
    for (size_t i = 0; i < tl_worker_count && status == TL_OK; i++) {
        workers[i].worker = &tl_workers[i];
        workers[i].service = *common;
        workers[i].service.name = tl_workers[i].name;
        workers[i].started =
            pthread_create(&workers[i].thread, NULL, worker_main, &workers[i]) == 0;
        if (!workers[i].started) status = tl_error_set(error, TL_NOMEM, "cannot start a thread");
    }
    if (status == TL_OK) tl_net_run(common->net);
    tl_os_stop();
    for (size_t i = 0; i < tl_worker_count; i++) {
        if (!workers[i].started) continue;
        pthread_join(workers[i].thread, NULL);
        if (workers[i].status != TL_OK && status == TL_OK) {
            status = workers[i].status;
            *error = workers[i].error;
        }
    }
    tl_web_unmount(web);
    tl_api_unmount(api);
    return status;
}

static void announce(const struct tl_runtime *runtime, const char *host, int port)
{
    char path[800], address[128];
    struct tl_error ignored;
    int size = snprintf(address, sizeof address, "http://%s:%d\n",
                        strcmp(host, "0.0.0.0") == 0 ? "127.0.0.1" : host, port);
    snprintf(path, sizeof path, "%s/address", runtime->data_dir);
    struct tl_str text = {address, (size_t)size};
    if (tl_os_write_file(path, text, 0644, &ignored) != TL_OK)
        tl_log_line(TL_LOG_WARN, "serve", "%s", ignored.text);
    printf("Tapeloom is at %sdata in %s; stop with Ctrl-C\n", address, runtime->data_dir);
    fflush(stdout);
}

static enum tl_status serve_embedded(struct tl_runtime *runtime,
                                     const struct tl_market_options *market, const char *host,
                                     int port, struct tl_error *error)
{
    struct tl_bus_options bus_options = {
        .url = "memory:", .data_dir = runtime->data_dir, .name = "serve"};
    struct tl_net_options net_options = {.host = host, .port = port};
    struct worker_thread workers[WORKERS_MAX];
    struct tl_service service = {.data_dir = runtime->data_dir,
                                 .market = *market,
                                 .admin_token = runtime->token,
                                 .control_enabled = runtime->control_enabled,
                                 .web_dir = runtime->web_dir};
    memset(workers, 0, sizeof workers);
    tl_bus_options_env(&bus_options);
    enum tl_status status = tl_net_open(&net_options, &service.net, error);
    if (status == TL_OK) status = tl_bus_open(&bus_options, &service.bus, error);
    if (status == TL_OK) {
        announce(runtime, host, tl_net_port(service.net));
        status = serve_threads(&service, workers, error);
    }
    tl_net_close(service.net);
    tl_bus_close(service.bus);
    return status;
}

static bool is_loopback(const char *host)
{
    return strcmp(host, "localhost") == 0 || strncmp(host, "127.", 4) == 0 ||
           strcmp(host, "::1") == 0;
}

int tl_cmd_serve(int argc, char **argv)
{
    struct tl_market_flags market_flags = TL_MARKET_FLAGS_INIT("continuous", "realistic");
    const char *host = "127.0.0.1", *data = NULL, *nats = NULL, *web = NULL;
    int64_t port = 8080;
    bool check = false;
    const struct tl_flag flags[] = {
        {"--port", "N", "page, proxy and API together; default 8080, 0 takes any free one",
         TL_FLAG_INT, &port, 0, 65535},
        {"--host", "ADDRESS", "where to listen; default 127.0.0.1", TL_FLAG_TEXT, &host, 0, 0},
        {"--data", "DIR", "what it keeps; default ~/.local/share/tapeloom", TL_FLAG_TEXT, &data, 0,
         0},
        {"--nats", "URL|auto", "services as processes over this server; auto starts one",
         TL_FLAG_TEXT, &nats, 0, 0},
        {"--web", "DIR", "the page's files; default beside the program", TL_FLAG_TEXT, &web, 0, 0},
        {"--check-config", NULL, "check flags, environment and folders, then exit", TL_FLAG_SWITCH,
         &check, 0, 0},
        TL_MARKET_FLAG_ROWS(market_flags),
        {NULL, NULL, NULL, TL_FLAG_SWITCH, NULL, 0, 0}};
    const struct tl_command command = {
        "tapeloom serve [flags]",
        "Starts the market, the bus, the classifier, the store, the API and the page, and "
        "prints the address.",
        flags, 0};
    int words = tl_flags_parse(&command, argc, argv);
    if (words < 0) return words == -1 ? 0 : 2;
    tl_os_catch_stop();
    struct tl_error error = {.status = TL_OK};
    struct tl_runtime runtime;
    struct tl_market_options market = tl_market_options_default();
    enum tl_status status = tl_runtime_open(&runtime, data, web, true, &error);
    if (status == TL_OK) status = tl_runtime_operator(&runtime, is_loopback(host), &error);
    if (status == TL_OK) status = tl_market_flags_apply(&market_flags, &market, &error);
    if (status == TL_OK && !check) {
        if (nats)
            status = tl_supervise(&runtime, &market_flags, nats, host, (int)port, &error);
        else
            status = serve_embedded(&runtime, &market, host, (int)port, &error);
    }
    tl_market_flags_free(&market_flags);
    tl_runtime_close(&runtime);
    if (status != TL_OK) return tl_cli_fail(1, "%s", error.text);
    if (check) puts("configuration is fine");
    return 0;
}
