/* SPDX-License-Identifier: Apache-2.0
 * `tapeloom blind`: does a single print give a hidden order away? A simple learner that knows no
 * history holds prints of hidden orders against background prints of the same cell. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/blind_run.h"
#include "cli/blind_show.h"
#include "cli/commands.h"
#include "cli/flags.h"
#include "cli/market_flags.h"
#include "cli/time_text.h"
#include "os/os.h"

#define OUT_BYTES (1 << 17)

struct blind_flags {
    struct tl_market_flags market;
    const char *seed, *preset, *date, *rows;
    int64_t minutes;
    bool json;
};

static enum tl_status run_of(struct blind_flags *flags, struct tl_blind_run *run,
                             struct tl_error *error)
{
    *run = (struct tl_blind_run){.options = tl_market_options_default(),
                                 .control = tl_control_default(),
                                 .minutes = flags->minutes,
                                 .progress = isatty(STDERR_FILENO)};
    enum tl_status status = tl_market_flags_apply(&flags->market, &run->options, error);
    if (status == TL_OK && run->options.calendar != TL_CALENDAR_EXCHANGE)
        status = tl_error_set(error, TL_INVALID, "--calendar: only exchange has matched sessions");
    if (status == TL_OK) status = tl_control_flags_apply(NULL, flags->preset, &run->control, error);
    if (status == TL_OK) status = tl_seeds_parse(flags->seed, &run->first_seed, &run->seeds, error);
    if (status == TL_OK && run->seeds < 2)
        status = tl_error_set(error, TL_INVALID,
                              "--seed: two seeds at least, to learn from one and judge the other");
    if (status == TL_OK) status = tl_time_from_date(flags->date, "09:30", &run->start_s, error);
    return status;
}

/* One line a sample: session, subtype, scope, weight, whether it is ours, features. */
static enum tl_status write_rows(const char *path, const struct tl_blind_match *match,
                                 struct tl_error *error)
{
    FILE *out = fopen(path, "w");
    if (!out) return tl_error_set(error, TL_IO, "cannot write %.200s", path);
    fputs("session\tinstance\tsubtype\tscope\tweight\town", out);
    for (int f = 0; f < TL_BLIND_FEATURES; f++)
        fprintf(out, "\t%s", tl_blind_feature_name((enum tl_blind_feature)f));
    fputc('\n', out);
    for (size_t i = 0; i < match->sample_count; i++) {
        const struct tl_blind_sample *sample = &match->samples[i];
        const struct tl_blind_instance *instance = &match->instances[sample->instance];
        fprintf(out, "%u\t%u\t%s\t%s\t%.6g\t%d", instance->session, sample->instance,
                tl_subtype_name((enum tl_subtype)instance->subtype),
                tl_blind_scope_name((enum tl_blind_scope)instance->scope),
                (double)sample->share / instance->matched, sample->own);
        for (int f = 0; f < TL_BLIND_FEATURES; f++)
            fprintf(out, "\t%.6g", (double)sample->x[f]);
        fputc('\n', out);
    }
    if (fclose(out) == 0) return TL_OK;
    return tl_error_set(error, TL_IO, "%.200s was not written whole", path);
}

static enum tl_status show(const struct blind_flags *flags, const struct tl_blind_run *run,
                           const struct tl_blind_figures *figures, struct tl_error *error)
{
    char source[256];
    snprintf(source, sizeof source,
             "seeds %s, preset %s, mode %s: %u sessions of %lld minutes, %llu option prints",
             flags->seed, tl_preset_name(run->control.preset), tl_mode_name(run->options.mode),
             run->seeds, (long long)run->minutes, (unsigned long long)figures->option_prints);
    if (!flags->json) {
        tl_blind_print_table(source, figures);
        return TL_OK;
    }
    struct tl_text out = {malloc(OUT_BYTES), 0, OUT_BYTES, false};
    if (!out.data) return tl_error_set(error, TL_NOMEM, "out of memory");
    tl_blind_put_json(&out, source, figures);
    bool whole = !out.overflow && fwrite(out.data, 1, out.size, stdout) == out.size;
    free(out.data);
    return whole ? TL_OK : tl_error_set(error, TL_IO, "the JSON was not written whole");
}

static enum tl_status check(struct blind_flags *flags, struct tl_error *error)
{
    static struct tl_blind_figures figures;
    struct tl_blind_run run;
    struct tl_blind_match match = {0};
    enum tl_status status = run_of(flags, &run, error);
    if (status == TL_OK) status = tl_blind_collect(&run, &match, &figures.option_prints, error);
    if (status == TL_OK && flags->rows) status = write_rows(flags->rows, &match, error);
    if (status == TL_OK && !tl_blind_judge(&match, &figures))
        status = tl_error_set(error, TL_NOMEM, "out of memory");
    if (status == TL_OK) status = show(flags, &run, &figures, error);
    tl_blind_match_deinit(&match);
    return status;
}

int tl_cmd_blind(int argc, char **argv)
{
    struct blind_flags values = {.market = TL_MARKET_FLAGS_INIT("exchange", "firehose"),
                                 .seed = "1..6",
                                 .date = "2026-10-05",
                                 .minutes = 120};
    const struct tl_flag flags[] = {
        {"--seed", "A..B", "shared seeds, a session each; default 1..6", TL_FLAG_TEXT, &values.seed,
         0, 0},
        {"--minutes", "N", "of each session, from its open; default 120", TL_FLAG_INT,
         &values.minutes, 1, 390},
        {"--preset", "NAME", "control preset; default balanced_demo", TL_FLAG_TEXT, &values.preset,
         0, 0},
        {"--date", "YYYY-MM-DD", "first session at or after; seeds take its week's days in turn",
         TL_FLAG_TEXT, &values.date, 0, 0},
        {"--rows", "FILE", "writes every matched print with its features", TL_FLAG_TEXT,
         &values.rows, 0, 0},
        {"--json", NULL, "one JSON object on standard output", TL_FLAG_SWITCH, &values.json, 0, 0},
        TL_MARKET_FLAG_ROWS(values.market),
        {NULL, NULL, NULL, TL_FLAG_SWITCH, NULL, 0, 0},
    };
    const struct tl_command command = {
        "tapeloom blind [flags]",
        "Trains a simple learner on single option prints, without history, to tell those of hidden "
        "orders from background prints of the same name, half hour, tenor, delta, condition group, "
        "size, premium and side; judged on seeds it has not seen (docs/SCENARIOS.md).",
        flags, 0};
    struct tl_error error = {.text = ""};
    int words = tl_flags_parse(&command, argc, argv);
    if (words < 0) return words == -1 ? 0 : 2;
    tl_os_catch_stop();
    enum tl_status status = check(&values, &error);
    tl_market_flags_free(&values.market);
    if (status == TL_OK) return 0;
    return tl_cli_fail(status == TL_INVALID ? 2 : 1, "%s", error.text);
}
