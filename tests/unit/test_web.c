/* SPDX-License-Identifier: Apache-2.0
 * The web service over a real connection: files, config, the operator's proxy. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "lib/harness.h"
#include "lib/net_client.h"
#include "os/os.h"
#include "services/service.h"
#include "services/web/web.h"

static const char token[] = "0123456789abcdef-operator-token";
static struct client_answer answer;

struct site {
    struct tl_net *net;
    struct tl_web *web;
    pthread_t thread;
    int port;
    char seen[512]; /* what the API's control route was asked */
};

static bool on_control(void *context, struct tl_net_request *request)
{
    struct site *site = context;
    struct tl_str bearer = tl_net_header(request, "authorization");
    struct tl_str cookie = tl_net_header(request, "cookie");
    struct tl_str match = tl_net_header(request, "if-match");
    snprintf(site->seen, sizeof site->seen, "%.*s|%.*s|%.*s|%.*s", (int)tl_net_method(request).size,
             tl_net_method(request).data, (int)bearer.size, bearer.data, (int)cookie.size,
             cookie.data, (int)match.size, match.data);
    tl_net_reply(request, 412, "application/json", "etag: \"5\"\r\n", tl_str_from("{\"x\":1}"));
    return true;
}

static bool on_prints(void *context, struct tl_net_request *request)
{
    struct site *site = context;
    struct tl_str query = tl_net_query(request), bearer = tl_net_header(request, "authorization");
    snprintf(site->seen, sizeof site->seen, "%.*s|%.*s", (int)query.size, query.data,
             (int)bearer.size, bearer.data);
    tl_net_reply(request, 200, "application/json", NULL, tl_str_from("{\"data\":[]}"));
    return true;
}

static void *site_main(void *context)
{
    struct site *site = context;
    tl_net_run(site->net);
    return NULL;
}

static void write_file(const char *folder, const char *name, const char *text)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    CHECK(tl_os_write_file(path, tl_str_from(text), 0644, NULL) == TL_OK);
}

static const char *make_page(void)
{
    static char folder[256], app[300], long_text[4000];
    snprintf(folder, sizeof folder, "%s", test_tmp_dir());
    snprintf(app, sizeof app, "%s/app", folder);
    CHECK(tl_os_mkdir(app, NULL) == TL_OK);
    memset(long_text, 'a', sizeof long_text - 1);
    write_file(folder, "index.html", "<!doctype html><title>t</title>");
    write_file(folder, "lab.html", "<!doctype html><title>t</title><p>lab");
    write_file(app, "main.js", long_text);
    write_file(folder, ".hidden.js", "secret");
    return folder;
}

/* api: routes of a stand-in API are put on the same net, as in one process. */
static bool site_start(struct site *site, const struct tl_service *template, bool api)
{
    struct tl_service service = *template;
    struct tl_net_options options = {.host = "127.0.0.1", .body_max = 64 * 1024};
    struct tl_error error = {0};
    if (tl_net_open(&options, &site->net, &error) != TL_OK) return false;
    site->port = tl_net_port(site->net);
    if (api) {
        tl_net_route(site->net, "GET", "/admin/synthetic/control", on_control, site);
        tl_net_route(site->net, "PUT", "/admin/synthetic/control", on_control, site);
        tl_net_route(site->net, "GET", "/prints/options", on_prints, site);
    }
    service.net = site->net;
    if (service.web_dir && tl_web_mount(&service, &site->web, &error) != TL_OK) {
        test_fail(__FILE__, __LINE__, "%s", error.text);
        return false;
    }
    return pthread_create(&site->thread, NULL, site_main, site) == 0;
}

static void site_stop(struct site *site)
{
    tl_net_stop(site->net);
    pthread_join(site->thread, NULL);
    tl_web_unmount(site->web);
    tl_net_close(site->net);
}

/* "GET /path" with further header lines, each ended by CRLF. */
static int ask(const struct site *site, const char *line, const char *headers, const char *body)
{
    static char text[40000];
    snprintf(text, sizeof text,
             "%s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Length: %zu\r\n%s\r\n%s", line,
             site->port, strlen(body), headers, body);
    int status = client_ask(site->port, text, &answer);
    CHECK(strstr(answer.text, token) == NULL); /* in no answer, ever */
    return status;
}

