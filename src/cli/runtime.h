/* SPDX-License-Identifier: Apache-2.0
 * What serve and the stand-alone services share: the data folder, the operator's token, the web
 * folder, and the list of services. */
#ifndef TL_CLI_RUNTIME_H
#define TL_CLI_RUNTIME_H

#include "services/service.h"

#define TL_TOKEN_MAX 256

struct tl_runtime {
    char data_dir[768];
    char web_dir[768];
    char token[TL_TOKEN_MAX];
    bool control_enabled;
    int lock; /* descriptor that holds the data folder; -1: none */
};

/* Creates the data folder (NULL: $XDG_DATA_HOME/tapeloom or ~/.local/share/tapeloom) and finds the
 * page's files (NULL: beside the program, then the installed place). lock: refuse a folder in use.
 */
enum tl_status tl_runtime_open(struct tl_runtime *runtime, const char *data, const char *web,
                               bool lock, struct tl_error *error) TL_MUST_USE;
void tl_runtime_close(struct tl_runtime *runtime);

/* The operator plane of one process: on at a loopback address unless the environment says off, with
 * the token of the environment, else a random one kept in the data folder (mode 0600). TL_INVALID:
 * a SYNTHETIC_CONTROL_ENABLED that is not a boolean, or on without a token where none may be made.
 */
enum tl_status tl_runtime_operator(struct tl_runtime *runtime, bool loopback,
                                   struct tl_error *error) TL_MUST_USE;

/* SYNTHETIC_CONTROL_ENABLED: 1/true/yes/on, 0/false/no/off, any case, trimmed; empty: `fallback`.
 */
enum tl_status tl_runtime_env_bool(const char *name, bool fallback, bool *value,
                                   struct tl_error *error) TL_MUST_USE;

struct tl_worker { /* a service that runs as a loop of its own */
    const char *name;
    enum tl_status (*run)(const struct tl_service *service, struct tl_error *error);
};
extern const struct tl_worker tl_workers[];
extern const size_t tl_worker_count;

#endif
