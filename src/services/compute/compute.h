/* SPDX-License-Identifier: Apache-2.0
 * The compute service (tl_compute_run stands in services/service.h): what it counts. */
#ifndef TL_SERVICES_COMPUTE_COMPUTE_H
#define TL_SERVICES_COMPUTE_COMPUTE_H

#include "flow/flow.h"
#include "services/service.h"

struct tl_compute_metrics {
    uint64_t messages, malformed; /* of the four market streams, and the candles' */
    uint64_t lost;                /* passed by retention before we read them */
    uint64_t published, held_back, dropped;
    uint64_t candles, candle_prints_late;
    uint64_t restarts; /* after messages were lost for good */
    int64_t lag_ms;    /* wall clock less the event time reached */
    int64_t calendar_events;
    struct tl_flow_counts flow;
};

/* A snapshot of this process's compute service, at most a second old; any thread. All zero before
 * it runs. */
void tl_compute_metrics_read(struct tl_compute_metrics *metrics);

/* When to stop, for tl_compute_run_until. */
struct tl_compute_stop {
    bool (*asked)(void *context); /* once a turn of the loop */
    void *context;
    bool at_once; /* leave as a crash would: nothing closed, flushed or acknowledged */
};

/* tl_compute_run until `stop` says so (tests; the service asks tl_os_stopping). */
enum tl_status tl_compute_run_until(const struct tl_service *service,
                                    const struct tl_compute_stop *stop,
                                    struct tl_error *error) TL_MUST_USE;

#endif
