/* SPDX-License-Identifier: Apache-2.0
 * One service as a process of its own: `tapeloom ingest-options` and so on, over NATS. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/flags.h"
#include "cli/market_flags.h"
#include "cli/runtime.h"
#include "os/os.h"

struct service_flags {
    struct tl_market_flags market;
    const char *nats, *data, *host, *api_url, *web;
    int64_t port, metrics_port; /* metrics_port -1: off */
    bool check;
};

static enum tl_status run_worker(const struct service_flags *flags, struct tl_service *service,
                                 struct tl_error *error)
{
    enum tl_status status = TL_OK;
    if (flags->metrics_port >= 0)
        status = tl_metrics_open(service->name, (int)flags->metrics_port, service->bus,
                                 &service->metrics, error);
    for (size_t i = 0; i < tl_worker_count && status == TL_OK && !flags->check; i++) {
        if (strcmp(tl_workers[i].name, service->name) == 0)
            status = tl_workers[i].run(service, error);
    }
    tl_metrics_close(service->metrics);
    return status;
}

static enum tl_status run_api(struct tl_service *service, struct tl_error *error)
{
    struct tl_api *api = NULL;
    enum tl_status status = tl_api_mount(service, &api, error);
    if (status == TL_OK) tl_net_run(service->net);
    tl_api_unmount(api);
    return status;
}

static enum tl_status run_web(struct tl_service *service, struct tl_error *error)
{
    struct tl_web *web = NULL;
    enum tl_status status = tl_web_mount(service, &web, error);
    if (status == TL_OK) tl_net_run(service->net);
    tl_web_unmount(web);
    return status;
}

static enum tl_status open_bus(const struct service_flags *flags, struct tl_service *service,
                               struct tl_error *error)
{
    struct tl_bus_options options = {
        .url = flags->nats, .data_dir = service->data_dir, .name = service->name};
    tl_bus_options_env(&options);
    if (strncmp(flags->nats, "nats://", 7) != 0)
        return tl_error_set(error, TL_INVALID, "--nats: \"%.80s\" is not nats://HOST:PORT",
                            flags->nats);
    return tl_bus_open(&options, &service->bus, error);
}

static enum tl_status open_net(const struct service_flags *flags, struct tl_service *service,
                               struct tl_error *error)
{
    struct tl_net_options options = {.host = flags->host, .port = (int)flags->port};
    enum tl_status status = tl_net_open(&options, &service->net, error);
    if (status == TL_OK)
        tl_log_line(TL_LOG_INFO, service->name, "listening on http://%s:%d", flags->host,
                    tl_net_port(service->net));
    return status;
}

/* What is on is on by the environment alone here: CONTROL's names. */
static enum tl_status read_operator(struct tl_service *service, bool web, struct tl_error *error)
{
    service->admin_token = tl_os_env("SYNTHETIC_ADMIN_TOKEN", "");
    if (web) {
        service->control_enabled = strcmp(tl_os_env("NEXT_PUBLIC_SYNTHETIC_ADMIN", ""), "1") == 0;
        return TL_OK;
    }
    enum tl_status status =
        tl_runtime_env_bool("SYNTHETIC_CONTROL_ENABLED", false, &service->control_enabled, error);
    if (status == TL_OK && service->control_enabled && !*service->admin_token)
        return tl_error_set(error, TL_INVALID,
                            "SYNTHETIC_CONTROL_ENABLED is on but SYNTHETIC_ADMIN_TOKEN is empty; "
                            "set a token or switch the operator plane off");
    return status;
}

static enum tl_status run_service(const char *name, struct service_flags *flags,
                                  struct tl_service *service, struct tl_error *error)
{
    bool web = strcmp(name, "web") == 0, api = strcmp(name, "api") == 0;
    enum tl_status status = TL_OK;
    if (web || api) status = read_operator(service, web, error);
    if (status == TL_OK && (web || api)) status = open_net(flags, service, error);
    if (status == TL_OK && !web) status = open_bus(flags, service, error);
    if (status == TL_OK && !web && !api) status = run_worker(flags, service, error);
    if (status == TL_OK && web && !flags->check) status = run_web(service, error);
    if (status == TL_OK && api && !flags->check) status = run_api(service, error);
    tl_net_close(service->net);
    tl_bus_close(service->bus);
    return status;
}

