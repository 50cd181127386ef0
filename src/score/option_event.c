/* SPDX-License-Identifier: Apache-2.0
 * SCORECARD O34. At the open of the session before a report and at the open after it: volatility at
 * the money of the first expiry that outlives the report, from quotes (option_slice.h).
 *
 *   crush       after / before - 1, expiries 1 to 3 days away at the open after
 *   event sd    sqrt(sigma_before^2 T - sigma_after^2 T), T at the open before
 *   realised    |ln(S_after / S_before)| over the sd implied for the same time (what the expiry's
 *               total variance lost), over sqrt(2 / pi): the mean absolute move over the expected
 *
 * Limits: opens, not closes, so a session's own move is in both realised and implied; straddles'
 * returns are not formed. */
#include "score/option_event.h"

#include "base/math.h"
#include "score/estimate.h"
#include "score/option_slice.h"
#include "tape/market_view.h"

#define EVENTS_MAX 512
#define EARNINGS 0 /* tl_event_calendar_entry.kind */
#define SESSIONS_MIN 250
/* The level of volatility, against which an event stands out, has eras of a year: opens are taken a
 * month at a time, one in two, over eight years: 400 reports, of which the mean absolute move is known
 * to 4 %. Names report every 63 sessions, so three months meet all of them. */
#define BLOCK 21
#define BLOCKS_APART 42

double tl_option_event_sd(double before, double years_before, double after)
{
    return tl_sqrt(tl_max(0, (before * before - after * after) * years_before));
}

/* What stands at an open for the first expiry of at least `day` of one name. */
struct sight {
    int32_t expiry_day, dte;
    double atm, years, spot;
};

static bool look(struct tl_market *market, uint32_t sym, int32_t day, bool exact,
                 struct sight *sight)
{
    struct tl_option_frame frame;
    struct tl_option_slice slice;
    struct tl_quote_path path;
    struct tl_second view;
    if (!tl_market_view(market, sym, &path, &view)) return false;
    const struct tl_chain *chain = view.chain;
    uint32_t e = 0;
    while (e < chain->expiry_count && chain->expiries[e].day < day)
        e++;
    if (e >= chain->expiry_count || (exact && chain->expiries[e].day != day)) return false;
    tl_option_frame_init(&frame, &view);
    if (!tl_option_slice_quote(&slice, &frame, e, view.second * TL_NS_PER_S)) return false;
    if (!tl_option_slice_solve(&slice) || !tl_is_finite(slice.atm)) return false;
    *sight = (struct sight){slice.expiry_day, slice.dte, slice.atm, slice.years,
                            0.5 * (slice.spot_bid + slice.spot_ask)};
    return true;
}

/* The names that report between this session's end and the next one's start. */
static uint32_t reporters(const struct tl_market *market, const struct tl_session_span *span,
                          int64_t next_start_s, uint16_t *syms, uint32_t capacity)
{
    struct tl_event_calendar_entry entries[EVENTS_MAX];
    size_t known = tl_market_events(market, entries, EVENTS_MAX);
    uint32_t count = 0;
    for (size_t i = 0; i < known && count < capacity; i++)
        if (entries[i].kind == EARNINGS && entries[i].event_ts >= span->end_s * TL_NS_PER_S &&
            entries[i].event_ts < next_start_s * TL_NS_PER_S)
            syms[count++] = entries[i].sym;
    return count;
}

struct waiting {
    uint32_t count;
    uint16_t sym[TL_SYMBOLS_MAX];
    struct sight sight[TL_SYMBOLS_MAX];
};

static void take_after(struct tl_option_events *events, struct tl_market *market,
                       const struct waiting *waiting)
{
    for (uint32_t i = 0; i < waiting->count; i++) {
        const struct sight *before = &waiting->sight[i];
        struct sight after;
        if (!look(market, waiting->sym[i], before->expiry_day, true, &after)) continue;
        if (events->count >= TL_OPTION_EVENTS_MAX) {
            events->dropped++;
            continue;
        }
        double lost =
            before->atm * before->atm * before->years - after.atm * after.atm * after.years;
        events->reports[events->count++] = (struct tl_option_report){
            .sym = waiting->sym[i],
            .dte = after.dte,
            .before = before->atm,
            .after = after.atm,
            .event_sd = tl_option_event_sd(before->atm, before->years, after.atm),
            .implied = tl_sqrt(tl_max(lost, 0)),
            .realised = tl_abs(tl_log(after.spot / before->spot))};
    }
}

