/* SPDX-License-Identifier: Apache-2.0
 * The compute service (tl_compute_run stands in services/service.h): what it counts. */
#ifndef TL_SERVICES_COMPUTE_COMPUTE_H
#define TL_SERVICES_COMPUTE_COMPUTE_H

#include "flow/flow.h"

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

#endif
