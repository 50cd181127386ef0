/* SPDX-License-Identifier: Apache-2.0
 * What every service gets. A service is a function that runs until tl_os_stopping(): a thread of
 * `tapeloom serve` over the memory bus, or a process of its own over NATS. */
#ifndef TL_SERVICES_SERVICE_H
#define TL_SERVICES_SERVICE_H

#include <tapeloom/market.h>
#include "bus/bus.h"
#include "net/net.h"
#include "services/metrics_server.h"

struct tl_service {
    const char *name;                /* "ingest-options": log lines, client name, metrics */
    struct tl_bus *bus;              /* shared; not owned */
    const char *data_dir;            /* store and local files */
    struct tl_net *net;              /* api and web: where to mount routes; others NULL */
    struct tl_metrics *metrics;      /* workers: where to put their figures; NULL: nowhere */
    struct tl_market_options market; /* ingest: calendar, mode, rate, universe */
    const char
        *admin_token;     /* api: the operator's token; empty: none. web: the same for its proxy. */
    bool control_enabled; /* api: SYNTHETIC_CONTROL_ENABLED; web: NEXT_PUBLIC_SYNTHETIC_ADMIN */
    const char *api_url;  /* web: upstream API; NULL: the API is mounted on the same net */
    const char *web_dir;  /* web: folder of the page's files */
};

/* Each returns when stopping, or with an error when it cannot go on. */
enum tl_status tl_ingest_options_run(const struct tl_service *service,
                                     struct tl_error *error) TL_MUST_USE;
enum tl_status tl_ingest_equities_run(const struct tl_service *service,
                                      struct tl_error *error) TL_MUST_USE;
enum tl_status tl_compute_run(const struct tl_service *service, struct tl_error *error) TL_MUST_USE;
enum tl_status tl_recorder_run(const struct tl_service *service,
                               struct tl_error *error) TL_MUST_USE;

/* api and web mount on service->net and return; the caller runs the loop, then calls unmount. */
struct tl_api;
enum tl_status tl_api_mount(const struct tl_service *service, struct tl_api **api,
                            struct tl_error *error) TL_MUST_USE;
void tl_api_unmount(struct tl_api *api);
struct tl_web;
enum tl_status tl_web_mount(const struct tl_service *service, struct tl_web **web,
                            struct tl_error *error) TL_MUST_USE;
void tl_web_unmount(struct tl_web *web);

#endif