int tl_cmd_service(int argc, char **argv)
{
    const char *name = argv[0];
    bool web = strcmp(name, "web") == 0;
    struct service_flags values = {.market = TL_MARKET_FLAGS_INIT("continuous", "realistic"),
                                   .nats = tl_os_env("NATS_URL", "nats://127.0.0.1:4222"),
                                   .host = "127.0.0.1",
                                   .metrics_port = -1,
                                   .api_url = tl_os_env("NEXT_PUBLIC_API_URL", NULL)};
    if (!tl_parse_i64(tl_str_from(tl_os_env(web ? "WEB_PORT" : "API_PORT", web ? "3000" : "4000")),
                      &values.port))
        return tl_cli_fail(2, "%s is not a number", web ? "WEB_PORT" : "API_PORT");
    const struct tl_flag flags[] = {
        {"--nats", "URL", "the bus; default $NATS_URL or nats://127.0.0.1:4222", TL_FLAG_TEXT,
         &values.nats, 0, 0},
        {"--data", "DIR", "store and local files; default ~/.local/share/tapeloom", TL_FLAG_TEXT,
         &values.data, 0, 0},
        {"--host", "ADDRESS", "api, web: where to listen; default 127.0.0.1", TL_FLAG_TEXT,
         &values.host, 0, 0},
        {"--port", "N", "api: default $API_PORT or 4000; web: $WEB_PORT or 3000", TL_FLAG_INT,
         &values.port, 0, 65535},
        {"--api-url", "URL", "web: the API; default $NEXT_PUBLIC_API_URL", TL_FLAG_TEXT,
         &values.api_url, 0, 0},
        {"--web", "DIR", "web: the page's files", TL_FLAG_TEXT, &values.web, 0, 0},
        {"--metrics-port", "N",
         "others: /health and /metrics on 127.0.0.1; default off, 0 takes any free", TL_FLAG_INT,
         &values.metrics_port, 0, 65535},
        {"--check-config", NULL, "check flags, environment and folders, then exit", TL_FLAG_SWITCH,
         &values.check, 0, 0},
        TL_MARKET_FLAG_ROWS(values.market),
        {NULL, NULL, NULL, TL_FLAG_SWITCH, NULL, 0, 0}};
    const struct tl_command command = {
        "tapeloom SERVICE [flags]",
        "Runs one service: ingest-options, ingest-equities, compute, recorder, api or web.", flags,
        0};
    int words = tl_flags_parse(&command, argc, argv);
    if (words < 0) return words == -1 ? 0 : 2;
    if (values.metrics_port >= 0 && (web || strcmp(name, "api") == 0))
        return tl_cli_fail(2, "--metrics-port is not for %s; the API answers /metrics on its port",
                           name);
    tl_os_catch_stop();
    struct tl_error error = {.status = TL_OK};
    struct tl_runtime runtime;
    struct tl_service service = {.name = name, .market = tl_market_options_default()};
    enum tl_status status = tl_runtime_open(&runtime, values.data, values.web, false, &error);
    if (status == TL_OK) status = tl_market_flags_apply(&values.market, &service.market, &error);
    service.data_dir = runtime.data_dir;
    service.web_dir = runtime.web_dir;
    service.api_url = web ? (values.api_url ? values.api_url : "") : NULL;
    if (status == TL_OK) status = run_service(name, &values, &service, &error);
    tl_market_flags_free(&values.market);
    tl_runtime_close(&runtime);
    if (status != TL_OK) return tl_cli_fail(1, "%s: %s", name, error.text);
    return 0;
}
