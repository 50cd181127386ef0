/* SPDX-License-Identifier: Apache-2.0
 * A browser holds no token; it is allowed in by being our own page. A PUT must say so (Origin or
 * Sec-Fetch-Site) and must be application/json, which a foreign form cannot send; a request that
 * names another site is refused in any case, and so is a Host that is not ours on loopback. Of the
 * browser's headers only content-type and if-match go on. No answer names token, address or cause.
 */
#include "services/web/admin.h"

#include "base/text.h"

enum { BODY_MAX = 16 * 1024, TIMEOUT_MS = 3000 };

#define NO_STORE "cache-control: no-store\r\nx-content-type-options: nosniff\r\n"

static void refuse(struct tl_net_request *request, int status, const char *body)
{
    tl_net_reply(request, status, "application/json", NO_STORE, tl_str_from(body));
}

static bool is_json(struct tl_str content_type)
{
    struct tl_str type = {NULL, 0};
    (void)tl_str_cut(&content_type, ';', &type);
    return tl_str_is(tl_str_trim(type), "application/json");
}

static void forward(struct tl_net_request *request, const struct tl_web_admin *admin,
                    const char *path)
{
    static const char *const passed[] = {"content-type", "if-match", NULL};
    bool put = tl_str_is(tl_net_method(request), "PUT"), told = false;
    bool own = tl_net_own_page(request, &told);
    if (!own || (put && !told)) {
        refuse(request, 403, "{\"error\":\"forbidden\"}");
        return;
    }
    if (put && !is_json(tl_net_header(request, "content-type"))) {
        refuse(request, 403,
               "{\"error\":\"forbidden\",\"detail\":\"content-type must be "
               "application/json\"}");
        return;
    }
    if (tl_net_body(request).size > BODY_MAX) {
        refuse(request, 413, "{\"error\":\"payload too large\"}");
        return;
    }
    if (!admin->token || !admin->api_url[0]) {
        refuse(request, 500, "{\"error\":\"synthetic admin proxy misconfigured\"}");
        return;
    }
    struct tl_net_upstream upstream = {.url = admin->api_url,
                                       .path = path,
                                       .bearer = admin->token,
                                       .forward_headers = passed,
                                       .timeout_ms = TIMEOUT_MS,
                                       .reply_headers = NO_STORE};
    tl_net_proxy(request, &upstream);
}

static bool on_status(void *context, struct tl_net_request *request)
{
    forward(request, context, "/admin/synthetic/status");
    return true;
}

static bool on_control(void *context, struct tl_net_request *request)
{
    forward(request, context, "/admin/synthetic/control");
    return true;
}

void tl_web_admin_mount(struct tl_net *net, struct tl_web_admin *admin)
{
    tl_net_route(net, "GET", "/api/admin/synthetic/status", on_status, admin);
    tl_net_route(net, "GET", "/api/admin/synthetic/control", on_control, admin);
    tl_net_route(net, "PUT", "/api/admin/synthetic/control", on_control, admin);
}
