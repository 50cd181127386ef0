/* SPDX-License-Identifier: Apache-2.0
 * `tapeloom scenarios`: what the hidden families do to their names, subtype by subtype, each
 * instance against its counterfactual twin, and one printed instance of each. Markdown. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/flags.h"
#include "cli/market_flags.h"
#include "cli/scenario_find.h"
#include "cli/scenario_story.h"
#include "cli/scenario_twin.h"
#include "cli/score_sessions.h"
#include "cli/time_text.h"
#include "os/os.h"
#include "score/estimate.h"

#define INSTANCES_MAX 200
#define SEEDS_MAX 200

struct scenario_flags {
    struct tl_market_flags market;
    const char *preset, *date;
    int64_t seed, seeds, instances;
    bool stories;
};

struct measured { /* of one subtype */
    uint32_t count, found;
    struct tl_found instances[INSTANCES_MAX];
    struct tl_twin twins[INSTANCES_MAX];
};

struct run {
    const struct scenario_flags *flags;
    struct tl_market_options options; /* without a log */
    struct tl_control control;
    int64_t start_s;
    struct tl_found_list found;
    struct measured *subtypes; /* [TL_SUB_COUNT] */
};

/* What the calibration's signatures expect: the contract's volatility in points, the stock in basis points
 * in the order's own direction. */
static const char *const expected[TL_SUB_COUNT] = {
    [TL_SUB_CALL_SWEEP] = "+.3 to +2; +2 to +8 within a minute, +5 to +20 in 30 min",
    [TL_SUB_PUT_SWEEP] = "+.4 to +2.5; 3 to 10",
    [TL_SUB_ASK_LIFT_ACCUMULATION] = "+.5 to +1.5; 10 to 40 of drift",
    [TL_SUB_FAR_DATED_CONVICTION] = "+.1 to +.6; 5 to 15",
    [TL_SUB_0DTE_CALL_CHASE] = "+2 to +10, short-lived; 30 to 100, 40 % gone in 30 min",
    [TL_SUB_SHORT_DATED_PUT_PANIC] = "+3 to +12; 80 to 300, a third gone in an hour",
    [TL_SUB_ATTENTION_CONTRACT_SPIKE] = "+1 to +5; follows the news",
    [TL_SUB_EARNINGS_VOL_PROBE] = "+.2 to +.8 of the event's sd; none",
    [TL_SUB_PRE_EVENT_DIRECTIONAL_RAMP] = "+1 to +3 of its wing; 50 to 200 over days",
    [TL_SUB_POST_GAP_FOLLOWTHROUGH] = "falls while bought; with the gap",
    [TL_SUB_COVERED_CALL_OVERWRITE] = "-.1 to -.5; flat, or bought with it",
    [TL_SUB_CASH_SECURED_PUT_WRITE] = "-.1 to -.5; flat or up",
    [TL_SUB_SHORT_STRADDLE_HARVEST] = "-.1 to -.6; pinned",
    [TL_SUB_PARITY_VERTICAL] = "0; 0",
    [TL_SUB_CONVERSION_REVERSAL] = "0; 0",
    [TL_SUB_BOX_SPREAD] = "0; 0",
    [TL_SUB_GAMMA_PINCH_CALL_HEDGE] = "flat or up; 50 to 200, accelerating",
    [TL_SUB_REACTIVE_PUT_WALL] = "realised volatility lower; stalls near the strike",
    [TL_SUB_DEALER_UNWIND] = "-; 10 to 40",
    [TL_SUB_SINGLE_PRINT_MID] = "none",
    [TL_SUB_TWO_SIDED_SCALP] = "below .2; none",
    [TL_SUB_STALE_QUOTE_NOISE] = "none; the stock moved before",
};

static struct tl_market_options options_of(const struct run *run, struct tl_control_entry *entry,
                                           int64_t seed)
{
    struct tl_market_options options = run->options;
    *entry = (struct tl_control_entry){.effective_s = 0, .state = run->control};
    entry->state.shared_seed = seed;
    options.log = (struct tl_control_log){entry, 1};
    return options;
}

static enum tl_status find_all(struct run *run, struct tl_error *error)
{
    struct tl_session_span spans[SEEDS_MAX];
    enum tl_status status = TL_OK;
    tl_score_ordinary_sessions(run->start_s, spans, (uint32_t)run->flags->seeds);
    for (int64_t i = 0; i < run->flags->seeds && status == TL_OK; i++) {
        struct tl_control_entry entry;
        struct tl_market_options options = options_of(run, &entry, run->flags->seed + i);
        struct tl_market *market = NULL;
        options.streams = 0;
        status = tl_market_create(&options, &market, error);
        if (status == TL_OK)
            status = tl_scenario_find(market, run->flags->seed + i, &spans[i], &run->found, error);
        tl_market_destroy(market);
    }
    return status;
}

