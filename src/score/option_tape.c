/* SPDX-License-Identifier: Apache-2.0
 * The driver of the option estimators; see the header. */
#include "score/option_tape.h"

#include <assert.h>
#include <stdlib.h>

#include "score/option_state.h"
#include "tape/market_view.h"

#define SNAPSHOT_S 900
#define SNAPSHOT_FIRST_S 600 /* after the wide quotes of the first five minutes */
#define MINUTE_S 60

struct tl_score_options {
    struct tl_option_session session;
    bool chains_only; /* the session prints no quotes */
    uint32_t count;
    struct tl_option_state states[];
};

struct tl_score_options *tl_score_options_create(uint32_t symbols)
{
    if (symbols == 0 || symbols > TL_SYMBOLS_MAX) return NULL;
    struct tl_score_options *acc =
        calloc(1, sizeof *acc + symbols * sizeof(struct tl_option_state));
    if (acc) acc->count = symbols;
    return acc;
}

void tl_score_options_destroy(struct tl_score_options *acc)
{
    free(acc);
}

void tl_score_options_session(struct tl_score_options *acc, int64_t start_s, int64_t end_s)
{
    tl_option_session_init(&acc->session, start_s, end_s);
    acc->chains_only = false;
}

void tl_score_options_chains(struct tl_score_options *acc, int64_t start_s, int64_t end_s)
{
    tl_option_session_init(&acc->session, start_s, end_s);
    acc->chains_only = true;
}

static void state_close(struct tl_option_state *state)
{
    if (state->session.start_s == 0) return;
    tl_option_mix_close(&state->mix, &state->session);
    tl_option_mechanisms_close(&state->mechanisms);
    tl_option_concentration_close(&state->concentration);
    if (!state->chains_only) tl_option_clock_close(&state->clock);
    tl_option_smile_close(&state->smile);
    tl_option_consistency_close(&state->consistency);
    state->session.start_s = 0;
    state->symbol = NULL;
}

/* The state of a symbol, in the accumulator's session. */
static struct tl_option_state *state_of(struct tl_score_options *acc, uint32_t sym)
{
    assert(sym < acc->count);
    struct tl_option_state *state = &acc->states[sym];
    if (state->session.start_s != acc->session.start_s) {
        state_close(state);
        state->session = acc->session;
        state->chains_only = acc->chains_only;
    }
    return state;
}

void tl_score_options_event(struct tl_score_options *acc, const struct tl_event *event,
                            const struct tl_truth *truth)
{
    (void)truth;
    if (event->stream == TL_STREAM_OPTION_NBBO) {
        struct tl_option_state *state = state_of(acc, event->sym);
        state->clock.nbbos += 1;
        tl_option_spread_nbbo(&state->spread, &event->u.nbbo);
    }
    if (event->stream != TL_STREAM_OPTION_PRINT) return;
    struct tl_option_state *state = state_of(acc, event->sym);
    struct tl_option_look look;
    tl_option_look_at(&look, event, &state->session, state->symbol);
    tl_option_mix_print(&state->mix, &look);
    tl_option_sizes_print(&state->sizes, &look);
    tl_option_mechanisms_print(&state->mechanisms, &look);
    tl_option_concentration_print(&state->concentration, &look);
    if (!state->chains_only) tl_option_clock_print(&state->clock, &look);
    tl_option_spread_print(&state->spread, &look);
}

/* All expiries of one chain; two slices at hand, for trades between neighbours. */
static void snapshot(struct tl_option_state *state, struct tl_option_frame *frame,
                     int64_t since_open_s)
{
    struct tl_option_slice slices[2], *near = NULL, *slice = &slices[0];
    tl_ns ts = frame->second->second * TL_NS_PER_S;
    for (uint32_t e = 0; e < frame->second->chain->expiry_count; e++) {
        if (!tl_option_slice_quote(slice, frame, e, ts)) continue;
        if (near) tl_option_consistency_pair(&state->consistency, near, slice);
        if (tl_option_slice_solve(slice)) {
            tl_option_consistency_slice(&state->consistency, slice);
            tl_option_spread_slice(&state->spread, slice);
            tl_option_smile_slice(&state->smile, slice, since_open_s);
        } else {
            tl_option_arbitrage_slice(slice, &state->consistency.arbitrage);
        }
        near = slice;
        slice = slice == &slices[0] ? &slices[1] : &slices[0];
    }
    state->spread.snapshots += 1;
    tl_option_smile_end(&state->smile, since_open_s);
    tl_option_consistency_end(&state->consistency);
}

void tl_score_options_second(struct tl_score_options *acc, struct tl_market *market, int64_t second)
{
    int64_t since = second - acc->session.start_s;
    bool minute = since % MINUTE_S == 0;
    bool chains = since >= SNAPSHOT_FIRST_S && (since - SNAPSHOT_FIRST_S) % SNAPSHOT_S == 0;
    if (since > 1 && !minute && !chains) return; /* the first two: before or after a step */
    for (uint32_t sym = 0; sym < acc->count && sym < tl_market_symbol_count(market); sym++) {
        struct tl_quote_path path;
        struct tl_second view;
        struct tl_option_frame frame;
        if (!tl_market_prints(market, sym) || !tl_market_view(market, sym, &path, &view)) continue;
        if (view.session->session_start_s != acc->session.start_s) continue; /* not begun yet */
        struct tl_option_state *state = state_of(acc, sym);
        if (!state->symbol) tl_option_concentration_list(&state->concentration, view.chain);
        state->symbol = view.symbol;
        if (minute && state->chains_only)
            tl_option_clock_expect(&state->clock, since, view.latent->option_rate * view.rate);
        if (!minute && !chains) continue;
        tl_option_frame_init(&frame, &view);
        if (minute) tl_option_consistency_minute(&state->consistency, &frame, since);
        if (chains) snapshot(state, &frame, since);
    }
}

void tl_score_options_rows(struct tl_score_options *acc, const struct tl_symbol *symbols,
                           uint32_t count, struct tl_score_report *report)
{
    for (uint32_t i = 0; i < acc->count; i++)
        state_close(&acc->states[i]);
    struct tl_option_sample sample = {symbols, acc->states,
                                      count < acc->count ? count : acc->count};
    tl_option_mix_rows(&sample, report);
    tl_option_sizes_rows(&sample, report);
    tl_option_mechanisms_rows(&sample, report);
    tl_option_concentration_rows(&sample, report);
    tl_option_clock_rows(&sample, report);
    tl_option_spread_rows(&sample, report);
    tl_option_smile_rows(&sample, report);
    tl_option_consistency_rows(&sample, report);
}

void tl_score_options_curves(const struct tl_score_options *acc, const struct tl_symbol *symbols,
                             uint32_t count, struct tl_score_curves *curves)
{
    struct tl_option_sample sample = {symbols, acc->states,
                                      count < acc->count ? count : acc->count};
    tl_option_mix_curves(&sample, curves);
    tl_option_sizes_curves(&sample, curves);
    tl_option_clock_curves(&sample, curves);
    tl_option_spread_curves(&sample, curves);
    tl_option_smile_curves(&sample, curves);
}
