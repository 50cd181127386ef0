/* SPDX-License-Identifier: Apache-2.0
 * GET /metrics (Prometheus text) and GET /health. */
#ifndef TL_SERVICES_API_METRICS_H
#define TL_SERVICES_API_METRICS_H

#include "services/api/admin.h"
#include "services/api/consume.h"
#include "services/api/fanout.h"
#include "services/api/live.h"
#include "services/api/page.h"

/* All borrowed; consumer and admin may be NULL. */
struct tl_api_metrics {
    struct tl_net *net;
    struct tl_responder *responder;
    const struct tl_api_reader *reader;
    const struct tl_live_store *store;
    const struct tl_live *live;
    const struct tl_page *page;
    const struct tl_fanout *fanouts; /* [TL_API_FEED_COUNT] */
    const struct tl_api_consumer *consumer;
    const struct tl_admin *admin;
    tl_ns started; /* monotonic */
};

void tl_api_metrics_mount(struct tl_api_metrics *metrics, struct tl_net *net);
void tl_api_metrics_put(const struct tl_api_metrics *metrics, int64_t now_ms,
                        struct tl_api_buffer *out);

#endif