/* Instances evenly over all that were found. */
static enum tl_status measure_all(struct run *run, struct tl_error *error)
{
    uint32_t seen[TL_SUB_COUNT] = {0}, limit = (uint32_t)run->flags->instances;
    for (uint32_t i = 0; i < run->found.count; i++)
        run->subtypes[run->found.items[i].subtype].found++;
    for (uint32_t i = 0; i < run->found.count; i++) {
        const struct tl_found *found = &run->found.items[i];
        struct measured *subtype = &run->subtypes[found->subtype];
        uint32_t at = seen[found->subtype]++;
        uint32_t wanted = subtype->found < limit ? subtype->found : limit;
        if ((uint64_t)at * wanted / subtype->found < subtype->count) continue;
        struct tl_control_entry entry;
        struct tl_market_options options = options_of(run, &entry, found->seed);
        subtype->instances[subtype->count] = *found;
        enum tl_status status =
            tl_scenario_twin(&options, found, &subtype->twins[subtype->count++], error);
        if (status != TL_OK) return status;
        if (tl_os_stopping()) return tl_error_set(error, TL_CLOSED, "stopped");
        if (isatty(STDERR_FILENO)) fprintf(stderr, "\r%3u %%", 100 * (i + 1) / run->found.count);
    }
    return TL_OK;
}

/* --- the table ---------------------------------------------------------------------------- */

enum column { MOVE, IV, SECONDS, PREMIUM };

static double read_one(const struct measured *subtype, uint32_t at, enum column column, int time)
{
    const struct tl_twin *twin = &subtype->twins[at];
    const struct tl_found *found = &subtype->instances[at];
    switch (column) {
    case MOVE:
        return twin->move_bp[time] * (twin->direction < 0 ? -1.0 : 1.0);
    case IV:
        return twin->iv_points[time];
    case SECONDS:
        return (double)(found->last_s - found->first_s + 1);
    case PREMIUM:
        return twin->premium_usd / 1e3;
    }
    return (double)NAN;
}

/* Quartiles of a column; NaN where nothing was measured. */
static void quartiles(const struct measured *subtype, enum column column, int time, double out[3])
{
    double values[INSTANCES_MAX];
    size_t count = 0;
    for (uint32_t i = 0; i < subtype->count; i++) {
        double value = read_one(subtype, i, column, time);
        if (!isnan(value)) values[count++] = value;
    }
    out[0] = out[1] = out[2] = (double)NAN;
    if (count == 0) return;
    (void)tl_median_in_place(values, count);
    for (int q = 0; q < 3; q++)
        out[q] = tl_quantile_sorted(values, count, 0.25 * (q + 1));
}

static void print_cell(const struct measured *subtype, enum column column, int time, int decimals)
{
    double q[3];
    quartiles(subtype, column, time, q);
    if (isnan(q[1]))
        printf(" |");
    else
        printf(" %+.*f (%+.*f to %+.*f) |", decimals, q[1], decimals, q[0], decimals, q[2]);
}

static void print_table(const struct run *run)
{
    printf(
        "| subtype | instances | seconds | premium, $ k | IV at its end, points | 30 min later | "
        "stock at its end, bp | 5 min later | 30 min later | signature: IV; stock |\n"
        "|---|---|---|---|---|---|---|---|---|---|\n");
    for (int sub = 1; sub < TL_SUB_COUNT; sub++) {
        const struct measured *subtype = &run->subtypes[sub];
        double seconds[3], premium[3];
        quartiles(subtype, SECONDS, 0, seconds);
        quartiles(subtype, PREMIUM, 0, premium);
        printf("| %s | %u |", tl_subtype_name((enum tl_subtype)sub), subtype->count);
        if (subtype->count == 0) {
            printf(" | | | | | | | %s |\n", expected[sub]);
            continue;
        }
        printf(" %.0f (%.0f to %.0f) | %.0f (%.0f to %.0f) |", seconds[1], seconds[0], seconds[2],
               premium[1], premium[0], premium[2]);
        print_cell(subtype, IV, TL_TWIN_END, 2);
        print_cell(subtype, IV, TL_TWIN_30_MIN, 2);
        print_cell(subtype, MOVE, TL_TWIN_END, 1);
        print_cell(subtype, MOVE, TL_TWIN_5_MIN, 1);
        print_cell(subtype, MOVE, TL_TWIN_30_MIN, 1);
        printf(" %s |\n", expected[sub]);
    }
}

