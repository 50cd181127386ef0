/* SPDX-License-Identifier: Apache-2.0
 * `tapeloom score`: how real a tape measures, row by row of the scorecard. The source is the engine
 * (a seed, a preset) or a CSV file; the result a table, JSON, an HTML page. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/date.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/flags.h"
#include "cli/market_flags.h"
#include "cli/score_csv.h"
#include "cli/score_engine.h"
#include "cli/score_html.h"
#include "cli/score_print.h"
#include "cli/score_regimes.h"
#include "cli/time_text.h"
#include "os/os.h"

#define OUT_BYTES (4 << 20) /* 128 rows of 24 numbers; 40 plots of 8 lines of 512 points */

/* Sessions of the latent state and days of the skeleton, where nobody says how many: four quarters of
 * a year and nine times twenty years (docs/DECISIONS.md has what that does to the scatter). What
 * --regimes measures needs prints and is steady sooner. */
#define SESSIONS 240
#define SESSIONS_REGIMES 20
#define DAYS 45000
/* Widths in whole ticks follow each name's volatility, which differs by a sixth between sessions; two
 * sessions are one draw of it, and so are the few contracts that hold most of a class's volume. A
 * session of chains and option prints takes half of a whole one. */
#define CHAIN_SESSIONS 14

struct score {
    struct tl_market_flags market;
    const char *seed, *preset, *date, *html, *csv, *rows;
    int64_t sessions, days, tape_sessions, chain_sessions;
    bool json, regimes;
};

/* entry: the caller's, borrowed by the engine's log. */
static enum tl_status engine_of(struct score *flags, struct tl_control_entry *entry,
                                struct tl_score_engine *engine, struct tl_error *error)
{
    int64_t usual = flags->regimes ? SESSIONS_REGIMES : SESSIONS;
    int64_t sessions = flags->sessions >= 0 ? flags->sessions : usual;
    int64_t chains = flags->tape_sessions > 0 && !flags->regimes ? CHAIN_SESSIONS : 0;
    if (flags->chain_sessions >= 0) chains = flags->chain_sessions;
    *engine = (struct tl_score_engine){.options = tl_market_options_default(),
                                       .latent_sessions = (uint32_t)sessions,
                                       .tape_sessions = (uint32_t)flags->tape_sessions,
                                       .days = (uint32_t)flags->days,
                                       .chain_sessions = (uint32_t)chains,
                                       .progress = isatty(STDERR_FILENO)};
    enum tl_status status = tl_market_flags_apply(&flags->market, &engine->options, error);
    *entry = (struct tl_control_entry){.effective_s = 0, .state = tl_control_default()};
    if (status == TL_OK)
        status = tl_control_flags_apply(flags->seed, flags->preset, &entry->state, error);
    if (status == TL_OK) status = tl_time_from_date(flags->date, "09:30", &engine->start_s, error);
    engine->options.log = (struct tl_control_log){entry, 1};
    return status;
}

static enum tl_status run_regimes(struct score *flags, struct tl_error *error)
{
    struct tl_control_entry entry;
    struct tl_score_engine engine;
    if (flags->csv || flags->html || flags->json)
        return tl_error_set(error, TL_INVALID,
                            "--regimes prints a table of the engine; it takes no --csv, --html, "
                            "--json");
    enum tl_status status = engine_of(flags, &entry, &engine, error);
    return status == TL_OK ? tl_score_regimes_run(&engine, error) : status;
}

static enum tl_status run_engine(struct score *flags, struct tl_score_run *run,
                                 struct tl_score_source *source, struct tl_error *error)
{
    struct tl_control_entry entry;
    struct tl_score_engine engine;
    enum tl_status status = engine_of(flags, &entry, &engine, error);
    if (status != TL_OK) return status;
    status = tl_score_engine_run(&engine, run, error);
    int length = snprintf(
        source->text, sizeof source->text,
        "seed %lld, preset %s, mode %s, from %s: %u latent sessions, %u days, %u tape sessions "
        "of %llu events",
        (long long)entry.state.shared_seed, tl_preset_name(entry.state.preset),
        tl_mode_name(engine.options.mode), flags->date, engine.latent_sessions, engine.days,
        engine.tape_sessions, (unsigned long long)run->events);
    for (uint32_t i = 0; i < engine.tape_sessions && i < 4; i++) {
        struct tl_date date = tl_date_from_day(run->tape_days[i]);
        size_t at = (size_t)length;
        length += snprintf(source->text + at, sizeof source->text - at, "%s%04d-%02d-%02d",
                           i ? ", " : ": ", date.year, date.month, date.day);
    }
    return status;
}

static enum tl_status run_csv(const struct score *flags, struct tl_score_run *run,
                              struct tl_score_source *source, struct tl_error *error)
{
    struct tl_score_csv_facts facts = {.rows = 0};
    if (flags->seed || flags->preset)
        return tl_error_set(error, TL_INVALID, "--csv: a file has no --seed and no --preset");
    enum tl_status status = tl_score_csv_run(flags->csv, isatty(STDERR_FILENO), run, &facts, error);
    snprintf(source->text, sizeof source->text,
             "%.120s: %u symbols, %u sessions, %llu events (%llu outside trading hours left out)",
             flags->csv, run->count, facts.sessions, (unsigned long long)facts.rows,
             (unsigned long long)facts.outside);
    return status;
}

