/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/scenario_story.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/contract_id.h"
#include "base/text.h"
#include "market/calendar.h"

#define BATCH_EVENTS (1 << 16)
#define ROWS_FIRST 8
#define ROWS_LAST 3

struct story {
    struct tl_market *market;
    const struct tl_found *found;
    struct tl_event *prints; /* its option prints, owned */
    size_t count, room;
    uint32_t stock_prints;
    double contracts, premium, stock_shares; /* shares signed by side */
    uint32_t venues;                         /* bit per enum tl_option_venue */
};

static bool take(struct story *story, const struct tl_event *event, const struct tl_truth *truth)
{
    if (event->stream == TL_STREAM_EQUITY_PRINT) {
        story->stock_prints++;
        story->stock_shares += truth->side * (double)event->u.trade.size;
        return true;
    }
    if (story->count == story->room) {
        size_t room = story->room ? 2 * story->room : 64;
        struct tl_event *prints = realloc(story->prints, room * sizeof *prints);
        if (!prints) return false;
        story->prints = prints;
        story->room = room;
    }
    const struct tl_option_trade *trade = &event->u.option;
    story->prints[story->count++] = *event;
    story->contracts += (double)trade->size;
    story->premium += 100.0 * (double)trade->size * (double)trade->price / TL_PX_PER_USD;
    story->venues |= 1u << trade->venue;
    return true;
}

static enum tl_status gather(struct story *story, struct tl_error *error)
{
    struct tl_batch batch = {.capacity = BATCH_EVENTS};
    batch.events = malloc(BATCH_EVENTS * sizeof *batch.events);
    batch.truth = malloc(BATCH_EVENTS * sizeof *batch.truth);
    enum tl_status status = TL_OK;
    if (!batch.events || !batch.truth) status = tl_error_set(error, TL_NOMEM, "out of memory");
    if (status == TL_OK) status = tl_market_seek(story->market, story->found->first_s, error);
    /* Reports may be late by some seconds. */
    while (status == TL_OK && tl_market_second(story->market) <= story->found->last_s + 10) {
        batch.count = 0;
        tl_market_step(story->market, &batch);
        for (size_t i = 0; i < batch.count; i++)
            if (batch.truth[i].parent_id == story->found->parent_id &&
                !take(story, &batch.events[i], &batch.truth[i]))
                status = tl_error_set(error, TL_NOMEM, "out of memory");
    }
    free(batch.events);
    free(batch.truth);
    return status;
}

static void clock_text(tl_ns ts, char *text, size_t size)
{
    int64_t second = ts / TL_NS_PER_S;
    int64_t of_day = second + tl_newyork_offset_s(second);
    of_day %= 86400;
    snprintf(text, size, "%02d:%02d:%02d.%03d", (int)(of_day / 3600), (int)(of_day / 60 % 60),
             (int)(of_day % 60), (int)(ts / TL_NS_PER_MS % 1000));
}

static void print_row(const struct story *story, const struct tl_event *event)
{
    const struct tl_option_trade *trade = &event->u.option;
    const double px = TL_PX_PER_USD;
    char clock[32], bytes[64];
    struct tl_text id = {.data = bytes, .capacity = sizeof bytes};
    clock_text(event->ts, clock, sizeof clock);
    tl_contract_id_put(&id, tl_market_symbol(story->market, event->sym), &trade->contract);
    const char *where = !trade->nbbo_known           ? "no quote"
                        : trade->price >= trade->ask ? "ask"
                        : trade->price <= trade->bid ? "bid"
                                                     : "inside";
    printf("| %s | %s | %d | %.2f |", clock, tl_text_cstr(&id), (int)trade->size,
           (double)trade->price / px);
    if (trade->nbbo_known)
        printf(" %.2f × %.2f |", (double)trade->bid / px, (double)trade->ask / px);
    else
        printf(" |");
    printf(" %s | %s | %.1s |\n", where, tl_option_venue_name((enum tl_option_venue)trade->venue),
           trade->condition == ' ' ? "" : &trade->condition);
}

static void print_story(const struct story *story, const struct tl_twin *twin)
{
    const struct tl_found *found = story->found;
    printf("\n### %s\n\n", tl_subtype_name((enum tl_subtype)found->subtype));
    printf("Seed %lld, %s: %zu option print%s in %lld s, %d venue%s, %.0f contracts, $%.0f k "
           "of premium",
           (long long)found->seed, found->ticker, story->count, story->count == 1 ? "" : "s",
           (long long)(found->last_s - found->first_s + 1), __builtin_popcount(story->venues),
           (story->venues & (story->venues - 1)) ? "s" : "", story->contracts,
           story->premium / 1e3);
    if (story->stock_prints > 0)
        printf("; %u prints of its stock leg or hedge, net %+.0f shares", story->stock_prints,
               story->stock_shares);
    printf(". Against its twin");
    if (!isnan(twin->iv_points[TL_TWIN_END]))
        printf(" the first contract's volatility stood %+.2f points", twin->iv_points[TL_TWIN_END]);
    printf(" and the stock %+.1f bp at its end", twin->move_bp[TL_TWIN_END]);
    if (!isnan(twin->move_bp[TL_TWIN_30_MIN]))
        printf(", %+.2f points and %+.1f bp half an hour later", twin->iv_points[TL_TWIN_30_MIN],
               twin->move_bp[TL_TWIN_30_MIN]);
    printf(".\n\n| time (New York) | contract | size | price | bid × ask | at | venue | code |\n"
           "|---|---|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < story->count; i++) {
        if (i >= ROWS_FIRST && i + ROWS_LAST < story->count) {
            printf("| … %zu more | | | | | | | |\n", story->count - ROWS_FIRST - ROWS_LAST);
            i = story->count - ROWS_LAST;
        }
        print_row(story, &story->prints[i]);
    }
}

enum tl_status tl_scenario_story(const struct tl_market_options *options,
                                 const struct tl_found *found, const struct tl_twin *twin,
                                 struct tl_error *error)
{
    struct tl_market_options shown = *options;
    struct story story = {.found = found};
    shown.streams = 1u << TL_STREAM_OPTION_PRINT | 1u << TL_STREAM_EQUITY_PRINT;
    shown.symbols = tl_str_from(found->ticker);
    enum tl_status status = tl_market_create(&shown, &story.market, error);
    if (status == TL_OK) status = gather(&story, error);
    if (status == TL_OK) print_story(&story, twin);
    free(story.prints);
    tl_market_destroy(story.market);
    return status;
}
