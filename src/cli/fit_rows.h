/* SPDX-License-Identifier: Apache-2.0
 * A features file (eval_rows.h) in memory: each judgement as the items of the six profiles, as the
 * profiles' files compute them now; so a changed profile needs no new tape, only changed evidence
 * does. */
#ifndef TL_CLI_FIT_ROWS_H
#define TL_CLI_FIT_ROWS_H

#include "cli/eval_truth.h"

#define TL_FIT_RARE_TIMES 4.0

struct tl_fit_item {
    uint8_t at; /* which item of the profile */
    float value;
};

struct tl_fit_row {
    uint32_t session, instance; /* TL_EVAL_NOBODY: background */
    int64_t ms;
    uint32_t line;        /* of its file, from 1 */
    float usd;            /* of its instance */
    uint8_t owner;        /* profile; TL_PROFILE_COUNT noise; + 1 nobody */
    bool rare;            /* of a subtype of few instances: counts TL_FIT_RARE_TIMES */
    bool signal, package; /* passed the gate; legs that belong together */
    uint8_t direction[TL_PROFILE_COUNT];
    int8_t right; /* of its options */
    int16_t dte;
    float market_rate;
    bool barred[TL_PROFILE_COUNT];      /* from naming it: confirm.h */
    uint32_t stock;                     /* hash of the symbol */
    size_t first[TL_PROFILE_COUNT + 1]; /* its items of a profile: [first[p], first[p + 1]) */
};

struct tl_fit_rows {
    struct tl_fit_row *rows; /* by session, then as they were judged */
    size_t row_count, row_room;
    struct tl_fit_item *items;
    size_t item_count, item_room;
    struct tl_eval_session *sessions; /* instances filled in, no events */
    uint32_t session_count, session_room;
};

/* Adds a file's rows; seeds of several files are kept apart. Evidence that an older file lacks is 0. */
enum tl_status tl_fit_rows_read(struct tl_fit_rows *rows, const char *path,
                                struct tl_error *error) TL_MUST_USE;
void tl_fit_rows_free(struct tl_fit_rows *rows);

#endif
