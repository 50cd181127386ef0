/* SPDX-License-Identifier: Apache-2.0
 * `tapeloom eval`: does the classifier find the hidden families again? Sessions run through the
 * real path, and what was named is held against the truth that no event carries. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/eval_html.h"
#include "cli/eval_print.h"
#include "cli/eval_rows.h"
#include "cli/eval_run.h"
#include "cli/flags.h"
#include "cli/market_flags.h"
#include "cli/time_text.h"
#include "json/control_json.h"
#include "os/os.h"

#define OUT_BYTES (1 << 20)

struct eval_flags {
    struct tl_market_flags market;
    const char *seed, *preset, *date, *set;
    int64_t minutes;
    const char *html, *features;
    bool json;
};

/* Assignments of the control's fields, apart by commas. */
static enum tl_status assign_all(const char *list, struct tl_control *control,
                                 struct tl_error *error)
{
    while (*list) {
        size_t length = strcspn(list, ",");
        enum tl_status status = tl_control_assign(control, (struct tl_str){list, length}, error);
        if (status != TL_OK) return status;
        list += length + (list[length] == ',');
    }
    return TL_OK;
}

static enum tl_status eval_of(struct eval_flags *flags, struct tl_eval *eval,
                              struct tl_error *error)
{
    *eval = (struct tl_eval){.options = tl_market_options_default(),
                             .control = tl_control_default(),
                             .minutes = flags->minutes,
                             .progress = isatty(STDERR_FILENO)};
    enum tl_status status = tl_market_flags_apply(&flags->market, &eval->options, error);
    if (status == TL_OK)
        status = tl_control_flags_apply(NULL, flags->preset, &eval->control, error);
    if (status == TL_OK)
        status = tl_seeds_parse(flags->seed, &eval->first_seed, &eval->seeds, error);
    if (status == TL_OK) status = tl_time_from_date(flags->date, "09:30", &eval->start_s, error);
    if (status == TL_OK) status = assign_all(flags->set, &eval->control, error);
    return status;
}

static enum tl_status write_results(const struct eval_flags *flags, const char *source,
                                    const struct tl_eval_figures *figures, struct tl_error *error)
{
    struct tl_text out = {malloc(OUT_BYTES), 0, OUT_BYTES, false};
    enum tl_status status = TL_OK;
    if (!out.data) return tl_error_set(error, TL_NOMEM, "out of memory");
    if (flags->html) {
        tl_eval_put_html(&out, source, figures);
        status = tl_os_write_file(flags->html, (struct tl_str){out.data, out.size}, 0644, error);
        out.size = 0;
    }
    if (status == TL_OK && flags->json) {
        tl_eval_put_json(&out, source, figures);
        if (out.overflow || fwrite(out.data, 1, out.size, stdout) != out.size)
            status = tl_error_set(error, TL_IO, "the JSON was not written whole");
    } else if (status == TL_OK) {
        tl_eval_print_table(source, figures);
    }
    free(out.data);
    return status;
}

static enum tl_status run(struct eval_flags *flags, struct tl_error *error)
{
    static struct tl_eval_figures figures;
    struct tl_eval eval;
    char source[256];
    enum tl_status status = eval_of(flags, &eval, error);
    if (status != TL_OK) return status;
    struct tl_eval_session *sessions = calloc(eval.seeds, sizeof *sessions);
    if (!sessions) return tl_error_set(error, TL_NOMEM, "out of memory");
    FILE *rows = flags->features ? fopen(flags->features, "w") : NULL;
    if (flags->features && !rows)
        status = tl_error_set(error, TL_IO, "cannot write %.200s", flags->features);
    if (rows) tl_eval_row_header(rows);
    eval.rows = rows;
    if (status == TL_OK) status = tl_eval_run(&eval, sessions, error);
    if (rows && fclose(rows) != 0 && status == TL_OK)
        status = tl_error_set(error, TL_IO, "%.200s was not written whole", flags->features);
    if (status == TL_OK && !tl_eval_figures_of(sessions, eval.seeds, &figures))
        status = tl_error_set(error, TL_NOMEM, "out of memory");
    snprintf(source, sizeof source,
             "seeds %s, preset %s%s%.80s, mode %s: %u sessions of %lld minutes, %llu option prints",
             flags->seed, tl_preset_name(eval.control.preset), *flags->set ? ", " : "", flags->set,
             tl_mode_name(eval.options.mode), eval.seeds, (long long)eval.minutes,
             (unsigned long long)figures.option_prints);
    if (status == TL_OK) status = write_results(flags, source, &figures, error);
    for (uint32_t i = 0; i < eval.seeds; i++)
        tl_eval_session_deinit(&sessions[i]);
    free(sessions);
    return status;
}

int tl_cmd_eval(int argc, char **argv)
{
    struct eval_flags values = {.market = TL_MARKET_FLAGS_INIT("exchange", "realistic"),
                                .seed = "1..5",
                                .preset = NULL,
                                .date = "2026-10-05",
                                .set = "",
                                .minutes = 390};
    const struct tl_flag flags[] = {
        {"--seed", "A..B", "shared seeds, a session each; default 1..5", TL_FLAG_TEXT, &values.seed,
         0, 0},
        {"--preset", "NAME", "control preset; default balanced_demo", TL_FLAG_TEXT, &values.preset,
         0, 0},
        {"--minutes", "N", "of each session, from its open; default 390", TL_FLAG_INT,
         &values.minutes, 1, 390},
        {"--set", "KEY=VALUE,..",
         "fields of the control, as coverage_assist=off or profile_weights.vol_seller=high",
         TL_FLAG_TEXT, &values.set, 0, 0},
        {"--date", "YYYY-MM-DD", "first session at or after; seeds take its week's days in turn",
         TL_FLAG_TEXT, &values.date, 0, 0},
        {"--json", NULL, "one JSON object on standard output", TL_FLAG_SWITCH, &values.json, 0, 0},
        {"--html", "FILE", "writes a page", TL_FLAG_TEXT, &values.html, 0, 0},
        {"--features", "FILE", "writes every judgement's evidence beside the truth, for `fit`",
         TL_FLAG_TEXT, &values.features, 0, 0},
        TL_MARKET_FLAG_ROWS(values.market),
        {NULL, NULL, NULL, TL_FLAG_SWITCH, NULL, 0, 0},
    };
    const struct tl_command command = {
        "tapeloom eval [flags]",
        "Runs sessions through the real path (every event as JSON, then the classifier) and holds "
        "what the classifier named against the truth: recall by hidden family, precision, false "
        "alarms, calibration, coverage.",
        flags, 0};
    struct tl_error error = {.text = ""};
    int words = tl_flags_parse(&command, argc, argv);
    if (words < 0) return words == -1 ? 0 : 2;
    tl_os_catch_stop();
    enum tl_status status = run(&values, &error);
    tl_market_flags_free(&values.market);
    if (status == TL_OK) return 0;
    return tl_cli_fail(status == TL_INVALID ? 2 : 1, "%s", error.text);
}
