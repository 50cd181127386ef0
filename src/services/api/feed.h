/* SPDX-License-Identifier: Apache-2.0
 * The feeds of the API: one row a durable consumer, with what belongs to it (subject, socket, table,
 * live channel, cache size). Every switch over feeds elsewhere reads this table instead. */
#ifndef TL_SERVICES_API_FEED_H
#define TL_SERVICES_API_FEED_H

#include "bus/bus.h"
#include "json/live_request.h"
#include "store/store.h"

enum tl_api_feed {
    TL_API_OPTIONS, /* signal prints */
    TL_API_NBBO,
    TL_API_EQUITIES,
    TL_API_QUOTES,
    TL_API_CANDLES,
    TL_API_JOINS,
    TL_API_DARK,
    TL_API_PACKETS,
    TL_API_SMART_MONEY,
    TL_API_HITS,
    TL_API_ALERTS,
    TL_API_RAW, /* every option print: the page's tape and raw live views */
    TL_API_FEED_COUNT
};

struct tl_api_feed_info {
    const char *name;    /* log lines and metric labels */
    const char *durable; /* consumer name on the bus */
    enum tl_subject subject;
    enum tl_table table;
    enum tl_live_channel channel; /* of /ws/live */
    const char *path;             /* per-channel socket; NULL: none */
    const char *type;             /* its envelope's type */
    const char *limit_env;        /* LIVE_LIMIT_*; NULL: no generic cache */
    int limit;                    /* default of limit_env */
    int64_t healthy_ms;           /* freshness limit in channel_health; 0: not shown there */
    const char *health_name;
};

const struct tl_api_feed_info *tl_api_feed_info(enum tl_api_feed feed);

#endif