TL_TEST("web: files come with types, strong ETags, gzip twins and the security headers")
{
    struct site site = {0};
    struct tl_service service = {.name = "web", .web_dir = make_page()};
    char etag[64], header[128];
    REQUIRE(site_start(&site, &service, false));
    static const char *const pages[] = {"GET /", "GET /lab", "GET /index.html"};
    for (size_t i = 0; i < 3; i++) {
        CHECK_INT(ask(&site, pages[i], "", ""), 200);
        CHECK_STR(client_header(&answer, "content-type: "), "text/html; charset=utf-8");
        CHECK_STR(client_header(&answer, "cache-control: "), "no-cache");
        CHECK_STR(client_header(&answer, "content-security-policy: "), TL_WEB_CSP);
        CHECK_STR(client_header(&answer, "x-content-type-options: "), "nosniff");
        CHECK_STR(client_header(&answer, "referrer-policy: "), "no-referrer");
    }
    CHECK_INT(ask(&site, "GET /app/main.js", "", ""), 200);
    CHECK_INT(answer.size - answer.head_size, 3999);
    CHECK_STR(client_header(&answer, "vary: "), "accept-encoding");
    snprintf(etag, sizeof etag, "%s", client_header(&answer, "etag: "));
    CHECK(etag[0] == '"');
    snprintf(header, sizeof header, "If-None-Match: \"x\", W/%s\r\n", etag);
    CHECK_INT(ask(&site, "GET /app/main.js", header, ""), 304);
    CHECK_INT(ask(&site, "GET /app/main.js", "Accept-Encoding: br, gzip;q=0.5\r\n", ""), 200);
    CHECK_STR(client_header(&answer, "content-encoding: "), "gzip");
    CHECK(strcmp(client_header(&answer, "etag: "), etag) != 0);
    CHECK(answer.size - answer.head_size < 200);
    CHECK_INT(ask(&site, "GET /app/main.js?v=1a2b", "Accept-Encoding: gzip;q=0\r\n", ""), 200);
    CHECK_STR(client_header(&answer, "content-encoding: "), "");
    CHECK_STR(client_header(&answer, "cache-control: "), "public, max-age=31536000, immutable");
    site_stop(&site);
}

TL_TEST("web: only files found at start can be named")
{
    struct site site = {0};
    struct tl_service service = {.name = "web", .web_dir = make_page()};
    static const char *const lines[] = {
        "GET /../etc/passwd", "GET /app/../index.html", "GET /%2e%2e/etc/passwd",
        "GET //index.html",   "GET /.hidden.js",        "GET /app",
        "GET /app/",          "GET /app/main.js%00",    "GET /nothing.js",
        "POST /index.html"};
    REQUIRE(site_start(&site, &service, false));
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        CHECK_INT(ask(&site, lines[i], "", ""), 404);
        CHECK_STR(client_body(&answer), "{\"error\":\"not found\"}");
    }
    site_stop(&site);
}

TL_TEST("web: a folder without index.html refuses to start and says so")
{
    struct tl_service service = {.name = "web", .web_dir = test_tmp_dir()};
    struct tl_net_options options = {.host = "127.0.0.1"};
    struct tl_web *web = NULL;
    struct tl_error error = {0};
    REQUIRE(tl_net_open(&options, &service.net, &error) == TL_OK);
    CHECK_INT(tl_web_mount(&service, &web, &error), TL_IO);
    CHECK(strstr(error.text, "index.html") != NULL);
    tl_net_close(service.net);
}

TL_TEST("web: with the flag off there is no operator plane")
{
    struct site site = {0};
    struct tl_service service = {.name = "web", .web_dir = make_page(), .admin_token = token};
    REQUIRE(site_start(&site, &service, true));
    CHECK_INT(ask(&site, "GET /config.json", "", ""), 200);
    CHECK(strstr(client_body(&answer), "\"synthetic_admin\":false") != NULL);
    CHECK(strstr(client_body(&answer), "\"ws_path\":\"/ws\"") != NULL);
    CHECK_INT(ask(&site, "GET /api/admin/synthetic/status", "", ""), 404);
    CHECK_INT(ask(&site, "PUT /api/admin/synthetic/control", "", "{}"), 404);
    CHECK_STR(client_body(&answer), "{\"error\":\"not found\"}");
    CHECK_STR(site.seen, "");
    site_stop(&site);
}

TL_TEST("web: the operator's proxy adds the token and changes nothing that comes back")
{
    struct site site = {0};
    struct tl_service service = {
        .name = "web", .web_dir = make_page(), .admin_token = token, .control_enabled = true};
    char origin[256];
    REQUIRE(site_start(&site, &service, true));
    CHECK_INT(ask(&site, "GET /config.json", "", ""), 200);
    CHECK(strstr(client_body(&answer), "\"synthetic_admin\":true") != NULL);
    CHECK_INT(ask(&site, "GET /api/admin/synthetic/control", "Cookie: a=b\r\n", ""), 412);
    CHECK_STR(client_body(&answer), "{\"x\":1}");
    CHECK_STR(client_header(&answer, "etag: "), "\"5\"");
    CHECK_STR(client_header(&answer, "cache-control: "), "no-store");
    CHECK_STR(site.seen, "GET|Bearer 0123456789abcdef-operator-token||");
    snprintf(origin, sizeof origin,
             "Origin: http://127.0.0.1:%d\r\nContent-Type: application/json; charset=utf-8\r\n"
             "If-Match: \"5\"\r\nAuthorization: Bearer mine\r\n",
             site.port);
    CHECK_INT(ask(&site, "PUT /api/admin/synthetic/control", origin, "{}"), 412);
    CHECK_STR(site.seen, "PUT|Bearer 0123456789abcdef-operator-token||\"5\"");
    CHECK_INT(ask(&site, "POST /api/admin/synthetic/control", origin, "{}"), 404);
    CHECK_INT(ask(&site, "DELETE /api/admin/synthetic/status", origin, ""), 404);
    site_stop(&site);
}

