/* SPDX-License-Identifier: Apache-2.0
 * Prints of one contract gathered while they belong together. Three lanes:
 *   signal   prints that passed the signal gate: the public clustering, closed `window_ms` after
 *            the last print, never longer than that from the first;
 *   package  multi-leg prints below the gate: same window, so that small legs find their partners;
 *   burst    all other prints below the gate: gathered over TL_BURST_GAP_MS and TL_BURST_SPAN_MS.
 * A cluster is due at an instant of market time that its own prints determine. Clusters come out
 * by due instant, then by age: so the outcome does not depend on when anybody looks. */
#ifndef TL_FLOW_CLUSTER_H
#define TL_FLOW_CLUSTER_H

#include <tapeloom/contract.h>
#include "flow/members.h"

#define TL_BURST_GAP_MS 5000
#define TL_BURST_SPAN_MS 30000
#define TL_FLOW_ID_MAX 63
#define TL_RUN_MS 20
#define TL_CLUSTER_MEMBERS_MAX 1024 /* keeps a packet's JSON far below a message of 1 MB */
#define TL_CLUSTER_CONDITIONS 8
#define TL_CLUSTER_CONDITION_MAX 15
#define TL_CLUSTER_VENUES 24
#define TL_CLUSTERS_MAX 8192 /* open at one time; the full market keeps some hundreds */

enum tl_lane { TL_LANE_SIGNAL, TL_LANE_PACKAGE, TL_LANE_BURST, TL_LANE_COUNT };

/* The contract that an id names, with text of its own. parsed false: not a contract id. */
struct tl_flow_contract_name {
    char id[TL_FLOW_ID_MAX + 1];
    uint8_t id_size, root_size; /* the root is the start of id in its dashed form */
    char root[24];
    bool parsed;
    char right;
    int32_t expiry_day;
    double strike;
};

struct tl_cluster {
    bool open;
    enum tl_lane lane;
    uint64_t serial; /* order of opening */
    struct tl_flow_contract_name name;
    char underlying[24]; /* print.underlying_id, else the root; NUL-terminated */
    enum tl_option_type option_type;
    bool has_is_etf, is_etf;
    int64_t start_ts, start_source_ts, end_ts, ingest_ts;
    uint64_t seq;
    struct tl_member_list members;
    int64_t total_size;
    double total_premium; /* sum of price x size, USD a share */
    double first_price, last_price;
    uint32_t condition_count;
    char conditions[TL_CLUSTER_CONDITIONS][TL_CLUSTER_CONDITION_MAX + 1];
    uint32_t special_count; /* prints with AUCTION CROSS OPENING CLOSING COMPLEX SPREAD */
    int32_t event_days;     /* first EVENT_<N>D of another feed; 0: none */
    bool has_iv, has_mid;
    double iv_min, iv_max, iv_first, iv_last;
    double first_mid, last_mid; /* the stock's, by the prints */
    uint32_t placed[TL_SIDE_COUNT];
    uint32_t venue_count;
    uint64_t venues[TL_CLUSTER_VENUES];
    /* What the classifier adds: where the print stood in its own spread, -1 at the bid, +1 at the
     * ask. The public counters cannot tell bid from ask in a spread of a cent. */
    int64_t buy_size, sell_size, known_size, through_size, small_size, size_max;
    double lean; /* sum of clamped position x size */
    uint32_t sweep_count, complex_count, cross_count, small_count;
    /* Runs: prints that follow each other within TL_RUN_MS, as the parts of one sweep do. */
    struct tl_run {
        int64_t start_ts, end_ts;
        double usd;
        uint32_t prints;
        uint32_t venues; /* bits: indices into `venues` */
    } run, run_best;     /* the latest; the one of largest premium */
    /* links of the pool */
    uint32_t previous, next;
};

struct tl_clusters;

struct tl_clusters *tl_clusters_create(int64_t window_ms);
void tl_clusters_destroy(struct tl_clusters *clusters);

/* What feeding one print needs beyond the print. */
struct tl_cluster_print {
    const struct tl_wire_option_print *print;
    const struct tl_flow_contract_name *name;
    enum tl_lane lane;
    enum tl_nbbo_side placement; /* on arrival, against the cached quote */
    bool position_known;
    double position; /* -1 bid .. +1 ask, beyond when through */
};

/* The open cluster under handle (0: none) if it is still this contract's and lane's. */
struct tl_cluster *tl_clusters_get(struct tl_clusters *clusters, uint32_t handle,
                                   const struct tl_flow_contract_name *name, enum tl_lane lane);
/* May the print join? Else the caller flushes the old cluster and opens a new one. */
bool tl_cluster_takes(const struct tl_clusters *clusters, const struct tl_cluster *cluster,
                      int64_t ts);
/* Opens an empty cluster; 0 when TL_CLUSTERS_MAX are open (flush the one that is due first). */
uint32_t tl_clusters_open(struct tl_clusters *clusters, const struct tl_cluster_print *print);
void tl_cluster_add(struct tl_cluster *cluster, const struct tl_cluster_print *print,
                    struct tl_members *members);

/* The cluster due first, if due at or before `ts`; NULL: none. The caller flushes and closes it. */
struct tl_cluster *tl_clusters_due(struct tl_clusters *clusters, int64_t ts);
/* When that is; INT64_MAX: nothing is open. */
int64_t tl_clusters_due_ts(struct tl_clusters *clusters);
void tl_clusters_close(struct tl_clusters *clusters, struct tl_cluster *cluster);
/* Open clusters of the signal and package lanes by age: first with NULL, then the one after. */
const struct tl_cluster *tl_clusters_next_short(const struct tl_clusters *clusters,
                                                const struct tl_cluster *after);
uint32_t tl_clusters_count(const struct tl_clusters *clusters);

#endif
