/* SPDX-License-Identifier: Apache-2.0
 * Plain blocking sockets; see the header. */
#include "lib/net_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

int client_connect(int port)
{
    struct timeval patience = {5, 0};
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0) return fd;
    close(fd);
    return -1;
}

bool client_send(int fd, const void *data, size_t size)
{
    const char *at = data;
    while (size > 0) {
        ssize_t sent = send(fd, at, size, MSG_NOSIGNAL);
        if (sent <= 0) return false;
        at += sent;
        size -= (size_t)sent;
    }
    return true;
}

static bool read_exactly(int fd, void *data, size_t size)
{
    char *at = data;
    while (size > 0) {
        ssize_t got = recv(fd, at, size, 0);
        if (got <= 0) return false;
        at += got;
        size -= (size_t)got;
    }
    return true;
}

int client_read(int fd, bool head_only, struct client_answer *answer)
{
    answer->size = answer->head_size = 0;
    answer->status = 0;
    answer->text[0] = '\0';
    while (!strstr(answer->text, "\r\n\r\n")) {
        if (answer->size == CLIENT_ANSWER_MAX || !read_exactly(fd, answer->text + answer->size, 1))
            return 0;
        answer->text[++answer->size] = '\0';
    }
    answer->head_size = answer->size;
    answer->status = atoi(answer->text + 9);
    size_t body = CLIENT_ANSWER_MAX - answer->size;
    const char *length = client_header(answer, "content-length: ");
    if (length[0]) body = (size_t)atol(length);
    if (head_only || answer->status == 304 || answer->status == 204 || answer->status < 200)
        body = 0;
    while (body > 0 && answer->size < CLIENT_ANSWER_MAX) {
        ssize_t got = recv(fd, answer->text + answer->size, body, 0);
        if (got <= 0) break;
        answer->size += (size_t)got;
        body -= (size_t)got;
    }
    answer->text[answer->size] = '\0';
    return answer->status;
}

int client_ask(int port, const char *text, struct client_answer *answer)
{
    int fd = client_connect(port);
    if (fd < 0) return 0;
    client_send(fd, text, strlen(text));
    client_read(fd, strncmp(text, "HEAD ", 5) == 0, answer);
    close(fd);
    return answer->status;
}

const char *client_body(const struct client_answer *answer)
{
    return answer->text + answer->head_size;
}

const char *client_header(const struct client_answer *answer, const char *name)
{
    static char value[512];
    char pattern[128];
    snprintf(pattern, sizeof pattern, "\r\n%s", name);
    value[0] = '\0';
    const char *at = strcasestr(answer->text, pattern);
    if (!at || at > answer->text + answer->head_size) return value;
    snprintf(value, sizeof value, "%.*s", (int)strcspn(at + strlen(pattern), "\r"),
             at + strlen(pattern));
    return value;
}

int client_ws_open(int port, const char *path, const char *headers, int *status)
{
    char text[2048];
    struct client_answer *answer = malloc(sizeof *answer);
    int fd = client_connect(port);
    snprintf(text, sizeof text,
             "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\n"
             "Connection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\n"
             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n",
             path, port, headers);
    *status = 0;
    if (fd >= 0 && client_send(fd, text, strlen(text))) *status = client_read(fd, true, answer);
    bool accepted = *status == 101 && strcmp(client_header(answer, "sec-websocket-accept: "),
                                             "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") == 0;
    free(answer);
    if (accepted) return fd;
    if (fd >= 0) close(fd);
    return -1;
}

bool client_ws_send(int fd, int first_byte, const void *data, size_t size)
{
    static const unsigned char mask[4] = {0x12, 0x34, 0x56, 0x78};
    unsigned char *frame = malloc(size + 14);
    size_t at = 0;
    frame[at++] = (unsigned char)first_byte;
    size_t wide = size < 126 ? 0 : size < 65536 ? 2 : 8;
    frame[at++] = (unsigned char)(0x80 | (wide == 0 ? size : wide == 2 ? 126 : 127));
    for (size_t i = 0; i < wide; i++)
        frame[at++] = (unsigned char)(size >> (8 * (wide - 1 - i)));
    memcpy(frame + at, mask, 4);
    at += 4;
    for (size_t i = 0; i < size; i++)
        frame[at++] = (unsigned char)(((const unsigned char *)data)[i] ^ mask[i & 3]);
    bool sent = client_send(fd, frame, at);
    free(frame);
    return sent;
}

int client_ws_read(int fd, char *data, size_t capacity, size_t *size)
{
    unsigned char head[10];
    if (!read_exactly(fd, head, 2)) return -1;
    size_t length = head[1] & 0x7f, wide = length == 126 ? 2 : length == 127 ? 8 : 0;
    if (wide) {
        if (!read_exactly(fd, head + 2, wide)) return -1;
        length = 0;
        for (size_t i = 0; i < wide; i++)
            length = length << 8 | head[2 + i];
    }
    if (length >= capacity || !read_exactly(fd, data, length)) return -1;
    data[length] = '\0';
    if (size) *size = length;
    return head[0] & 0x0f;
}
