/* SPDX-License-Identifier: Apache-2.0
 * A blocking HTTP client for our own loopback API; reads until the server closes. */
#include "os/http_client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/text.h"

static enum tl_status connect_to(const struct tl_http_call *call, int *fd, struct tl_error *error)
{
    struct sockaddr_in to = {.sin_family = AF_INET};
    char host[64];
    int64_t port = 80;
    struct tl_str rest = tl_str_from(call->address), part;
    if (tl_str_starts(rest, "http://")) rest.data += 7, rest.size -= 7;
    if (!tl_str_cut(&rest, ':', &part) || part.size >= sizeof host ||
        !tl_parse_i64(tl_str_trim(rest), &port) || port < 1 || port > 65535)
        return tl_error_set(error, TL_INVALID, "%.60s is not http://ADDRESS:PORT", call->address);
    memcpy(host, part.data, part.size);
    host[part.size] = '\0';
    to.sin_port = htons((uint16_t)port);
    if (inet_pton(AF_INET, strcmp(host, "localhost") == 0 ? "127.0.0.1" : host, &to.sin_addr) != 1)
        return tl_error_set(error, TL_INVALID, "%s is not an IPv4 address", host);
    *fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (*fd < 0) return tl_error_set(error, TL_IO, "no socket: %s", strerror(errno));
    struct timeval wait = {call->timeout_ms / 1000, call->timeout_ms % 1000 * 1000};
    setsockopt(*fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    setsockopt(*fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
    if (connect(*fd, (struct sockaddr *)&to, sizeof to) == 0) return TL_OK;
    int reason = errno;
    close(*fd);
    return tl_error_set(error, TL_IO, "nobody answers at %.60s: %s", call->address,
                        strerror(reason));
}

static bool send_all(int fd, const char *data, size_t size)
{
    while (size > 0) {
        ssize_t sent = send(fd, data, size, MSG_NOSIGNAL);
        if (sent <= 0) return false;
        data += sent;
        size -= (size_t)sent;
    }
    return true;
}

static void find_etag(const char *head, const char *end, char *etag, size_t capacity)
{
    etag[0] = '\0';
    for (const char *line = strstr(head, "\r\n"); line && line < end;
         line = strstr(line + 2, "\r\n")) {
        if (strncasecmp(line + 2, "etag:", 5) != 0) continue;
        const char *value = line + 7;
        while (*value == ' ')
            value++;
        size_t size = strcspn(value, "\r");
        if (size < capacity) {
            memcpy(etag, value, size);
            etag[size] = '\0';
        }
    }
}

static enum tl_status parse_answer(char *bytes, size_t size, struct tl_http_answer *answer,
                                   struct tl_error *error)
{
    bytes[size] = '\0';
    char *end = strstr(bytes, "\r\n\r\n");
    if (!end || sscanf(bytes, "HTTP/1.%*1d %d", &answer->status) != 1)
        return tl_error_set(error, TL_CORRUPT, "that is no HTTP answer");
    find_etag(bytes, end, answer->etag, sizeof answer->etag);
    answer->body_size = size - (size_t)(end + 4 - bytes);
    memcpy(answer->body, end + 4, answer->body_size);
    answer->body[answer->body_size] = '\0';
    return TL_OK;
}

enum tl_status tl_http_do(const struct tl_http_call *call, struct tl_http_answer *answer,
                          struct tl_error *error)
{
    char head[2048], bytes[sizeof answer->body];
    int fd = -1;
    size_t size = 0;
    enum tl_status status = connect_to(call, &fd, error);
    if (status != TL_OK) return status;
    int length = snprintf(
        head, sizeof head,
        "%s %s HTTP/1.1\r\nhost: tapeloom\r\nconnection: close\r\ncontent-length: %zu\r\n%s\r\n",
        call->method, call->path, call->body.size, call->headers);
    if (length <= 0 || length >= (int)sizeof head)
        status = tl_error_set(error, TL_INVALID, "request too long");
    else if (!send_all(fd, head, (size_t)length) || !send_all(fd, call->body.data, call->body.size))
        status = tl_error_set(error, TL_IO, "%.60s closed the connection", call->address);
    while (status == TL_OK) {
        ssize_t got = recv(fd, bytes + size, sizeof bytes - 1 - size, 0);
        if (got < 0)
            status = tl_error_set(error, TL_IO, "%.60s does not answer: %s", call->address,
                                  strerror(errno));
        if (got <= 0) break;
        size += (size_t)got;
        if (size == sizeof bytes - 1)
            status = tl_error_set(error, TL_CORRUPT, "the answer is too large");
    }
    close(fd);
    return status == TL_OK ? parse_answer(bytes, size, answer, error) : status;
}
