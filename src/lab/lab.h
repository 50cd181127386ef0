/* SPDX-License-Identifier: Apache-2.0
 * Rolling windows over the tape as it is published, for the Lab page's panels.
 *
 * Bounded: one flat struct without pointers (about 2 MB); copying it is a snapshot. Per name, for the
 * first 64 names seen: mids by minute over three sessions, prints by second over two hours, the last
 * 1024 times between prints, spread and volume by half hour of the session. Over all names: the last
 * 8192 option prints. Nothing is forgotten by time alone: what is older than a window is overwritten.
 *
 * Returns are of mids at minutes' ends; minutes in which no name was quoted (a closed market, a feed
 * that was away) and the first of a session give none. */
#ifndef TL_LAB_LAB_H
#define TL_LAB_LAB_H

#include <tapeloom/contract.h>
#include <tapeloom/control.h>
#include "base/text.h"

#define TL_LAB_NAMES 64
#define TL_LAB_MINUTES 1170 /* three sessions */
#define TL_LAB_SECONDS 7200
#define TL_LAB_GAPS 1024
#define TL_LAB_OPTIONS 8192
#define TL_LAB_HALF_HOURS 13
#define TL_LAB_HIT_MINUTES 30
#define TL_LAB_JSON_MAX (512 * 1024) /* all panels: 100 to 150 KiB */

struct tl_lab_name {
    char symbol[16];
    bool fund;                    /* an option print said so */
    int64_t minute;               /* newest of mids */
    int32_t last;                 /* bid + ask, 1e-4 USD; 0: never quoted */
    int32_t mids[TL_LAB_MINUTES]; /* bid + ask at the end of minute m, at m % TL_LAB_MINUTES */
    int64_t first_second, second; /* of prints; second 0: none yet */
    uint16_t prints[TL_LAB_SECONDS];
    int64_t print_ms;
    uint32_t gap_count, gap_next;
    uint32_t gaps[TL_LAB_GAPS];           /* ms */
    double spread_sum[TL_LAB_HALF_HOURS]; /* of (ask - bid) / mid */
    double spread_n[TL_LAB_HALF_HOURS];
    double tick_sum, tick_n;          /* of ask - bid in cents */
    double volume[TL_LAB_HALF_HOURS]; /* shares */
};

/* Where a print sits in the quote that was in force. Not the public nbbo_side, which calls a bid an
 * ask where the spread is a cent. */
enum tl_lab_side {
    TL_LAB_BELOW,
    TL_LAB_BID,
    TL_LAB_BETWEEN,
    TL_LAB_ASK,
    TL_LAB_ABOVE,
    TL_LAB_NO_QUOTE,
    TL_LAB_SIDES
};

struct tl_lab_option {
    int64_t ms;
    uint8_t name, side;  /* enum tl_lab_side */
    float days;          /* to expiry */
    float log_moneyness; /* ln(strike / spot); NaN: no spot */
    float iv;            /* NaN: none */
    float premium;       /* USD */
    uint32_t size;
};

struct tl_lab {
    uint32_t name_count, left_out; /* names beyond the 64 */
    int64_t newest_ms;
    int64_t session_start_s; /* 0: not known */
    bool continuous;         /* sessions follow each other without a break */
    int64_t
        recomputed_until_ms; /* mids before this were recomputed, not read off the tape; 0: none */
    int64_t first_minute;    /* the oldest with a mid */
    uint8_t alive[TL_LAB_MINUTES];   /* some name was quoted in that minute */
    uint8_t opening[TL_LAB_MINUTES]; /* a session starts with that minute */
    int64_t marked_minute;           /* newest of alive and opening */
    uint32_t option_count, option_next;
    bool hits_known;
    int64_t hits_since_ms;
    int window_minutes; /* coverage in force; set by the owner, as assist is */
    bool assist;
    uint32_t hits[TL_PROFILE_COUNT][TL_LAB_HIT_MINUTES]; /* oldest first; the last is the present */
    struct tl_lab_option options[TL_LAB_OPTIONS];
    struct tl_lab_name names[TL_LAB_NAMES];
};

struct tl_lab *tl_lab_create(void); /* NULL: out of memory */
void tl_lab_destroy(struct tl_lab *lab);

/* Which session runs; at each change, and before the first event. */
void tl_lab_session(struct tl_lab *lab, int64_t session_start_s, bool continuous);

/* A quote; bid and ask in USD. Quotes older than the name's newest minute are left out. */
void tl_lab_quote(struct tl_lab *lab, int64_t ms, struct tl_str symbol, double bid, double ask);
void tl_lab_print(struct tl_lab *lab, int64_t ms, struct tl_str symbol, int64_t shares);
void tl_lab_option(struct tl_lab *lab, const struct tl_wire_option_print *print);
/* Counts by minute of the last half hour, oldest first; complete since since_ms. */
void tl_lab_hits(struct tl_lab *lab, const uint32_t hits[TL_PROFILE_COUNT][TL_LAB_HIT_MINUTES],
                 int64_t since_ms);
/* Puts the quotes of another one, fed with times before, behind those of this one. */
void tl_lab_add_past(struct tl_lab *lab, const struct tl_lab *past);

/* The half hour of its session that a time lies in; -1: none. */
int tl_lab_half_hour(const struct tl_lab *lab, int64_t second);

struct tl_lab_work;                           /* room for measuring, about 2 MB */
struct tl_lab_work *tl_lab_work_create(void); /* NULL: out of memory */
void tl_lab_work_destroy(struct tl_lab_work *work);

/* Appends the whole document. About 50 ms with three sessions of 40 names. */
void tl_lab_put(const struct tl_lab *lab, struct tl_lab_work *work, int64_t now_ms,
                struct tl_text *out);

#endif
