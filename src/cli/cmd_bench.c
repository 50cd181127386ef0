/* SPDX-License-Identifier: Apache-2.0
 * `tapeloom bench`: what the engine costs, in time of the processor: the figures are one core's, and who
 * else uses the machine does not count. Medians of several runs; the same window of the same seed, so
 * that two builds can be compared. Never a test. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/flags.h"
#include "cli/market_flags.h"
#include "os/os.h"
#include "services/compute/feed.h"
#include "wire/binary.h"
#include "wire/from_tape.h"

#define RUNS_MAX 25
#define BATCH_EVENTS (1 << 18)
#define BLOCK_EVENTS 4096
#define OUT_BYTES (1 << 20)
#define START_S 1795185000 /* 2026-11-20 09:30 in New York */
#define CLOSE_S (START_S + 23399)

enum encoding { ENCODE_NOTHING, ENCODE_BINARY, ENCODE_JSON };

struct bench {
    struct tl_market_options options;
    int runs;
    int64_t seconds;
    struct tl_batch batch;
    char *out;
};

static double median(double *values, int count)
{
    for (int i = 1; i < count; i++) {
        for (int k = i; k > 0 && values[k] < values[k - 1]; k--) {
            double swap = values[k];
            values[k] = values[k - 1];
            values[k - 1] = swap;
        }
    }
    return values[count / 2];
}

static double session_ms(struct bench *bench, struct tl_error *error)
{
    double times[RUNS_MAX];
    for (int run = 0; run < bench->runs; run++) {
        struct tl_market *market = NULL;
        struct tl_market_options options = bench->options;
        options.streams = 0;
        if (tl_market_create(&options, &market, error) != TL_OK) return -1;
        tl_ns began = tl_os_processor();
        enum tl_status status = tl_market_seek(market, CLOSE_S, error);
        times[run] = (double)(tl_os_processor() - began) / 1e6;
        tl_market_destroy(market);
        if (status != TL_OK) return -1;
    }
    return median(times, bench->runs);
}

static void encode(struct bench *bench, const struct tl_market *market, enum encoding encoding,
                   const struct tl_signal_gate *gate)
{
    struct tl_text out = {.data = bench->out, .capacity = OUT_BYTES};
    for (size_t at = 0; at < bench->batch.count && encoding == ENCODE_BINARY; at += BLOCK_EVENTS) {
        size_t count =
            bench->batch.count - at < BLOCK_EVENTS ? bench->batch.count - at : BLOCK_EVENTS;
        out.size = 0;
        tl_binary_put_block(&out, bench->batch.events + at, NULL, count);
    }
    for (size_t i = 0; i < bench->batch.count && encoding == ENCODE_JSON; i++) {
        const struct tl_event *event = &bench->batch.events[i];
        if (out.size > OUT_BYTES - 8192) out.size = 0;
        tl_wire_event_json(&out, event, tl_market_symbol(market, event->sym), gate, 0);
    }
}

/* Events a second of processor over the window; *events is how many there were. */
static double events_per_s(struct bench *bench, uint32_t streams, enum encoding encoding,
                           uint64_t *events, struct tl_error *error)
{
    double rates[RUNS_MAX];
    struct tl_signal_gate gate = tl_signal_gate_default();
    tl_signal_gate_apply_mode(&gate);
    struct tl_market *market = NULL;
    struct tl_market_options options = bench->options;
    options.streams = streams;
    if (tl_market_create(&options, &market, error) != TL_OK) return -1;
    for (int run = 0; run < bench->runs; run++) {
        if (tl_market_seek(market, START_S + 3600, error) != TL_OK) return -1;
        *events = 0;
        tl_ns began = tl_os_processor();
        for (int64_t i = 0; i < bench->seconds; i++) {
            bench->batch.count = 0;
            tl_market_step(market, &bench->batch);
            encode(bench, market, encoding, &gate);
            *events += bench->batch.count;
        }
        rates[run] = (double)*events / ((double)(tl_os_processor() - began) / 1e9);
    }
    tl_market_destroy(market);
    return median(rates, bench->runs);
}

/* --- the classifier ---------------------------------------------------------------------- */

/* A public event as compute takes it from its feed; its strings lie beside it. */
struct ready {
    struct tl_feed_event event;
    struct tl_wire_strings strings;
};

static void make_ready(struct ready *ready, const struct tl_market *market,
                       const struct tl_event *event, const struct tl_signal_gate *gate)
{
    struct tl_str symbol = tl_market_symbol(market, event->sym);
    struct tl_feed_event *made = &ready->event;
    struct tl_wire_strings *strings = &ready->strings;
    made->ts = event->ts / TL_NS_PER_MS;
    switch ((enum tl_stream)event->stream) {
    case TL_STREAM_OPTION_NBBO:
        made->source = TL_FEED_OPTION_NBBO;
        tl_wire_option_nbbo_from(event, symbol, made->ts, strings, &made->u.nbbo);
        break;
    case TL_STREAM_OPTION_PRINT:
        made->source = TL_FEED_OPTION_PRINT;
        tl_wire_option_print_from(event, symbol, gate, made->ts, strings, &made->u.print);
        break;
    case TL_STREAM_EQUITY_QUOTE:
        made->source = TL_FEED_EQUITY_QUOTE;
        tl_wire_equity_quote_from(event, symbol, made->ts, strings, &made->u.quote);
        break;
    case TL_STREAM_EQUITY_PRINT:
        made->source = TL_FEED_EQUITY_PRINT;
        tl_wire_equity_print_from(event, symbol, made->ts, strings, &made->u.trade);
        break;
    case TL_STREAM_COUNT:
        break;
    }
}

