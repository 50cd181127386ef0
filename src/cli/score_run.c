/* SPDX-License-Identifier: Apache-2.0
 * What a scoring run does with its sessions; see the header. */
#include "cli/score_run.h"

#include <stdlib.h>
#include <string.h>

#include "base/math.h"
#include "score/days_rows.h"
#include "score/returns_curves.h"
#include "score/returns_rows.h"
#include "score/returns_tape.h"

bool tl_score_run_init(struct tl_score_run *run, struct tl_symbol *symbols, uint32_t count,
                       uint32_t tape_sessions)
{
    memset(run, 0, sizeof *run);
    run->symbols = symbols;
    run->count = count;
    return tl_score_returns_init(&run->mids, symbols, count, tape_sessions) &&
           tl_score_returns_init(&run->trades, symbols, count, tape_sessions) &&
           tl_second_mids_init(&run->mid_seconds, count) &&
           tl_second_mids_init(&run->trade_seconds, count) &&
           tl_score_bench_create(&run->bench, symbols, count);
}

void tl_score_run_deinit(struct tl_score_run *run)
{
    tl_score_bench_destroy(&run->bench);
    tl_score_days_deinit(&run->days);
    tl_score_returns_deinit(&run->latent);
    tl_score_returns_deinit(&run->mids);
    tl_score_returns_deinit(&run->trades);
    tl_second_mids_deinit(&run->mid_seconds);
    tl_second_mids_deinit(&run->trade_seconds);
    free(run->orders);
    free(run->symbols);
    memset(run, 0, sizeof *run);
}

void tl_score_run_open(struct tl_score_run *run, int64_t start_s, int64_t end_s)
{
    run->session_start_s = start_s;
    tl_second_mids_reset(&run->mid_seconds);
    tl_second_mids_reset(&run->trade_seconds);
    tl_score_bench_session(&run->bench, start_s, end_s);
}

/* The price in force at the start of a second is the last one before it: an event within second k
 * is seen at k + 1. One before or at the open is the open's. */
static int64_t place_of(const struct tl_score_run *run, tl_ns ts)
{
    tl_ns after = ts - run->session_start_s * TL_NS_PER_S;
    return after <= 0 ? 0 : (after + TL_NS_PER_S - 1) / TL_NS_PER_S;
}

/* The opening, reopening and closing crosses, and the official prices (which trade nothing): not part
 * of the day's flow of volume. CTA and UTP codes, in whichever slot. */
static bool is_cross(const struct tl_equity_trade *trade)
{
    for (int i = 0; i < 4; i++)
        if (trade->conditions[i] == 'O' || trade->conditions[i] == '5' ||
            trade->conditions[i] == '6' || trade->conditions[i] == 'Q' ||
            trade->conditions[i] == 'M')
            return true;
    return false;
}

void tl_score_run_event(struct tl_score_run *run, const struct tl_event *event,
                        const struct tl_truth *truth)
{
    tl_score_bench_event(&run->bench, event, truth);
    int64_t place = place_of(run, event->ts);
    if (event->stream == TL_STREAM_EQUITY_QUOTE) {
        const struct tl_equity_quote *quote = &event->u.quote;
        if (quote->bid > 0 && quote->ask > 0)
            tl_second_mids_price(&run->mid_seconds, event->sym, place,
                                 tl_log((double)(quote->bid + quote->ask) / (2.0 * TL_PX_PER_USD)));
    } else if (event->stream == TL_STREAM_EQUITY_PRINT) {
        const struct tl_equity_trade *trade = &event->u.trade;
        int64_t second = event->ts / TL_NS_PER_S - run->session_start_s;
        if (!is_cross(trade))
            tl_second_mids_volume(&run->mid_seconds, event->sym, second, trade->size);
        /* Off-exchange and odd-lot prints set no last price. */
        if (!trade->off_exchange && trade->conditions[3] != 'I' && trade->price > 0)
            tl_second_mids_price(&run->trade_seconds, event->sym, place,
                                 tl_log((double)trade->price / TL_PX_PER_USD));
    }
}

void tl_score_run_close(struct tl_score_run *run, uint32_t slot)
{
    tl_score_returns_session(&run->mids, slot, &run->mid_seconds);
    tl_score_returns_session(&run->trades, slot, &run->trade_seconds);
}

void tl_score_run_report(struct tl_score_run *run, struct tl_score_report *report,
                         struct tl_score_curves *curves)
{
    struct tl_score_returns *returns = run->latent.sessions > 0 ? &run->latent : &run->mids;
    memset(report, 0, sizeof *report);
    tl_score_returns_shape(returns);
    tl_score_returns_rows(returns, report);
    tl_score_volume_rows(&(struct tl_volume_sessions){&run->mids, &run->trades, returns}, report);
    tl_score_trade_rows(&run->trades, &run->mids, returns, report);
    tl_score_days_rows(&run->days, report);
    tl_option_events_rows(&run->option_events, run->symbols, run->count, report);
    if (run->orders)
        tl_score_latent_orders_rows(run->orders, run->latent.sessions, run->symbols, report);
    tl_score_bench_rows(&run->bench, run->symbols, run->count, report);
    tl_score_finish(report);
    if (!curves) return;
    tl_score_returns_curves(returns, curves);
    tl_score_days_curves(&run->days, curves);
    tl_score_bench_curves(&run->bench, curves);
}
