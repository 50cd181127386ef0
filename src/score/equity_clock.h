/* SPDX-License-Identifier: Apache-2.0
 * When stock trades happen: durations, their memory, counts in windows, self-excitation (rows E29
 * to E33). Parents and prints in the order of the tape. */
#ifndef TL_SCORE_EQUITY_CLOCK_H
#define TL_SCORE_EQUITY_CLOCK_H

#include "score/equity_types.h"

struct tl_score_scene;
struct tl_score_curves;

#define TL_SCORE_WINDOWS 11      /* lengths of the Fano curve */
#define TL_SCORE_CLOCK_LAGS 3    /* 1, 10, 100 */
#define TL_SCORE_CLOCK_RING 128  /* more than the longest lag; power of two */
#define TL_SCORE_CLOCK_HALVES 13 /* half hours of a session */
#define TL_SCORE_CLOCK_SPANS 23  /* the same, the first and the last by five minutes */
#define TL_SCORE_HOUR_SESSIONS 2 /* sessions whose midday hour is kept for the fit of E33 */
#define TL_SCORE_HOUR_PARENTS 16384
#define TL_SCORE_DURATION_BINS 224 /* 8 an octave from 1 us, to 268 s */

struct tl_score_window {
    tl_ns end;                     /* of the window being counted */
    double count, n, sum, squares; /* of this session; completed windows */
    double fano, excess;           /* summed over sessions: F, and (F - 1) / (rate w) */
};

struct tl_score_durations {
    double n, seconds;          /* of all sessions */
    double count, sum, squares; /* of this session */
    double variation, sessions; /* sd / mean, summed over sessions; how many */
    tl_ns last;                 /* 0: none yet */
};

/* Log inter-parent times of one session, ms floored at half: the stamps behind the band were in ms. */
struct tl_score_log_times {
    double ring[TL_SCORE_CLOCK_RING], sum, squares;
    double lag_products[TL_SCORE_CLOCK_LAGS];
    double span_n[TL_SCORE_CLOCK_SPANS], span_sum[TL_SCORE_CLOCK_SPANS];
    uint32_t count;
};

struct tl_score_clock { /* zeroed is empty */
    struct tl_score_durations prints, parents;
    uint64_t under_10ms, same_us; /* of the prints' durations */
    tl_ns last_executed_us;
    uint64_t parent_count, print_count, sessions;
    double seconds; /* of sessions done */
    struct tl_score_window windows[TL_SCORE_WINDOWS];
    struct tl_score_log_times logs;
    double log_n, memory[TL_SCORE_CLOCK_LAGS], memory_sessions; /* of and over all sessions */
    double half_hour_parents[TL_SCORE_CLOCK_HALVES];            /* of this session */
    double shape; /* summed over sessions: what the day's shape adds to NV */
    uint64_t duration_bins[TL_SCORE_DURATION_BINS]; /* of parents */
    tl_ns start, end, hour_start, hour_end;
    uint32_t hour_session, hour_count[TL_SCORE_HOUR_SESSIONS]; /* hour_session: 1 is the first */
    double hour_span_s[TL_SCORE_HOUR_SESSIONS];
    uint32_t hour_us[TL_SCORE_HOUR_SESSIONS][TL_SCORE_HOUR_PARENTS]; /* since the hour's start */
};

void tl_score_clock_open(struct tl_score_clock *clock, tl_ns start, tl_ns end);
void tl_score_clock_close(struct tl_score_clock *clock);
void tl_score_clock_print(struct tl_score_clock *clock, const struct tl_score_print *print);
void tl_score_clock_parent(struct tl_score_clock *clock, const struct tl_score_parent *parent);

/* Doubles of scratch that the rows need. */
#define TL_SCORE_HAWKES_SCRATCH (TL_SCORE_HOUR_PARENTS * 4)

void tl_score_clock_rows(struct tl_score_scene *scene);
void tl_score_clock_curves(const struct tl_score_scene *scene, struct tl_score_curves *curves);

#endif