static void take_before(struct tl_market *market, const struct tl_session_span *span,
                        int64_t next_start_s, struct waiting *waiting)
{
    uint16_t syms[TL_SYMBOLS_MAX];
    uint32_t count = reporters(market, span, next_start_s, syms, TL_SYMBOLS_MAX);
    waiting->count = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct sight *sight = &waiting->sight[waiting->count];
        if (!look(market, syms[i], span->trade_day + 1, false, sight)) continue;
        waiting->sym[waiting->count++] = syms[i];
    }
}

static void skip(struct tl_session_span *span, int sessions)
{
    struct tl_session_span next;
    for (int i = 0; i < sessions; i++) {
        tl_session_after(TL_CALENDAR_EXCHANGE, span, &next);
        *span = next;
    }
}

enum tl_status tl_option_events_walk(struct tl_option_events *events, struct tl_market *market,
                                     int64_t start_s, uint32_t sessions)
{
    struct tl_session_span span, next;
    struct tl_batch none = {.capacity = 0};
    struct waiting waiting = {.count = 0};
    *events = (struct tl_option_events){.sessions = sessions};
    tl_session_find(TL_CALENDAR_EXCHANGE, start_s, &span);
    for (uint32_t i = 0; i < sessions; i++) {
        enum tl_status status = tl_market_seek(market, span.start_s, NULL);
        if (status != TL_OK && i > 0) events->sessions = i; /* the calendar's end */
        if (status != TL_OK) return i > 0 ? TL_OK : status;
        tl_market_step(market, &none);
        tl_session_after(TL_CALENDAR_EXCHANGE, &span, &next);
        take_after(events, market, &waiting);
        take_before(market, &span, next.start_s, &waiting);
        span = next;
        if ((i + 1) % BLOCK) continue;
        skip(&span, BLOCKS_APART - BLOCK);
        waiting.count = 0;
    }
    return TL_OK;
}

/* ---- rows ---- */

/* Median event sd of the reports of names whose 28-day volatility lies in [low, high). */
static double median_sd(const struct tl_option_events *events, const struct tl_symbol *symbols,
                        double low, double high, double *n)
{
    double values[TL_OPTION_EVENTS_MAX];
    uint32_t count = 0;
    for (uint32_t i = 0; i < events->count; i++) {
        double iv = symbols[events->reports[i].sym].iv28;
        if (iv >= low && iv < high) values[count++] = events->reports[i].event_sd;
    }
    *n = count;
    return tl_median_in_place(values, count);
}

static void put_events(struct tl_score_row *row, const struct tl_option_events *events,
                       const struct tl_symbol *symbols)
{
    static const struct {
        const char *label;
        double iv_low, iv_high, low, high;
    } classes[] = {{"event sd, names below IV .28", 0, .28, .03, .05},
                   {"event sd, IV .28 to .5", .28, .5, .05, .08},
                   {"event sd, IV above .5", .5, 9, .08, .15}};
    double crush[TL_OPTION_EVENTS_MAX], realised = 0, implied = 0, n;
    uint32_t fronts = 0;
    for (uint32_t i = 0; i < events->count; i++) {
        const struct tl_option_report *r = &events->reports[i];
        if (r->dte >= 1 && r->dte <= 3) crush[fronts++] = 1 - r->after / r->before;
        realised += r->realised;
        implied += r->implied * 0.7978845608028654; /* sqrt(2 / pi) */
    }
    for (size_t c = 0; c < sizeof classes / sizeof classes[0]; c++) {
        double sd = median_sd(events, symbols, classes[c].iv_low, classes[c].iv_high, &n);
        tl_score_put(row, classes[c].label, sd, classes[c].low, classes[c].high, n);
    }
    tl_score_put(row, "fall of front ATM, 1-3 d", tl_median_in_place(crush, fronts), .30, .50,
                 fronts);
    tl_score_put(row, "mean |realised| over implied", realised / implied, .80, .95, events->count);
}

void tl_option_events_rows(const struct tl_option_events *events, const struct tl_symbol *symbols,
                           uint32_t count, struct tl_score_report *report)
{
    struct tl_score_row *row = tl_score_row(report, "O34", "volatility around earnings", 'H', 10);
    if (count == 0 || events->sessions < SESSIONS_MIN)
        row->note = "needs the opens of 250 sessions";
    else
        put_events(row, events, symbols);
    row = tl_score_row(report, "O39", "pinning at strikes on expiry Fridays", 'M', 3000);
    row->note = "needs the closes of 3000 name-expiries";
    row = tl_score_row(report, "O40", "the dealers' gamma in the last half hour", 'M', 250);
    row->note = "needs 250 whole sessions, signed open interest of dealers";
}
