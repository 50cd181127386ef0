/* SPDX-License-Identifier: Apache-2.0
 * Contrasts between regimes; what they are stands in the header.
 *
 * Everything is gathered a minute at a time: a minute belongs to a regime when all of its seconds
 * do. Two passes in one: the session's minutes are kept (390 of every name), and folded into the
 * regimes' sums at its end, when the names' own means are known. */
#include "score/contrast.h"

#include <stdlib.h>
#include <string.h>

#include "base/math.h"
#include "market/surface.h"
#include "score/estimate.h"
#include "tape/market_view.h"

#define MINUTES_MAX 390
#define SETTLE_S 90
#define NO_REGIME 0xff
#define BLOCK 10 /* minutes of a long move */

/* The kinds of prints whose share is contrasted, in the order of the measures. */
enum { SHORT_ATM, OTM_CALL, MULTI_LEG, ALIGNED, KINDS };
_Static_assert(TL_CONTRAST_EVENT_ALIGNED - TL_CONTRAST_SHORT_ATM == KINDS - 1,
               "one measure a kind");

struct minute {
    float log_mid; /* at its end */
    float spread, iv, rate, delta_flow;
    uint32_t prints, kinds[KINDS]; /* of option prints: all, and those of each kind */
    bool focus, event;
};

struct cell { /* sums of one regime, group */
    double minutes, square, spread, iv, rate, prints, prints_relative;
    double blocks, big;
    double kinds[KINDS], expected[KINDS];
    struct tl_pairs persist, drift;
};

struct tl_contrasts {
    uint32_t symbols, count; /* count: minutes of the running session so far */
    int64_t minute;          /* index of the one being gathered; -1: none */
    uint8_t regime[MINUTES_MAX];
    struct cell cells[TL_REGIME_COUNT][TL_GROUP_COUNT];
    float *open_log;        /* [symbols] */
    struct minute *minutes; /* [MINUTES_MAX][symbols] */
};

struct tl_contrasts *tl_contrasts_create(uint32_t symbols)
{
    size_t head = sizeof(struct tl_contrasts), logs = symbols * sizeof(float);
    head = (head + 15) / 16 * 16;
    logs = (logs + 15) / 16 * 16;
    char *memory = calloc(1, head + logs + MINUTES_MAX * symbols * sizeof(struct minute));
    if (!memory) return NULL;
    struct tl_contrasts *contrasts = (void *)memory;
    contrasts->symbols = symbols;
    contrasts->minute = -1;
    contrasts->open_log = (void *)(memory + head);
    contrasts->minutes = (void *)(memory + head + logs);
    return contrasts;
}

void tl_contrasts_destroy(struct tl_contrasts *contrasts)
{
    free(contrasts);
}

static struct minute *minute_of(const struct tl_contrasts *contrasts, uint32_t minute, uint32_t sym)
{
    return &contrasts->minutes[minute * contrasts->symbols + sym];
}

/* ---- gathering ---- */

static bool holds(const uint16_t *list, uint32_t count, uint32_t sym)
{
    for (uint32_t i = 0; i < count; i++)
        if (list[i] == sym) return true;
    return false;
}

/* Strike against spot in units of sigma sqrt(T), T in days plus the rest of today. */
static double distance_in_sd(const struct tl_option_trade *trade, int days)
{
    double spot = 0.5e-4 * (double)(trade->spot_bid + trade->spot_ask);
    double sd = (double)trade->iv_e6 * 1e-6 * tl_sqrt(((double)days + 0.4) / 365.0);
    if (!(spot > 0) || !(sd > 0)) return 99;
    return tl_log((double)trade->contract.strike_milli * 1e-3 / spot) / sd;
}

/* The first expiry at or after the name's next event; 0: no event ahead within the listing. */
static int32_t aligned_expiry(const struct tl_market *market, uint32_t sym, int32_t today,
                              const struct tl_chain *chain)
{
    struct tl_event_calendar_entry events[256];
    size_t count = tl_market_events(market, events, 256);
    for (size_t i = 0; i < count; i++) {
        int32_t day = (int32_t)(events[i].event_ts / (86400 * TL_NS_PER_S));
        if (events[i].sym != sym || day < today) continue;
        for (uint32_t e = 0; e < chain->expiry_count; e++)
            if (chain->expiries[e].close > events[i].event_ts) return chain->expiries[e].day;
    }
    return 0;
}

