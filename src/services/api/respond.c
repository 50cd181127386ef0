/* SPDX-License-Identifier: Apache-2.0
 * application/json without a charset, as clients compare it. CORS only for listed origins. */
#include "services/api/respond.h"

#define HEADER_BYTES 1024

static void cors_headers(const struct tl_net_request *request, struct tl_text *headers)
{
    struct tl_str origin = tl_net_cors_origin(request);
    if (!tl_net_header(request, "origin").size) return;
    tl_text_lit(headers, "vary: origin\r\n");
    if (!origin.size) return;
    tl_text_lit(headers, "access-control-allow-origin: ");
    tl_text_str(headers, origin);
    tl_text_lit(headers, "\r\naccess-control-expose-headers: etag\r\n");
}

void tl_respond(struct tl_responder *responder, struct tl_net_request *request, int status,
                const char *extra, struct tl_str body)
{
    char bytes[HEADER_BYTES + 1];
    struct tl_text headers = {.data = bytes, .capacity = sizeof bytes};
    cors_headers(request, &headers);
    if (extra) tl_text_lit(&headers, extra);
    if (status >= 100 && status < 600) responder->answered[status / 100]++;
    tl_net_reply(request, status, "application/json", headers.size ? tl_text_cstr(&headers) : NULL,
                 body);
}

void tl_respond_body(struct tl_responder *responder, struct tl_net_request *request, int status,
                     const char *extra)
{
    if (responder->body.text.overflow)
        tl_respond_error(responder, request, 503, "answer too large", NULL);
    else
        tl_respond(responder, request, status, extra, tl_api_buffer_str(&responder->body));
}

void tl_respond_error(struct tl_responder *responder, struct tl_net_request *request, int status,
                      const char *label, const char *detail)
{
    char bytes[4096];
    struct tl_text body = {.data = bytes, .capacity = sizeof bytes};
    tl_text_lit(&body, "{\"error\":");
    tl_text_json_string(&body, tl_str_from(label));
    if (detail) {
        tl_text_lit(&body, ",\"detail\":");
        tl_text_json_string(&body, tl_str_from(detail));
    }
    tl_text_lit(&body, "}");
    tl_respond(responder, request, status, NULL, (struct tl_str){body.data, body.size});
}

void tl_respond_storage(struct tl_responder *responder, struct tl_net_request *request)
{
    tl_respond_error(responder, request, 503, "storage unavailable", NULL);
}

bool tl_respond_preflight(struct tl_responder *responder, struct tl_net_request *request)
{
    if (!tl_net_cors_origin(request).size) return false;
    tl_respond(responder, request, 204,
               "access-control-allow-methods: GET, HEAD, POST, PUT, OPTIONS\r\n"
               "access-control-allow-headers: authorization, content-type, if-match, "
               "x-synthetic-admin-token\r\n"
               "access-control-max-age: 600\r\n",
               (struct tl_str){NULL, 0});
    return true;
}
