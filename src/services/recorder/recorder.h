/* SPDX-License-Identifier: Apache-2.0
 * The recorder: every stream of the bus into the store. tl_recorder_run stands in
 * services/service.h; here are its steps, what it counts, and the pure step from message to row. */
#ifndef TL_SERVICES_RECORDER_H
#define TL_SERVICES_RECORDER_H

#include "bus/bus.h"
#include "services/service.h"
#include "store/store.h"
#include "wire/derived_json.h"
#include "wire/market_json.h"

struct tl_recorder_metrics {
    uint64_t messages;  /* taken from the bus */
    uint64_t rows;      /* committed */
    uint64_t malformed; /* dropped for good: not a valid event */
    uint64_t malformed_of[TL_SUBJECT_COUNT];
    uint64_t lost;           /* passed by retention before we read them */
    uint64_t commits, trims; /* trims: pieces deleted */
    uint64_t store_failures; /* batches given back to the bus */
    int64_t store_bytes;
    int64_t commit_us, commit_us_max, commit_us_sum; /* the last, the slowest, all commits */
    int64_t behind_ms;                               /* age of the last message when it was taken */
    int64_t waiting;                                 /* messages of the open batch */
};

/* A snapshot of this process's recorder; any thread. All zero before it runs. */
void tl_recorder_metrics_read(struct tl_recorder_metrics *metrics);

struct tl_recorder;

/* The service is borrowed. Opens the store; the bus is subscribed by the first turn. */
enum tl_status tl_recorder_open(const struct tl_service *service, struct tl_recorder **recorder,
                                struct tl_error *error) TL_MUST_USE;
/* Takes what is there, at most 256 messages a stream, and commits, acknowledges and trims when the
 * batch is due (200 ms or 5000 messages). On an error the batch is given back to the bus, and the
 * next turn subscribes anew. */
enum tl_status tl_recorder_turn(struct tl_recorder *recorder, size_t *taken,
                                struct tl_error *error) TL_MUST_USE;
/* Commits and acknowledges the open batch, then frees. NULL is fine. */
enum tl_status tl_recorder_close(struct tl_recorder *recorder, struct tl_error *error) TL_MUST_USE;

/* Room for the strings of one row. */
struct tl_recorder_scratch {
    struct tl_json_scratch json;
    struct tl_wire_derived derived;
    struct tl_wire_option_print print;
};

enum tl_table tl_recorder_table(enum tl_subject subject);
/* The row of one message; borrows from data and scratch. TL_INVALID: not an event of its subject. */
enum tl_status tl_recorder_row(enum tl_subject subject, struct tl_str data,
                               struct tl_recorder_scratch *scratch, struct tl_store_row *row,
                               struct tl_error *error) TL_MUST_USE;

#endif
