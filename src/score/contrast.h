/* SPDX-License-Identifier: Apache-2.0
 * What each regime does to both tapes, as a contrast: a number measured in the regime's seconds over
 * the same number in all other regimes of the same sessions and names. Seconds within 90 s after a
 * change of regime count for neither (the old one is still blending out).
 *
 * Groups: the session's focus names (which a regime grips fully), its event names, all names. A
 * number of a name is first divided by the name's own mean over the session, so that a contrast
 * does not compare one name with another. */
#ifndef TL_SCORE_CONTRAST_H
#define TL_SCORE_CONTRAST_H

#include <tapeloom/market.h>

enum tl_contrast_group { TL_GROUP_ALL, TL_GROUP_FOCUS, TL_GROUP_EVENT, TL_GROUP_COUNT };

enum tl_contrast_measure {
    TL_CONTRAST_VOLATILITY,  /* rms of 60 s returns over the name's session rms */
    TL_CONTRAST_BIG_MOVE,    /* share of 10 min moves beyond 2 sd of the name's session */
    TL_CONTRAST_PERSIST,     /* correlation of successive 60 s returns; < 0 reverses (difference) */
    TL_CONTRAST_SPREAD,      /* quoted spread over the name's session mean */
    TL_CONTRAST_IV,          /* ATM volatility over the name's session mean */
    TL_CONTRAST_STOCK_RATE,  /* expected stock prints over the name's session mean */
    TL_CONTRAST_OPTION_RATE, /* option prints a name and second, over the name's session mean */
    /* Prints of a kind over what the name's share of that kind in its session would give: */
    TL_CONTRAST_SHORT_ATM,     /* dte <= 2 and |ln(K/S)| < 0.35 sd */
    TL_CONTRAST_OTM_CALL,      /* calls, dte <= 5, K above S by more than 0.25 sd */
    TL_CONTRAST_MULTI_LEG,     /* a multi-leg condition */
    TL_CONTRAST_EVENT_ALIGNED, /* in the first expiry after the name's next event */
    /* Correlation of ten minutes' net option delta flow, over the root of its prints, with their move
     * (difference). */
    TL_CONTRAST_FLOW_DRIFT,
    TL_CONTRAST_COUNT
};

struct tl_contrasts;

/* symbols: of the market. One allocation; NULL: out of memory. */
struct tl_contrasts *tl_contrasts_create(uint32_t symbols);
void tl_contrasts_destroy(struct tl_contrasts *contrasts);

/* A new session begins; what the running one gathered is folded in. Call once more at the end. */
void tl_contrasts_session(struct tl_contrasts *contrasts);

/* After the market stepped a second into batch: its latent state and its option prints. */
void tl_contrasts_second(struct tl_contrasts *contrasts, struct tl_market *market,
                         const struct tl_batch *batch);

struct tl_contrast {
    double inside, outside; /* in the regime, in all others */
    double n;               /* name-minutes or prints inside */
};

/* NaN where nothing was measured. */
struct tl_contrast tl_contrasts_get(const struct tl_contrasts *contrasts, enum tl_regime regime,
                                    enum tl_contrast_group group, enum tl_contrast_measure measure);

const char *tl_contrast_name(enum tl_contrast_measure measure); /* "60 s volatility" */

#endif
