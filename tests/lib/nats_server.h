/* SPDX-License-Identifier: Apache-2.0
 * A real nats-server with JetStream for tests: own folder, free port on the loopback. */
#ifndef TL_TESTS_NATS_SERVER_H
#define TL_TESTS_NATS_SERVER_H

#include <stdbool.h>
#include <sys/types.h>

struct nats_server {
    pid_t pid; /* 0: not running */
    int port;
    char url[64]; /* "nats://127.0.0.1:PORT" */
    char dir[300];
};

/* Starts one and waits until it answers. False: the running test failed (a missing nats-server is a
 * failure, not a skip). */
bool nats_server_start(struct nats_server *server);
bool nats_server_restart(struct nats_server *server);       /* same port and folder */
void nats_server_kill(struct nats_server *server);          /* SIGKILL, and waits for its end */
bool nats_server_restart_empty(struct nats_server *server); /* same port, a fresh folder */

#endif