#define JSON "Content-Type: application/json\r\n"

TL_TEST("web: a PUT from anywhere but our own page is refused before it is sent on")
{
    struct site site = {0};
    struct tl_service service = {
        .name = "web", .web_dir = make_page(), .admin_token = token, .control_enabled = true};
    static const char put[] = "PUT /api/admin/synthetic/control";
    static char large[20000];
    memset(large, 'x', sizeof large - 1);
    REQUIRE(site_start(&site, &service, true));
    CHECK_INT(ask(&site, put, JSON, "{}"), 403);
    CHECK_INT(ask(&site, put, JSON "Origin: http://evil.example\r\n", "{}"), 403);
    CHECK_INT(ask(&site, put, JSON "Origin: null\r\n", "{}"), 403);
    CHECK_INT(ask(&site, put, JSON "Sec-Fetch-Site: cross-site\r\n", "{}"), 403);
    CHECK_INT(ask(&site, put, "Content-Type: text/plain\r\nSec-Fetch-Site: same-origin\r\n", "{}"),
              403);
    CHECK_INT(ask(&site, put, "Sec-Fetch-Site: same-origin\r\n", "{}"), 403);
    CHECK_INT(ask(&site, put, JSON "Sec-Fetch-Site: same-origin\r\n", large), 413);
    CHECK_STR(client_header(&answer, "cache-control: "), "no-store");
    CHECK_INT(ask(&site, "GET /api/admin/synthetic/status", "Sec-Fetch-Site: cross-site\r\n", ""),
              403);
    CHECK_STR(site.seen, "");
    CHECK_INT(ask(&site, put, JSON "Sec-Fetch-Site: same-origin\r\n", "{}"), 412);
    site_stop(&site);
}

TL_TEST("web: a proxy without token or address says misconfigured, without an API 502")
{
    struct site site = {0}, gone = {0};
    struct tl_service service = {.name = "web", .web_dir = make_page(), .control_enabled = true};
    REQUIRE(site_start(&site, &service, false));
    CHECK_INT(ask(&site, "GET /api/admin/synthetic/status", "", ""), 500);
    CHECK_STR(client_body(&answer), "{\"error\":\"synthetic admin proxy misconfigured\"}");
    site_stop(&site);
    service.admin_token = token;
    service.api_url = "";
    REQUIRE(site_start(&site, &service, false));
    CHECK_INT(ask(&site, "GET /api/admin/synthetic/status", "", ""), 500);
    site_stop(&site);
    service.api_url = "http://127.0.0.1:1";
    REQUIRE(site_start(&gone, &service, false));
    CHECK_INT(ask(&gone, "GET /api/admin/synthetic/status", "", ""), 502);
    CHECK_STR(client_header(&answer, "cache-control: "), "no-store");
    site_stop(&gone);
}

TL_TEST("web: the API's public paths are forwarded without the token, its admin paths never")
{
    struct site api = {0}, site = {0};
    char url[64];
    struct tl_service service = {.name = "web"};
    REQUIRE(site_start(&api, &service, true));
    snprintf(url, sizeof url, "http://127.0.0.1:%d", api.port);
    service = (struct tl_service){.name = "web",
                                  .web_dir = make_page(),
                                  .admin_token = token,
                                  .control_enabled = true,
                                  .api_url = url};
    REQUIRE(site_start(&site, &service, false));
    CHECK_INT(ask(&site, "GET /prints/options?limit=%zz&x=1", "Authorization: Bearer q\r\n", ""),
              200);
    CHECK_STR(client_body(&answer), "{\"data\":[]}");
    CHECK_STR(api.seen, "limit=%zz&x=1|");
    CHECK_INT(ask(&site, "GET /admin/synthetic/control", "", ""), 404);
    CHECK_INT(ask(&site, "GET /flow/none", "", ""), 404);
    CHECK_INT(ask(&site, "GET /health", "", ""), 200);
    site_stop(&site);
    site_stop(&api);
}