static enum tl_status write_results(const struct score *flags, const struct tl_score_source *source,
                                    const struct tl_score_report *report,
                                    const struct tl_score_curves *curves, struct tl_error *error)
{
    struct tl_text out = {malloc(OUT_BYTES), 0, OUT_BYTES, false};
    enum tl_status status = TL_OK;
    if (!out.data) return tl_error_set(error, TL_NOMEM, "out of memory");
    if (flags->html) {
        tl_score_put_html(&out, source, report, curves);
        if (out.overflow)
            status = tl_error_set(error, TL_FULL, "--html: the page is over %d bytes", OUT_BYTES);
        else
            status =
                tl_os_write_file(flags->html, (struct tl_str){out.data, out.size}, 0644, error);
    }
    out.size = 0;
    out.overflow = false;
    if (status == TL_OK && flags->json) {
        tl_score_put_json(&out, source, report);
        if (out.overflow || fwrite(out.data, 1, out.size, stdout) != out.size)
            status = tl_error_set(error, TL_IO, "the JSON was not written whole");
    } else if (status == TL_OK) {
        tl_score_print_table(source, report);
    }
    free(out.data);
    return status;
}

static enum tl_status score(struct score *flags, struct tl_error *error)
{
    static struct tl_score_report report;
    struct tl_score_run run;
    struct tl_score_source source = {.rows = flags->rows};
    memset(&run, 0, sizeof run);
    struct tl_score_curves *curves = flags->html ? tl_score_curves_create() : NULL;
    enum tl_status status = TL_OK;
    if (flags->html && !curves) status = tl_error_set(error, TL_NOMEM, "out of memory");
    if (status == TL_OK)
        status = flags->csv ? run_csv(flags, &run, &source, error)
                            : run_engine(flags, &run, &source, error);
    if (status == TL_OK) {
        tl_score_run_report(&run, &report, curves);
        status = write_results(flags, &source, &report, curves, error);
    }
    tl_score_run_deinit(&run);
    tl_score_curves_destroy(curves);
    return status;
}

int tl_cmd_score(int argc, char **argv)
{
    struct score values = {.market = TL_MARKET_FLAGS_INIT("exchange", "firehose"),
                           .date = "2026-11-09",
                           .sessions = -1,
                           .days = DAYS,
                           .tape_sessions = 2,
                           .chain_sessions = -1};
    const struct tl_flag flags[] = {
        {"--seed", "N", "shared seed; default 11", TL_FLAG_TEXT, &values.seed, 0, 0},
        {"--preset", "NAME", "control preset; default balanced_demo", TL_FLAG_TEXT, &values.preset,
         0, 0},
        {"--date", "YYYY-MM-DD", "first session at or after; default 2026-11-09", TL_FLAG_TEXT,
         &values.date, 0, 0},
        {"--sessions", "N",
         "sessions of the latent state (returns), in blocks of up to 60; default 240, with "
         "--regimes "
         "20",
         TL_FLAG_INT, &values.sessions, 0, TL_SCORE_SESSIONS_MAX},
        {"--days", "N", "days of the skeleton (daily rows), in blocks of up to 5000; default 45000",
         TL_FLAG_INT, &values.days, 0, TL_SCORE_DAYS_MAX},
        {"--tape-sessions", "N", "full sessions (prints and quotes); default 2", TL_FLAG_INT,
         &values.tape_sessions, 0, TL_SCORE_SESSIONS_MAX},
        {"--chain-sessions", "N",
         "further sessions of option chains and option prints only; default 14, or 0 without tape",
         TL_FLAG_INT, &values.chain_sessions, 0, TL_SCORE_SESSIONS_MAX},
        {"--mode", "NAME",
         "realistic, active or firehose (the real world's rate); default firehose", TL_FLAG_TEXT,
         &values.market.mode, 0, 0},
        {"--rate", "X", "multiplies the mode's rate, 0.01 to 100", TL_FLAG_REAL,
         &values.market.rate, 0.01, 100},
        {"--universe", "FILE", "symbols file in place of the built-in one", TL_FLAG_TEXT,
         &values.market.universe, 0, 0},
        {"--csv", "FILE", "score this event file instead (columns: docs/FORMATS.md)", TL_FLAG_TEXT,
         &values.csv, 0, 0},
        {"--rows", "E1,E5", "show only these rows", TL_FLAG_TEXT, &values.rows, 0, 0},
        {"--regimes", NULL,
         "what each regime does, against the others, over --sessions; in place of the rows",
         TL_FLAG_SWITCH, &values.regimes, 0, 0},
        {"--json", NULL, "JSON on standard output in place of the table", TL_FLAG_SWITCH,
         &values.json, 0, 0},
        {"--html", "FILE", "writes a page of the rows with plots", TL_FLAG_TEXT, &values.html, 0,
         0},
        {NULL, NULL, NULL, TL_FLAG_SWITCH, NULL, 0, 0}};
    const struct tl_command command = {"tapeloom score [flags]",
                                       "Measures how real a tape is: every row of the scorecard "
                                       "that the tape allows, with its band, "
                                       "verdict (in, near, out, n/a), sample size and confidence.",
                                       flags, 0};
    int words = tl_flags_parse(&command, argc, argv);
    if (words < 0) return words == -1 ? 0 : 2;
    tl_os_catch_stop();
    struct tl_error error = {.status = TL_OK};
    enum tl_status status = values.regimes ? run_regimes(&values, &error) : score(&values, &error);
    tl_market_flags_free(&values.market);
    return status == TL_OK ? 0 : tl_cli_fail(status == TL_INVALID ? 2 : 1, "%s", error.text);
}