/* The instance whose premium is its family's median: no choice of a pretty one. */
static uint32_t ordinary_one(const struct measured *subtype)
{
    double q[3], best = (double)INFINITY;
    uint32_t chosen = 0;
    quartiles(subtype, PREMIUM, 0, q);
    for (uint32_t i = 0; i < subtype->count; i++) {
        double off = fabs(subtype->twins[i].premium_usd / 1e3 - q[1]);
        if (off < best) {
            best = off;
            chosen = i;
        }
    }
    return chosen;
}

static enum tl_status tell_stories(const struct run *run, struct tl_error *error)
{
    for (int sub = 1; sub < TL_SUB_COUNT; sub++) {
        const struct measured *subtype = &run->subtypes[sub];
        if (subtype->count == 0) continue;
        uint32_t at = ordinary_one(subtype);
        const struct tl_found *found = &subtype->instances[at];
        struct tl_control_entry entry;
        struct tl_market_options options = options_of(run, &entry, found->seed);
        enum tl_status status = tl_scenario_story(&options, found, &subtype->twins[at], error);
        if (status != TL_OK) return status;
    }
    return TL_OK;
}

static enum tl_status measure(const struct scenario_flags *flags, struct tl_error *error)
{
    struct run run = {
        .flags = flags, .options = tl_market_options_default(), .control = tl_control_default()};
    struct tl_market_flags market = flags->market;
    enum tl_status status = tl_market_flags_apply(&market, &run.options, error);
    if (status == TL_OK) status = tl_control_flags_apply(NULL, flags->preset, &run.control, error);
    if (status == TL_OK) status = tl_time_from_date(flags->date, "09:30", &run.start_s, error);
    run.subtypes = calloc(TL_SUB_COUNT, sizeof *run.subtypes);
    if (!run.subtypes && status == TL_OK) status = tl_error_set(error, TL_NOMEM, "out of memory");
    if (status == TL_OK) status = find_all(&run, error);
    if (status == TL_OK) status = measure_all(&run, error);
    if (isatty(STDERR_FILENO)) fprintf(stderr, "\r%10s\r", "");
    if (status == TL_OK) print_table(&run);
    if (status == TL_OK && flags->stories) status = tell_stories(&run, error);
    free(run.subtypes);
    free(run.found.items);
    tl_market_flags_free(&market);
    return status;
}

int tl_cmd_scenarios(int argc, char **argv)
{
    struct scenario_flags values = {.market = TL_MARKET_FLAGS_INIT("exchange", "realistic"),
                                    .preset = NULL,
                                    .date = "2026-10-05",
                                    .seed = 11,
                                    .seeds = 6,
                                    .instances = 24};
    const struct tl_flag flags[] = {
        {"--seed", "N", "first shared seed; default 11", TL_FLAG_INT, &values.seed,
         -9007199254740991.0, 9007199254740991.0 - SEEDS_MAX},
        {"--seeds", "N", "how many, a session each; default 6", TL_FLAG_INT, &values.seeds, 1,
         SEEDS_MAX},
        {"--instances", "N", "measured of each subtype; default 24", TL_FLAG_INT, &values.instances,
         1, INSTANCES_MAX},
        {"--stories", NULL, "adds one printed instance of each subtype", TL_FLAG_SWITCH,
         &values.stories, 0, 0},
        {"--preset", "NAME", "control preset; default balanced_demo", TL_FLAG_TEXT, &values.preset,
         0, 0},
        {"--date", "YYYY-MM-DD", "first session at or after; default 2026-10-05", TL_FLAG_TEXT,
         &values.date, 0, 0},
        TL_MARKET_FLAG_ROWS(values.market),
        {NULL, NULL, NULL, TL_FLAG_SWITCH, NULL, 0, 0},
    };
    const struct tl_command command = {
        "tapeloom scenarios [flags]",
        "Measures what the hidden families do to price and volatility: each instance's market "
        "against the same market without it. Medians and quartiles by subtype, as Markdown.",
        flags, 0};
    struct tl_error error = {.text = ""};
    int words = tl_flags_parse(&command, argc, argv);
    if (words < 0) return words == -1 ? 0 : 2;
    tl_os_catch_stop();
    enum tl_status status = measure(&values, &error);
    if (status == TL_OK) return 0;
    return tl_cli_fail(status == TL_INVALID ? 2 : 1, "%s", error.text);
}