static void gather_print(struct minute *minute, const struct tl_event *event, int32_t today,
                         int32_t aligned)
{
    const struct tl_option_trade *trade = &event->u.option;
    int days = (int)(trade->contract.expiry_day - today);
    double z = distance_in_sd(trade, days);
    bool call = trade->contract.right == 'C';
    double mid = 0.5 * (double)(trade->bid + trade->ask);
    double side = (double)trade->price > mid ? 1 : (double)trade->price < mid ? -1 : 0;
    double delta = z == 99 ? 0 : tl_norm_cdf(call ? -z : z) * (call ? 1 : -1);
    minute->prints++;
    minute->kinds[SHORT_ATM] += days <= 2 && tl_abs(z) < 0.35;
    minute->kinds[OTM_CALL] += call && days <= 5 && z > 0.25 && z < 99;
    minute->kinds[MULTI_LEG] += trade->condition >= 'f' && trade->condition <= 't';
    minute->kinds[ALIGNED] += aligned != 0 && trade->contract.expiry_day == aligned;
    if (trade->nbbo_known) minute->delta_flow += (float)(side * delta * tl_min(trade->size, 200));
}

static void gather_names(struct tl_contrasts *contrasts, uint32_t at,
                         const struct tl_session_state *session, const struct tl_market *market)
{
    const struct tl_latent *latents = tl_market_latents(market);
    for (uint32_t i = 0; i < contrasts->symbols; i++) {
        struct minute *minute = minute_of(contrasts, at, i);
        const struct tl_latent *latent = &latents[i];
        double mid = 0.5 * (double)(latent->bid[1] + latent->ask[1]);
        minute->log_mid = (float)(tl_log(mid) - (double)contrasts->open_log[i]);
        minute->spread += (float)(latent->ask[1] - latent->bid[1]);
        minute->iv += (float)tl_surface_month_iv(tl_market_reference(market, i), latent);
        minute->rate += (float)latent->trade_rate;
        minute->focus = holds(session->focus, session->focus_count, i);
        minute->event = holds(session->event, session->event_count, i);
    }
}

void tl_contrasts_second(struct tl_contrasts *contrasts, struct tl_market *market,
                         const struct tl_batch *batch)
{
    const struct tl_latent *latents = tl_market_latents(market);
    struct tl_session_state session;
    if (!latents) return;
    tl_session_state(market, &session);
    int64_t second = tl_market_second(market) - 1;
    uint32_t at = (uint32_t)((second - session.session_start_s) / 60);
    if (at >= MINUTES_MAX) return;
    bool settled = second - session.regime_since_s >= SETTLE_S;
    uint8_t regime = settled ? (uint8_t)session.regime : NO_REGIME;
    if (contrasts->minute != at) {
        for (uint32_t i = 0; i < contrasts->symbols && contrasts->minute < 0; i++)
            contrasts->open_log[i] =
                (float)tl_log(0.5 * (double)(latents[i].bid[0] + latents[i].ask[0]));
        contrasts->minute = at;
        contrasts->regime[at] = regime;
        contrasts->count = at + 1;
    }
    if (contrasts->regime[at] != regime) contrasts->regime[at] = NO_REGIME;
    gather_names(contrasts, at, &session, market);
    for (size_t k = 0; k < batch->count; k++) {
        const struct tl_event *event = &batch->events[k];
        if (event->stream != TL_STREAM_OPTION_PRINT) continue;
        int32_t aligned = 0;
        if (minute_of(contrasts, at, event->sym)->event)
            aligned = aligned_expiry(market, event->sym, session.trade_day,
                                     tl_market_chain(market, event->sym));
        gather_print(minute_of(contrasts, at, event->sym), event, session.trade_day, aligned);
    }
}

/* ---- folding a session ---- */

struct own { /* a name's means over its session */
    double rms, rms_block, spread, iv, rate, prints, kinds[KINDS];
};

