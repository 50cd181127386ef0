/* SPDX-License-Identifier: Apache-2.0
 * What happens when a cluster closes; and the machine's state, shared by flow.c and flush.c. */
#ifndef TL_FLOW_FLUSH_H
#define TL_FLOW_FLUSH_H

#include "flow/flow.h"
#include "flow/table.h"

/* How loud the market is: packets above the gate, fading over ten minutes. */
struct tl_flow_pace {
    double packets;          /* those faded */
    int64_t first_ts, at_ts; /* of the first one, 0: none yet; of the last one */
};

struct tl_flow {
    const struct tl_legs *package; /* of the cluster in hand: what may belong to its order */
    struct tl_flow_options options;
    struct tl_flow_counts counts;
    int64_t clock;
    struct tl_flow_pace pace;
    const struct tl_flow_calendar *calendar;
    struct tl_table *contracts, *underlyings;
    struct tl_rolling *rolling;
    struct tl_members *members;
    struct tl_clusters *clusters;
    struct tl_packet_builder *packets;
    struct tl_event_builder *events;
    struct tl_dark *dark;
};

/* Emits the structure packet, the roll packet and the single packet of the cluster, each with its
 * smart-money chain, keeps it as a leg and closes it. */
void tl_flush_cluster(struct tl_flow *flow, struct tl_cluster *cluster);

#endif
