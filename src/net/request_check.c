/* SPDX-License-Identifier: Apache-2.0
 * Second half of the strictness that head_watch.c begins: what the parsed head says. One meaning or
 * none: a target that starts with a slash, one Host, one length in digits or "chunked", never both
 * (RFC 9112, 3.2, 6.1 and 6.3). libevent reads a HEAD's or an unknown method's body as the next
 * request, and takes "0x5" and bare LF in chunk sizes: the first are refused with a body and the
 * rest are the last on their connection, so nothing that follows can be misread. */
#include "net/request_check.h"

#include <string.h>
#include <sys/queue.h>

#include <event2/http_struct.h>
#include <event2/keyvalq_struct.h>

#include "base/text.h"

static const char *method_name(enum evhttp_cmd_type type)
{
    switch (type) {
    case EVHTTP_REQ_GET:
        return "GET";
    case EVHTTP_REQ_POST:
        return "POST";
    case EVHTTP_REQ_HEAD:
        return "HEAD";
    case EVHTTP_REQ_PUT:
        return "PUT";
    case EVHTTP_REQ_DELETE:
        return "DELETE";
    case EVHTTP_REQ_OPTIONS:
        return "OPTIONS";
    case EVHTTP_REQ_PATCH:
        return "PATCH";
    case EVHTTP_REQ_TRACE:
    case EVHTTP_REQ_CONNECT:
    default:
        return "?"; /* no route has it: 404 */
    }
}

/* The absolute form is cut down to its path (RFC 9112, 3.2.2). */
static bool cut_target(struct tl_net_request *request)
{
    struct tl_str target = tl_str_from(evhttp_request_get_uri(request->http));
    for (size_t i = 0; i < target.size; i++)
        if ((unsigned char)target.data[i] <= 0x20 || (unsigned char)target.data[i] >= 0x7f)
            return false;
    if (tl_str_starts(target, "http://")) {
        const char *slash = memchr(target.data + 7, '/', target.size - 7);
        if (!slash) return false;
        target.size -= (size_t)(slash - target.data);
        target.data = slash;
    }
    if (target.size == 0 || target.data[0] != '/') return false;
    const char *mark = memchr(target.data, '?', target.size);
    size_t path = mark ? (size_t)(mark - target.data) : target.size;
    request->path = (struct tl_str){target.data, path};
    if (mark) request->query = (struct tl_str){mark + 1, target.size - path - 1};
    return true;
}

static size_t header_count(const struct tl_net_request *request, const char *name)
{
    const struct evkeyvalq *headers = evhttp_request_get_input_headers(request->http);
    struct tl_str want = tl_str_from(name);
    const struct evkeyval *header;
    size_t count = 0;
    TAILQ_FOREACH(header, headers, next)
    count += tl_net_equal_fold(tl_str_from(header->key), want);
    return count;
}

/* One framing or none; *body: there may be one. */
static bool framing_clear(const struct tl_net_request *request, bool *body)
{
    struct tl_str length = tl_net_header(request, "content-length");
    struct tl_str coding = tl_net_header(request, "transfer-encoding");
    size_t lengths = header_count(request, "content-length");
    size_t codings = header_count(request, "transfer-encoding");
    *body = codings > 0;
    if (lengths + codings > 1 || length.size > 15) return false; /* 15 digits: no overflow */
    if (codings && !tl_net_equal_fold(coding, tl_str_from("chunked"))) return false;
    if (lengths && length.size == 0) return false;
    for (size_t i = 0; i < length.size; i++) {
        if (length.data[i] < '0' || length.data[i] > '9') return false;
        if (length.data[i] != '0') *body = true;
    }
    return true;
}

int tl_net_request_check(struct tl_net_request *request)
{
    struct evhttp_request *http = request->http;
    bool body;
    http->flags &=
        ~EVHTTP_PROXY_REQUEST; /* the absolute form: the library speaks as a proxy then */
    if (http->major != 1 || http->minor > 1 || !cut_target(request)) return 400;
    size_t hosts = header_count(request, "host");
    if (hosts > 1 || (hosts == 0 && http->minor == 1)) return 400;
    if (!framing_clear(request, &body)) return 400;
    request->method = method_name(evhttp_request_get_command(request->http));
    bool unread = strcmp(request->method, "HEAD") == 0 || request->method[0] == '?';
    if (unread && body) return 400;
    struct tl_str connection = tl_net_header(request, "connection");
    request->last = tl_net_header(request, "transfer-encoding").data || request->method[0] == '?' ||
                    tl_net_has_token(connection, "close") ||
                    (http->minor == 0 && !tl_net_has_token(connection, "keep-alive"));
    return 0;
}