static double minute_return(const struct tl_contrasts *contrasts, uint32_t at, uint32_t sym,
                            uint32_t back)
{
    double from = at >= back ? (double)minute_of(contrasts, at - back, sym)->log_mid : 0;
    return (double)minute_of(contrasts, at, sym)->log_mid - from;
}

static struct own own_of(const struct tl_contrasts *contrasts, uint32_t sym)
{
    struct own own = {.rms = 0};
    double n = contrasts->count;
    for (uint32_t at = 0; at < contrasts->count; at++) {
        const struct minute *minute = minute_of(contrasts, at, sym);
        double r = minute_return(contrasts, at, sym, 1);
        double block = at >= BLOCK ? minute_return(contrasts, at, sym, BLOCK) : 0;
        own.rms += r * r / n;
        own.rms_block += block * block / n;
        own.spread += (double)minute->spread / n;
        own.iv += (double)minute->iv / n;
        own.rate += (double)minute->rate / n;
        own.prints += minute->prints / n;
        for (int k = 0; k < KINDS; k++)
            own.kinds[k] += minute->kinds[k] / n;
    }
    own.rms = tl_sqrt(own.rms);
    own.rms_block = tl_sqrt(own.rms_block);
    return own;
}

static bool same_regime(const struct tl_contrasts *contrasts, uint32_t at, uint32_t back)
{
    if (at < back) return false;
    for (uint32_t i = at - back; i < at; i++)
        if (contrasts->regime[i] != contrasts->regime[at]) return false;
    return true;
}

static void fold_minute(const struct tl_contrasts *contrasts, struct cell *cell, uint32_t at,
                        uint32_t sym, const struct own *own)
{
    const struct minute *minute = minute_of(contrasts, at, sym);
    double r = minute_return(contrasts, at, sym, 1) / own->rms;
    cell->minutes++;
    cell->square += r * r;
    cell->spread += (double)minute->spread / own->spread;
    cell->iv += (double)minute->iv / own->iv;
    cell->rate += (double)minute->rate / own->rate;
    cell->prints += minute->prints;
    if (own->prints > 0) cell->prints_relative += minute->prints / own->prints;
    for (int k = 0; k < KINDS && own->prints > 0; k++) {
        cell->kinds[k] += minute->kinds[k];
        cell->expected[k] += minute->prints * own->kinds[k] / own->prints;
    }
    if (same_regime(contrasts, at, 1) && at >= 2)
        tl_pairs_add(&cell->persist, minute_return(contrasts, at - 1, sym, 1) / own->rms, r);
    if (same_regime(contrasts, at, BLOCK - 1) && at >= BLOCK) {
        cell->blocks++;
        double move = minute_return(contrasts, at, sym, BLOCK) / own->rms_block, flow = 0,
               prints = 0;
        cell->big += tl_abs(move) > 2;
        for (uint32_t i = at + 1 - BLOCK; i <= at; i++) {
            flow += (double)minute_of(contrasts, i, sym)->delta_flow;
            prints += minute_of(contrasts, i, sym)->prints;
        }
        /* Over the root of the prints: blocks of busy names would be all the correlation. */
        if (prints >= 5 * BLOCK) tl_pairs_add(&cell->drift, flow / tl_sqrt(prints), move);
    }
}

void tl_contrasts_session(struct tl_contrasts *contrasts)
{
    for (uint32_t sym = 0; sym < contrasts->symbols && contrasts->minute >= 0; sym++) {
        struct own own = own_of(contrasts, sym);
        if (!(own.rms > 0) || !(own.spread > 0) || !(own.rate > 0)) continue;
        for (uint32_t at = 0; at < contrasts->count; at++) {
            uint8_t regime = contrasts->regime[at];
            if (regime == NO_REGIME) continue;
            const struct minute *minute = minute_of(contrasts, at, sym);
            const bool member[TL_GROUP_COUNT] = {true, minute->focus, minute->event};
            for (int g = 0; g < TL_GROUP_COUNT; g++)
                if (member[g]) fold_minute(contrasts, &contrasts->cells[regime][g], at, sym, &own);
        }
    }
    contrasts->minute = -1;
    contrasts->count = 0;
    memset(contrasts->minutes, 0, MINUTES_MAX * contrasts->symbols * sizeof(struct minute));
}

