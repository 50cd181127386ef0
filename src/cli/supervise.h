/* SPDX-License-Identifier: Apache-2.0
 * `tapeloom serve --nats`: one process a service, watched. */
#ifndef TL_CLI_SUPERVISE_H
#define TL_CLI_SUPERVISE_H

#include "cli/market_flags.h"
#include "cli/runtime.h"

/* Starts the services against url ("nats://host:port", or "auto": a nats-server of our own on a
 * free loopback port, its files in the data folder), prints the address, restarts what ends (after
 * 1 s, 2 s, … at most 10 s), until told to stop. Errors: no nats-server, nothing listening, a
 * service that refuses to start three times in a row. */
enum tl_status tl_supervise(const struct tl_runtime *runtime, const struct tl_market_flags *market,
                            const char *url, const char *host, int port,
                            struct tl_error *error) TL_MUST_USE;

#endif
