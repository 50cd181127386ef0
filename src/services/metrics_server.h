/* SPDX-License-Identifier: Apache-2.0
 * GET /health and GET /metrics of a service that has no HTTP side of its own, on a loopback port and a
 * thread of their own. The service describes its figures by a table once, then sets them from its
 * loop; setting is one relaxed store, so it may be done for every event. One writer a figure.
 *
 *     tl_metrics_open -> tl_metrics_describe -> tl_metrics_set, tl_metrics_turn … -> tl_metrics_close
 *
 * Every function takes NULL for the metrics of a service that was not asked for any. */
#ifndef TL_SERVICES_METRICS_SERVER_H
#define TL_SERVICES_METRICS_SERVER_H

#include <tapeloom/types.h>
#include "bus/bus.h"

#define TL_METRICS_MAX 64 /* rows of a table; the largest has about 30 */
#define TL_METRICS_STALL_MS                                                                        \
    30000 /* no turn for so long: /health says so. A flush waits 2 s at most */

struct tl_metric {     /* rows of one name stand together: they are one family */
    const char *name;  /* "recorder_rows_total": unit last, `_total` for what only grows */
    const char *help;  /* of the family's first row */
    const char *label; /* "subject" or NULL */
    const char *value; /* of the label */
};

struct tl_metrics;

/* port 0: any free. The service's name and the bus are borrowed until close; the bus tells /health
 * and `tapeloom_service_bus_connected`. TL_IO: the port is in use. */
enum tl_status tl_metrics_open(const char *service, int port, struct tl_bus *bus,
                               struct tl_metrics **metrics, struct tl_error *error) TL_MUST_USE;
void tl_metrics_close(struct tl_metrics *metrics);
int tl_metrics_port(const struct tl_metrics *metrics); /* 0 for NULL */

/* The table is borrowed until close, and set once. At most TL_METRICS_MAX rows. */
void tl_metrics_describe(struct tl_metrics *metrics, const struct tl_metric *table, size_t count);
/* A figure of the table by its index. One that was never set is left out. */
void tl_metrics_set(struct tl_metrics *metrics, size_t index, int64_t value);
/* The service's loop went round. */
void tl_metrics_turn(struct tl_metrics *metrics);

#endif