struct classified {
    double prints_per_s, events_per_s; /* option and stock prints, all quotes fed too; any event */
};

/* Feeds a window of ready public events, a market second at a time made outside the clock. */
static enum tl_status classify(struct bench *bench, struct classified *result,
                               struct tl_error *error)
{
    double prints_rates[RUNS_MAX], events_rates[RUNS_MAX];
    struct tl_signal_gate gate = tl_signal_gate_default();
    struct tl_flow_options flow_options = tl_flow_options_default();
    struct ready *ready = malloc(BATCH_EVENTS * sizeof *ready);
    struct tl_market *market = NULL;
    enum tl_status status = TL_OK;
    tl_signal_gate_apply_mode(&gate);
    if (!ready) status = tl_error_set(error, TL_NOMEM, "out of memory");
    if (status == TL_OK) status = tl_market_create(&bench->options, &market, error);
    for (int run = 0; run < bench->runs && status == TL_OK; run++) {
        struct tl_flow *flow = tl_flow_create(&flow_options);
        double events = 0, prints = 0;
        tl_ns spent = 0;
        status = flow ? tl_market_seek(market, START_S + 3600, error)
                      : tl_error_set(error, TL_NOMEM, "out of memory");
        for (int64_t i = 0; i < bench->seconds && status == TL_OK; i++) {
            bench->batch.count = 0;
            tl_market_step(market, &bench->batch);
            tl_wire_order(&bench->batch);
            for (size_t k = 0; k < bench->batch.count; k++) {
                make_ready(&ready[k], market, &bench->batch.events[k], &gate);
                prints += ready[k].event.source == TL_FEED_OPTION_PRINT ||
                          ready[k].event.source == TL_FEED_EQUITY_PRINT;
            }
            tl_ns began = tl_os_processor();
            for (size_t k = 0; k < bench->batch.count; k++)
                tl_feed_give(flow, &ready[k].event);
            tl_flow_advance(flow, tl_market_second(market) * 1000);
            spent += tl_os_processor() - began;
            events += (double)bench->batch.count;
        }
        tl_flow_destroy(flow);
        prints_rates[run] = prints / ((double)spent / 1e9);
        events_rates[run] = events / ((double)spent / 1e9);
    }
    tl_market_destroy(market);
    free(ready);
    if (status == TL_OK)
        *result = (struct classified){median(prints_rates, bench->runs),
                                      median(events_rates, bench->runs)};
    return status;
}

static int run_bench(struct bench *bench, struct tl_error *error)
{
    static const uint32_t all = (1u << TL_STREAM_COUNT) - 1;
    uint64_t events = 0;
    double session = session_ms(bench, error);
    if (session < 0) return 1;
    printf("latent_session_ms %.1f\n", session);
    double plain = events_per_s(bench, all, ENCODE_NOTHING, &events, error);
    if (plain < 0) return 1;
    printf("events %llu in %lld s of tape\n", (unsigned long long)events,
           (long long)bench->seconds);
    printf("events_per_s %.0f\n", plain);
    double binary = events_per_s(bench, all, ENCODE_BINARY, &events, error);
    double json = events_per_s(bench, all, ENCODE_JSON, &events, error);
    printf("events_per_s_binary %.0f\nevents_per_s_json %.0f\n", binary, json);
    for (int stream = 0; stream < TL_STREAM_COUNT; stream++) {
        double rate = events_per_s(bench, 1u << stream, ENCODE_NOTHING, &events, error);
        if (rate > 0)
            printf("ns_per_%s %.0f (with the latent step, alone)\n",
                   tl_stream_name((enum tl_stream)stream), 1e9 / rate);
    }
    struct classified classified;
    if (classify(bench, &classified, error) != TL_OK) return 1;
    printf("classifier_prints_per_s %.0f (option and stock prints, all quotes of the mix fed too)\n"
           "classifier_events_per_s %.0f\n",
           classified.prints_per_s, classified.events_per_s);
    return 0;
}

int tl_cmd_bench(int argc, char **argv)
{
    struct tl_market_flags market = TL_MARKET_FLAGS_INIT("exchange", "firehose");
    int64_t runs = 5, seconds = 120;
    const struct tl_flag flags[] = {
        {"--runs", "N", "runs a figure, the median is printed; default 5", TL_FLAG_INT, &runs, 1,
         RUNS_MAX},
        {"--seconds", "N", "seconds of tape a run; default 120", TL_FLAG_INT, &seconds, 1, 3600},
        TL_MARKET_FLAG_ROWS(market),
        {NULL, NULL, NULL, TL_FLAG_SWITCH, NULL, 0, 0}};
    const struct tl_command command = {
        "tapeloom bench [flags]", "Measures the engine on one core of this machine.", flags, 0};
    int words = tl_flags_parse(&command, argc, argv);
    if (words < 0) return words == -1 ? 0 : 2;
    struct tl_error error = {.status = TL_OK};
    struct bench bench = {
        .options = tl_market_options_default(), .runs = (int)runs, .seconds = seconds};
    bench.batch.capacity = BATCH_EVENTS;
    bench.batch.events = calloc(BATCH_EVENTS, sizeof *bench.batch.events);
    bench.out = malloc(OUT_BYTES);
    int code = 1;
    if (!bench.batch.events || !bench.out)
        tl_error_set(&error, TL_NOMEM, "out of memory");
    else if (tl_market_flags_apply(&market, &bench.options, &error) == TL_OK)
        code = run_bench(&bench, &error);
    free(bench.batch.events);
    free(bench.out);
    tl_market_flags_free(&market);
    return code == 0 ? 0 : tl_cli_fail(1, "%s", error.text);
}
