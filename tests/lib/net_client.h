/* SPDX-License-Identifier: Apache-2.0
 * A blocking HTTP and WebSocket client of a few lines, for tests: it sends exactly the bytes it is
 * told to. Every read gives up after 5 s. */
#ifndef TL_TESTS_NET_CLIENT_H
#define TL_TESTS_NET_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

enum { CLIENT_ANSWER_MAX = 256 * 1024 };

struct client_answer {
    int status; /* 0: no answer */
    size_t head_size, size;
    char text[CLIENT_ANSWER_MAX + 1]; /* head and body, NUL-terminated */
};

int client_connect(int port); /* -1: refused */
bool client_send(int fd, const void *data, size_t size);
/* Reads one answer: head and Content-Length bytes, or to the end of the connection. */
int client_read(int fd, bool head_only, struct client_answer *answer);
/* Connects, sends the text, reads the answer, closes; returns the status. */
int client_ask(int port, const char *text, struct client_answer *answer);
const char *client_body(const struct client_answer *answer);
/* The value of a header, copied; "" when absent. name in lower case with ": ". */
const char *client_header(const struct client_answer *answer, const char *name);

/* WebSocket: handshake with extra header lines (or ""); -1: not 101, *status tells. */
int client_ws_open(int port, const char *path, const char *headers, int *status);
bool client_ws_send(int fd, int first_byte, const void *data, size_t size); /* masked */
/* Reads one frame; its opcode, -1 at the end of the connection or after 5 s. */
int client_ws_read(int fd, char *data, size_t capacity, size_t *size);

#endif
