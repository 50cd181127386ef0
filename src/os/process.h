/* SPDX-License-Identifier: Apache-2.0
 * Child processes and free ports, for the supervisor of `tapeloom serve --nats`. */
#ifndef TL_OS_PROCESS_H
#define TL_OS_PROCESS_H

#include <tapeloom/types.h>

/* Starts argv[0] (found on PATH) with argv, NULL-terminated. The child is killed by the kernel when
 * this process dies. environment: NULL-terminated "NAME=value" lines put over the parent's; may be
 * NULL. A value NULL-terminated "NAME" without '=' is unset in the child. */
enum tl_status tl_process_start(char *const argv[], char *const environment[], int *pid,
                                struct tl_error *error) TL_MUST_USE;
/* True once when the child has ended (and is reaped); *code is its exit status, or 128 + signal. */
bool tl_process_ended(int pid, int *code);
void tl_process_terminate(int pid, int wait_ms); /* SIGTERM, then SIGKILL after wait_ms; reaps */
/* Path of the running program into buffer. */
enum tl_status tl_process_self(char *buffer, size_t capacity, struct tl_error *error) TL_MUST_USE;
/* A TCP port free on 127.0.0.1 just now; 0: none. */
int tl_process_free_port(void);
/* True when something accepts connections at 127.0.0.1:port. */
bool tl_process_port_open(int port);

#endif
