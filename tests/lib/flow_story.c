/* SPDX-License-Identifier: Apache-2.0
 * The story teller: fills public events as the ingest side would, and writes down what comes. */
#include "lib/flow_story.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/contract_id.h"
#include "base/math.h"

#define STORY_BYTES (4 * 1024 * 1024)

static void line(struct story *story)
{
    tl_text_byte(&story->out, '\n');
}

static void on_packet(void *context, const struct tl_flow_packet *packet)
{
    struct story *story = context;
    story->packets++;
    tl_text_lit(&story->out, "< packet ");
    tl_json_put_flow_packet(&story->out, packet);
    line(story);
}

static void on_event(void *context, const struct tl_smart_money *event)
{
    struct story *story = context;
    story->events++;
    story->last = *event;
    snprintf(story->last_id, sizeof story->last_id, "%.*s", (int)event->event_id.size,
             event->event_id.data);
    snprintf(story->last_primary, sizeof story->last_primary, "%s",
             event->abstained ? "" : tl_profile_name(event->scores[0].profile));
    for (size_t i = 0; i < TL_PROFILE_COUNT; i++) {
        const struct tl_profile_score *score = &event->scores[i];
        if (score->probability <= story->best[score->profile]) continue;
        story->best[score->profile] = score->probability;
        story->directions[score->profile] = score->direction;
    }
    if (!event->abstained) story->primaries[event->scores[0].profile]++;
    tl_text_lit(&story->out, "< smart-money ");
    tl_json_put_smart_money(&story->out, event);
    line(story);
}

static void on_hit(void *context, const struct tl_classifier_hit *hit)
{
    struct story *story = context;
    story->hits++;
    tl_text_lit(&story->out, "< hit ");
    tl_json_put_classifier_hit(&story->out, hit);
    line(story);
}

static void on_alert(void *context, const struct tl_alert *alert)
{
    struct story *story = context;
    story->alerts++;
    tl_text_lit(&story->out, "< alert ");
    tl_json_put_alert(&story->out, alert);
    line(story);
}

static void on_join(void *context, const struct tl_equity_join *join)
{
    struct story *story = context;
    story->joins++;
    if (story->no_joins) return;
    tl_text_lit(&story->out, "< join ");
    tl_json_put_equity_join(&story->out, join);
    line(story);
}

static void on_dark(void *context, const struct tl_dark_event *event)
{
    struct story *story = context;
    story->darks++;
    tl_text_lit(&story->out, "< dark ");
    tl_json_put_dark(&story->out, event);
    line(story);
}

static void on_judged(void *context, const struct tl_smart_money *event,
                      const struct tl_evidence *evidence)
{
    struct story *story = context;
    (void)event;
    story->market_rate = evidence->market_rate;
}

void story_begin_with(struct story *story, struct tl_flow_options options)
{
    memset(story, 0, sizeof *story);
    story->out.capacity = STORY_BYTES;
    story->out.data = malloc(STORY_BYTES);
    story->trace_prefix = "synthetic";
    story->seq_step = 1;
    story->iv = 0.4;
    options.sink = (struct tl_flow_sink){.context = story,
                                         .packet = on_packet,
                                         .smart_money = on_event,
                                         .judged = on_judged,
                                         .hit = on_hit,
                                         .alert = on_alert,
                                         .join = on_join,
                                         .dark = on_dark};
    story->flow = tl_flow_create(&options);
    if (!story->flow || !story->out.data) abort();
}

void story_begin(struct story *story)
{
    story_begin_with(story, tl_flow_options_default());
}

void story_end(struct story *story)
{
    tl_flow_drain(story->flow);
    tl_flow_destroy(story->flow);
    story->flow = NULL;
}

void story_free(struct story *story)
{
    if (story->flow) story_end(story);
    free(story->out.data);
}

static struct tl_meta meta(struct story *story, int64_t ts, const char *kind, char *trace,
                           size_t capacity)
{
    story->seq += story->seq_step;
    snprintf(trace, capacity, "%s-%s-%llu", story->trace_prefix, kind,
             (unsigned long long)story->seq);
    return (struct tl_meta){ts, ts, story->seq, tl_str_from(trace)};
}

