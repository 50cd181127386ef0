/* SPDX-License-Identifier: Apache-2.0
 * Wiring: files, config.json, the admin proxy, and forwarding of the API's public paths when the
 * API is another process. Routes of the net are tried in order, so what the API registered before
 * us on the same net wins; our files come last. */
#include "services/web/web.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "os/os.h"
#include "services/web/admin.h"
#include "services/web/files.h"

enum { TARGET_MAX = 17 * 1024, FORWARD_TIMEOUT_MS = 15000 };

struct tl_web {
    struct tl_net *net;
    struct tl_web_files files;
    struct tl_web_admin admin;
    char config[256];
    bool synthetic_admin;
    char *api_url; /* forwarded to; NULL: the API is on the same net */
};

#define SECURITY                                                                                   \
    "content-security-policy: " TL_WEB_CSP "\r\nx-content-type-options: nosniff\r\n"               \
    "referrer-policy: no-referrer\r\ncross-origin-opener-policy: same-origin\r\n"                  \
    "cross-origin-resource-policy: same-origin\r\n"

/* --- files ----------------------------------------------------------------------------------- */

/* Whether Accept-Encoding takes gzip: named, and not with q=0. */
static bool accepts_gzip(struct tl_str header)
{
    struct tl_str item, name;
    while (tl_str_cut(&header, ',', &item)) {
        struct tl_str parameters = item;
        if (!tl_str_cut(&parameters, ';', &name) || !tl_str_is(tl_str_trim(name), "gzip")) continue;
        parameters = tl_str_trim(parameters);
        return !(tl_str_is(parameters, "q=0") || tl_str_starts(parameters, "q=0.0"));
    }
    return false;
}

static bool etag_listed(struct tl_str header, const char *etag)
{
    struct tl_str item;
    while (tl_str_cut(&header, ',', &item)) {
        item = tl_str_trim(item);
        if (tl_str_starts(item, "W/")) { /* weak comparison is what If-None-Match asks for */
            item.data += 2;
            item.size -= 2;
        }
        if (tl_str_is(item, etag) || tl_str_is(item, "*")) return true;
    }
    return false;
}

static void serve_file(struct tl_net_request *request, const struct tl_web_file *file)
{
    char etag[32], headers[1024];
    bool gzip = file->gzip && accepts_gzip(tl_net_header(request, "accept-encoding"));
    struct tl_str query = tl_net_query(request);
    bool versioned = !file->html && tl_str_starts(query, "v=") && query.size > 2;
    snprintf(etag, sizeof etag, "\"%s%s\"", file->hash, gzip ? "-gz" : "");
    snprintf(headers, sizeof headers, SECURITY "etag: %s\r\ncache-control: %s\r\n%s%s", etag,
             versioned ? "public, max-age=31536000, immutable" : "no-cache",
             gzip ? "content-encoding: gzip\r\n" : "",
             file->gzip ? "vary: accept-encoding\r\n" : "");
    bool same = etag_listed(tl_net_header(request, "if-none-match"), etag);
    struct tl_str body = {gzip ? file->gzip : file->data, gzip ? file->gzip_size : file->size};
    tl_net_reply(request, same ? 304 : 200, file->content_type, headers, body);
}

static bool on_file(void *context, struct tl_net_request *request)
{
    const struct tl_web *web = context;
    struct tl_str path = tl_net_path(request);
    if (tl_str_is(path, "/")) path = tl_str_from("/index.html");
    if (tl_str_is(path, "/lab")) path = tl_str_from("/lab.html");
    const struct tl_web_file *file = tl_web_files_find(&web->files, path);
    if (!file) return false;
    serve_file(request, file);
    return true;
}

static bool on_config(void *context, struct tl_net_request *request)
{
    const struct tl_web *web = context;
    tl_net_reply(request, 200, "application/json", SECURITY "cache-control: no-cache\r\n",
                 tl_str_from(web->config));
    return true;
}

static bool on_health(void *context, struct tl_net_request *request)
{
    (void)context;
    tl_net_reply(request, 200, "application/json", NULL, tl_str_from("{\"status\":\"ok\"}"));
    return true;
}

