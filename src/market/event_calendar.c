/* SPDX-License-Identifier: Apache-2.0
 * The event calendar; see the header. */
#include "market/event_calendar.h"

#include "base/math.h"
#include "base/rng.h"

#define DAY_NS (86400 * TL_NS_PER_S)

static bool reports(const struct tl_symbol *symbol)
{
    return !symbol->is_etf;
}

/* Slot of the cycle: names stand in the universe's order times a stride that is prime to the cycle,
 * so neighbours in the file do not report in the same week; the seed turns the cycle. */
static int64_t slot_of(const struct tl_universe *universe, uint64_t seed, uint32_t sym)
{
    int64_t rank = (int64_t)sym * TL_EVENT_CYCLE / (int64_t)universe->count;
    int64_t turn = (int64_t)(tl_mix64(seed) % TL_EVENT_CYCLE);
    return (rank * 25 + turn) % TL_EVENT_CYCLE;
}

bool tl_event_earnings_after(const struct tl_universe *universe, uint64_t seed, uint32_t sym,
                             int64_t ordinal)
{
    return reports(&universe->symbols[sym]) &&
           slot_of(universe, seed, sym) == ordinal % TL_EVENT_CYCLE;
}

/* The name whose news this session brings: a walk through the names by a stride, so that the same
 * name does not come twice in a row of sessions. */
static uint32_t news_name(const struct tl_universe *universe, uint64_t seed, int64_t ordinal)
{
    uint64_t start = tl_mix64(seed + 1) % universe->count;
    uint32_t stride = universe->count > 7 && universe->count % 7 ? 7 : 1;
    uint32_t sym = (uint32_t)((start + (uint64_t)ordinal * stride) % universe->count);
    for (uint32_t i = 0; i < universe->count && !reports(&universe->symbols[sym]); i++)
        sym = (sym + 1) % universe->count;
    return sym;
}

static void add(struct tl_event_calendar_entry *entries, size_t *count,
                struct tl_event_calendar_entry entry)
{
    if (*count >= TL_EVENTS_MAX) return;
    size_t at = (*count)++;
    while (at > 0 &&
           (entries[at - 1].event_ts > entry.event_ts ||
            (entries[at - 1].event_ts == entry.event_ts && entries[at - 1].sym > entry.sym))) {
        entries[at] = entries[at - 1];
        at--;
    }
    entries[at] = entry;
}

static void add_session(const struct tl_universe *universe, enum tl_calendar calendar,
                        uint64_t seed, const struct tl_session_span *span,
                        struct tl_event_calendar_entry *entries, size_t *count)
{
    /* Reports come five minutes after the close; back-to-back sessions have no such moment. */
    tl_ns after = (span->end_s + (calendar == TL_CALENDAR_EXCHANGE ? 300 : 0)) * TL_NS_PER_S;
    for (uint32_t sym = 0; sym < universe->count; sym++)
        if (tl_event_earnings_after(universe, seed, sym, span->ordinal))
            add(entries, count,
                (struct tl_event_calendar_entry){(uint16_t)sym, after, after - 21 * DAY_NS,
                                                 TL_EVENT_EARNINGS});
    struct tl_rng rng = tl_rng_at(seed, TL_RNG_EVENT, 0, (uint64_t)span->ordinal);
    uint32_t length = (uint32_t)(span->end_s - span->start_s);
    bool inside = tl_rng_uniform(&rng) < 0.5;
    int64_t at = span->start_s + length / 8 + tl_rng_below(&rng, length * 3 / 4);
    tl_ns when = inside ? at * TL_NS_PER_S : after;
    add(entries, count,
        (struct tl_event_calendar_entry){(uint16_t)news_name(universe, seed, span->ordinal), when,
                                         when - 6 * DAY_NS, TL_EVENT_NEWS});
}

size_t tl_event_calendar_build(const struct tl_universe *universe, enum tl_calendar calendar,
                               uint64_t seed, const struct tl_session_span *span,
                               struct tl_event_calendar_entry entries[TL_EVENTS_MAX])
{
    struct tl_session_span at = *span;
    size_t count = 0;
    for (int back = 0; back < 3; back++)
        tl_session_before(calendar, &at, &at);
    while (at.start_s < span->end_s + 30 * 86400 && count < TL_EVENTS_MAX) {
        add_session(universe, calendar, seed, &at, entries, &count);
        tl_session_after(calendar, &at, &at);
    }
    return count;
}