void story_note(struct story *story, const char *text)
{
    tl_text_lit(&story->out, "# ");
    tl_text_lit(&story->out, text);
    line(story);
}

static void tell(struct story *story, const char *what, int64_t ms, const char *name, double a,
                 double b, const char *rest)
{
    char text[256];
    if (story->quiet) return;
    snprintf(text, sizeof text, "> +%lld ms %s %s %g %g%s", (long long)ms, what, name, a, b, rest);
    tl_text_lit(&story->out, text);
    line(story);
}

void story_quote(struct story *story, int64_t ms, const char *symbol, double bid, double ask)
{
    char trace[96];
    tell(story, "quote", ms, symbol, bid, ask, "");
    int64_t ts = STORY_T0 + ms;
    struct tl_wire_equity_quote quote = {.meta = meta(story, ts, "equity-quote", trace, 96),
                                         .ts = ts,
                                         .underlying_id = tl_str_from(symbol),
                                         .bid = bid,
                                         .ask = ask};
    story->spot_bid = bid;
    story->spot_ask = ask;
    tl_flow_equity_quote(story->flow, &quote);
}

void story_trade(struct story *story, int64_t ms, const char *symbol, double price, int64_t size,
                 bool off_exchange)
{
    char trace[96];
    tell(story, "trade", ms, symbol, price, (double)size, off_exchange ? " OTC" : "");
    int64_t ts = STORY_T0 + ms;
    struct tl_wire_equity_print print = {.meta = meta(story, ts, "equities", trace, 96),
                                         .ts = ts,
                                         .underlying_id = tl_str_from(symbol),
                                         .price = price,
                                         .size = size,
                                         .exchange = tl_str_from(off_exchange ? "OTC" : "NASDAQ"),
                                         .off_exchange = off_exchange};
    tl_flow_equity_print(story->flow, &print);
}

void story_nbbo(struct story *story, int64_t ms, const char *contract, double bid, double ask)
{
    char trace[96];
    tell(story, "nbbo", ms, contract, bid, ask, "");
    int64_t ts = STORY_T0 + ms;
    struct tl_wire_option_nbbo nbbo = {.meta = meta(story, ts, "nbbo", trace, 96),
                                       .ts = ts,
                                       .option_contract_id = tl_str_from(contract),
                                       .bid = bid,
                                       .ask = ask,
                                       .bid_size = 120,
                                       .ask_size = 95};
    tl_flow_option_nbbo(story->flow, &nbbo);
}

void story_print(struct story *story, int64_t ms, const char *contract, double price, int64_t size,
                 const char *venue, const char *conditions, bool signal)
{
    char trace[96], rest[96];
    snprintf(rest, sizeof rest, " %s %s%s", venue, conditions, signal ? "" : " (below the gate)");
    tell(story, "print", ms, contract, price, (double)size, rest);
    int64_t ts = STORY_T0 + ms;
    struct tl_contract_id id;
    struct tl_wire_option_print print = {.meta = meta(story, ts, "options", trace, 96),
                                         .ts = ts,
                                         .option_contract_id = tl_str_from(contract),
                                         .price = price,
                                         .size = size,
                                         .exchange = tl_str_from(venue),
                                         .signal_pass = signal,
                                         .has = TL_HAS_SIGNAL_PASS | TL_HAS_IS_ETF};
    struct tl_str list = tl_str_from(conditions), one;
    while (list.size > 0 && print.condition_count < TL_CONDITIONS_MAX &&
           tl_str_cut(&list, ',', &one))
        print.conditions[print.condition_count++] = one;
    if (tl_contract_id_parse(print.option_contract_id, &id)) {
        print.underlying_id = id.root;
        print.option_type = id.right == 'C' ? TL_OPTION_TYPE_CALL : TL_OPTION_TYPE_PUT;
    }
    if (story->spot_ask > 0) {
        print.has |= TL_HAS_UNDERLYING_MID;
        print.spot_mid = tl_round_js((story->spot_bid + story->spot_ask) / 2, 4);
    }
    if (story->iv > 0) {
        print.has |= TL_HAS_IV;
        print.iv = story->iv;
    }
    tl_flow_option_print(story->flow, &print);
}

void story_advance(struct story *story, int64_t ms)
{
    tl_flow_advance(story->flow, STORY_T0 + ms);
}