static bool on_metrics(void *context, struct tl_net_request *request)
{
    const struct tl_web *web = context;
    char text[8192];
    size_t size = tl_net_metrics(web->net, text, sizeof text);
    tl_net_reply(request, 200, "text/plain; version=0.0.4", NULL, (struct tl_str){text, size});
    return true;
}

/* --- forwarding ------------------------------------------------------------------------------ */

static bool on_forward(void *context, struct tl_net_request *request)
{
    static const char *const passed[] = {"content-type", NULL};
    const struct tl_web *web = context;
    struct tl_str path = tl_net_path(request), query = tl_net_query(request);
    char target[TARGET_MAX];
    snprintf(target, sizeof target, "%.*s%s%.*s", (int)path.size, path.data, query.data ? "?" : "",
             (int)query.size, query.data ? query.data : "");
    struct tl_net_upstream upstream = {.url = web->api_url,
                                       .path = target,
                                       .forward_headers = passed,
                                       .timeout_ms = FORWARD_TIMEOUT_MS};
    tl_net_proxy(request, &upstream);
    return true;
}

/* The API's public paths and nothing else: its admin paths are reached through admin.c only. */
static void mount_forwarding(struct tl_web *web)
{
    static const char *const paths[] = {
        "/prints/*",       "/nbbo/*",  "/quotes/*",  "/candles/*", "/joins/*",
        "/dark/*",         "/flow/*",  "/history/*", "/replay/*",  "/option-prints/*",
        "/equity-joins/*", "/session", "/session/*", "/lab/*",     "/events/*"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        tl_net_route(web->net, "GET", paths[i], on_forward, web);
    tl_net_route(web->net, "POST", "/lookup/*", on_forward, web);
    tl_net_proxy_websocket(web->net, "/ws", web->api_url);
    tl_net_route(web->net, "GET", "/health", on_health, web);
    tl_net_route(web->net, "GET", "/metrics", on_metrics, web);
}

/* --- life ------------------------------------------------------------------------------------ */

static void configure_admin(struct tl_web *web, const struct tl_service *service)
{
    const char *token = service->admin_token;
    if (service->api_url)
        snprintf(web->admin.api_url, sizeof web->admin.api_url, "%s", service->api_url);
    else
        tl_net_self_url(service->net, web->admin.api_url, sizeof web->admin.api_url);
    web->admin.token = token && token[0] ? strdup(token) : NULL;
    if (!web->admin.token || !web->admin.api_url[0])
        tl_log_line(TL_LOG_WARN, "web", "the synthetic admin proxy lacks %s: it will answer 500",
                    web->admin.token ? "the API's address" : "its token");
    tl_web_admin_mount(service->net, &web->admin);
}

enum tl_status tl_web_mount(const struct tl_service *service, struct tl_web **out,
                            struct tl_error *error)
{
    struct tl_web *web = calloc(1, sizeof *web);
    if (!web) return tl_error_set(error, TL_NOMEM, "out of memory");
    enum tl_status status = tl_web_files_load(service->web_dir, &web->files, error);
    if (status != TL_OK) {
        free(web);
        return status;
    }
    web->net = service->net;
    web->synthetic_admin = service->control_enabled;
    snprintf(web->config, sizeof web->config,
             "{\"synthetic_admin\":%s,\"build\":\"%.12s\",\"ws_path\":\"/ws\"}",
             web->synthetic_admin ? "true" : "false", web->files.build);
    if (web->synthetic_admin) configure_admin(web, service);
    if (service->api_url && service->api_url[0]) {
        web->api_url = strdup(service->api_url);
        mount_forwarding(web);
    }
    tl_net_route(service->net, "GET", "/config.json", on_config, web);
    tl_net_route(service->net, "GET", "/*", on_file, web);
    tl_log_line(TL_LOG_INFO, "web", "files=%zu build=%.12s synthetic_admin=%s api=%s",
                web->files.count, web->files.build, web->synthetic_admin ? "on" : "off",
                web->api_url ? "forwarded" : "mounted");
    *out = web;
    return TL_OK;
}

void tl_web_unmount(struct tl_web *web)
{
    if (!web) return;
    tl_web_files_free(&web->files);
    if (web->admin.token) memset(web->admin.token, 0, strlen(web->admin.token));
    free(web->admin.token);
    free(web->api_url);
    free(web);
}