/* ---- results ---- */

static void pairs_join(struct tl_pairs *sum, const struct tl_pairs *more)
{
    /* Both were shifted by their first pair; here plain sums are good enough (values near 1). */
    double sx = more->x + more->n * more->shift_x, sy = more->y + more->n * more->shift_y;
    sum->xx += more->xx + 2 * more->shift_x * more->x + more->n * more->shift_x * more->shift_x;
    sum->yy += more->yy + 2 * more->shift_y * more->y + more->n * more->shift_y * more->shift_y;
    sum->xy += more->xy + more->shift_x * more->y + more->shift_y * more->x +
               more->n * more->shift_x * more->shift_y;
    sum->x += sx;
    sum->y += sy;
    sum->n += more->n;
}

static void cell_join(struct cell *sum, const struct cell *more)
{
    sum->minutes += more->minutes;
    sum->square += more->square;
    sum->spread += more->spread;
    sum->iv += more->iv;
    sum->rate += more->rate;
    sum->prints += more->prints;
    sum->prints_relative += more->prints_relative;
    sum->blocks += more->blocks;
    sum->big += more->big;
    for (int k = 0; k < KINDS; k++) {
        sum->kinds[k] += more->kinds[k];
        sum->expected[k] += more->expected[k];
    }
    pairs_join(&sum->persist, &more->persist);
    pairs_join(&sum->drift, &more->drift);
}

static double value_of(const struct cell *cell, enum tl_contrast_measure measure)
{
    double minutes = cell->minutes > 0 ? cell->minutes : TL_NAN;
    switch (measure) {
    case TL_CONTRAST_VOLATILITY:
        return tl_sqrt(cell->square / minutes);
    case TL_CONTRAST_BIG_MOVE:
        return cell->big / (cell->blocks > 0 ? cell->blocks : TL_NAN);
    case TL_CONTRAST_PERSIST:
        return tl_pairs_correlation(&cell->persist);
    case TL_CONTRAST_SPREAD:
        return cell->spread / minutes;
    case TL_CONTRAST_IV:
        return cell->iv / minutes;
    case TL_CONTRAST_STOCK_RATE:
        return cell->rate / minutes;
    case TL_CONTRAST_OPTION_RATE:
        return cell->prints_relative / minutes;
    case TL_CONTRAST_SHORT_ATM:
    case TL_CONTRAST_OTM_CALL:
    case TL_CONTRAST_MULTI_LEG:
    case TL_CONTRAST_EVENT_ALIGNED: {
        int kind = (int)measure - TL_CONTRAST_SHORT_ATM;
        return cell->kinds[kind] / (cell->expected[kind] > 0 ? cell->expected[kind] : TL_NAN);
    }
    case TL_CONTRAST_FLOW_DRIFT:
        return tl_pairs_correlation(&cell->drift);
    case TL_CONTRAST_COUNT:
        break;
    }
    return TL_NAN;
}

struct tl_contrast tl_contrasts_get(const struct tl_contrasts *contrasts, enum tl_regime regime,
                                    enum tl_contrast_group group, enum tl_contrast_measure measure)
{
    struct cell others;
    memset(&others, 0, sizeof others);
    for (int r = 0; r < TL_REGIME_COUNT; r++)
        if (r != (int)regime) cell_join(&others, &contrasts->cells[r][group]);
    const struct cell *cell = &contrasts->cells[regime][group];
    bool by_print = measure >= TL_CONTRAST_SHORT_ATM && measure <= TL_CONTRAST_EVENT_ALIGNED;
    return (struct tl_contrast){.inside = value_of(cell, measure),
                                .outside = value_of(&others, measure),
                                .n = by_print ? cell->prints : cell->minutes};
}

const char *tl_contrast_name(enum tl_contrast_measure measure)
{
    static const char *const names[TL_CONTRAST_COUNT] = {
        "60 s volatility",  "10 min moves > 2 sd",    "60 s persistence",
        "quoted spread",    "ATM volatility",         "stock prints",
        "option prints",    "short-dated ATM prints", "short OTM call prints",
        "multi-leg prints", "event expiry prints",    "flow and return, 10 min"};
    return names[measure];
}
