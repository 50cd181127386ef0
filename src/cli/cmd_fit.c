/* SPDX-License-Identifier: Apache-2.0
 * `tapeloom fit`: the classifier's weights from features files, one logistic regression a profile,
 * and what the classifier would then find: on the same rows, or on those of another file.
 *     tapeloom eval --seed 1..8 --minutes 120 --features train.tsv
 *     tapeloom fit train.tsv --check other.tsv --out src/flow/weights.c */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/eval_figures.h"
#include "cli/eval_print.h"
#include "cli/fit_logistic.h"
#include "cli/flags.h"
#include "flow/smart_money.h"
#include "flow/thresholds.h"
#include "os/os.h"

#define FILES_MAX 64
#define OUT_BYTES (1 << 18)

struct fit_flags {
    const char *out, *check, *instances, *events, *rare;
    double ridge, positive;
    bool keep;
};

/* The items of a profile: names and signs, as it adds them for no evidence at all. */
static void problem_of(int profile, struct tl_judgement *judgement, struct tl_fit_problem *problem)
{
    struct tl_evidence evidence;
    memset(&evidence, 0, sizeof evidence);
    tl_profile_judge(&tl_profile_rules[profile], &evidence, judgement);
    problem->profile = profile;
    problem->count = judgement->count;
    for (size_t i = 0; i < judgement->count; i++)
        problem->against[i] = judgement->items[i].against;
}

static void start_of(int profile, struct tl_fit_solution *solution)
{
    const struct tl_profile_weights *weights = &tl_profile_weights[profile];
    memset(solution, 0, sizeof *solution);
    solution->bias = weights->bias;
    for (size_t i = 0; i < weights->count && i < TL_JUDGEMENT_ITEMS_MAX; i++)
        solution->weights[i] = weights->items[i].weight;
}

/* Marks the rows of a subtype's instances; false: no such subtype. */
static bool mark_rare(struct tl_fit_rows *rows, const char *name)
{
    int subtype = 1;
    while (subtype < TL_SUB_COUNT && strcmp(tl_subtype_name((enum tl_subtype)subtype), name) != 0)
        subtype++;
    for (size_t i = 0; i < rows->row_count; i++) {
        struct tl_fit_row *row = &rows->rows[i];
        const struct tl_eval_session *session = &rows->sessions[row->session];
        row->rare = row->instance < session->instance_count &&
                    session->instances[row->instance].subtype == subtype;
    }
    return subtype < TL_SUB_COUNT;
}

static void solve_all(const struct tl_fit_rows *rows, const struct fit_flags *flags,
                      struct tl_fit_solution solutions[TL_PROFILE_COUNT])
{
    for (int p = 0; p < TL_PROFILE_COUNT; p++) {
        struct tl_judgement judgement;
        struct tl_fit_problem problem = {
            .rows = rows, .ridge = flags->ridge, .positive = flags->positive};
        start_of(p, &solutions[p]);
        if (flags->keep) continue;
        problem_of(p, &judgement, &problem);
        memset(&solutions[p], 0, sizeof solutions[p]);
        solutions[p].bias = -6;
        tl_fit_solve(&problem, &solutions[p]);
        fprintf(stderr, "%-26s loss %.6f a row, %d steps\n", tl_profile_name((enum tl_profile)p),
                solutions[p].loss, solutions[p].steps);
    }
}

/* What flow/flush.c remembers of a stock: likely packets, and the last spoken burst of a profile and
 * direction, for its cooldown. */
struct spoken {
    uint32_t stock;
    struct tl_confirm confirm;
    int64_t ms[TL_PROFILE_COUNT][4];
};

#define STOCKS_MAX 2048

static struct spoken *spoken_of(struct spoken *stocks, uint32_t stock)
{
    uint32_t at = stock % STOCKS_MAX;
    while (stocks[at].stock != 0 && stocks[at].stock != stock)
        at = (at + 1) % STOCKS_MAX;
    stocks[at].stock = stock;
    return &stocks[at];
}

static bool names(struct spoken *spoken, const struct tl_fit_row *row,
                  const struct tl_eval_event *event)
{
    struct tl_likely judged = {.ts = row->ms,
                               .profile = event->profile,
                               .direction = row->direction[event->profile],
                               .right = row->right,
                               .dte = row->dte,
                               .market_rate = row->market_rate,
                               .barred = row->barred[event->profile]};
    return tl_confirm_names(&spoken->confirm, event->probability, &judged);
}

static bool may_speak(struct spoken *spoken, const struct tl_fit_row *row, int profile)
{
    int64_t *last = &spoken->ms[profile][row->direction[profile]];
    if (*last != 0 && (double)(row->ms - *last) < tl_thresholds.burst_cooldown_ms) return false;
    *last = row->ms;
    return true;
}

/* One line an event that is likelier than the emission bound, whether it then abstains or not. */
static void put_event(FILE *out, const struct tl_fit_rows *rows, const struct tl_fit_row *row,
                      const struct tl_eval_event *event, const double *probabilities)
{
    const struct tl_eval_session *session = &rows->sessions[row->session];
    bool owned = row->instance < session->instance_count;
    fprintf(out, "%lld\t%u\t%lld\t%d\t%s\t%.0f\t%s\t%s\t%s", (long long)session->seed, row->line,
            (long long)row->ms, owned ? (int)row->instance : -1,
            owned ? tl_subtype_name((enum tl_subtype)session->instances[row->instance].subtype)
                  : "nobody",
            (double)row->usd,
            row->signal    ? "signal"
            : row->package ? "package"
                           : "burst",
            tl_profile_name((enum tl_profile)event->profile),
            event->abstained ? "abstained" : "named");
    for (int p = 0; p < TL_PROFILE_COUNT; p++)
        fprintf(out, "\t%.4f", probabilities[p]);
    fputc('\n', out);
}

/* Fills the sessions' events as flow/flush.c would emit them with these weights. out may be NULL. */
static void replay(struct tl_fit_rows *rows, const struct tl_fit_solution *solutions, FILE *out)
{
    static struct spoken stocks[STOCKS_MAX];
    uint32_t session = UINT32_MAX;
    for (size_t r = 0; r < rows->row_count; r++) {
        const struct tl_fit_row *row = &rows->rows[r];
        struct tl_eval_event event = {.ms = row->ms, .instance = row->instance, .probability = -1};
        double probabilities[TL_PROFILE_COUNT];
        if (row->session != session) memset(stocks, 0, sizeof stocks);
        session = row->session;
        for (int p = 0; p < TL_PROFILE_COUNT; p++) {
            probabilities[p] = 1 / (1 + exp(-tl_fit_points(rows, row, p, &solutions[p])));
            if (probabilities[p] <= event.probability) continue;
            event.probability = probabilities[p];
            event.profile = (uint8_t)p;
        }
        struct spoken *spoken = spoken_of(stocks, row->stock);
        event.abstained = !names(spoken, row, &event);
        if (out && event.probability >= tl_thresholds.emission)
            put_event(out, rows, row, &event, probabilities);
        if (!row->signal && event.abstained) continue;
        if (!row->signal && !row->package && !may_speak(spoken, row, event.profile)) continue;
        tl_eval_take(&rows->sessions[session], &event, (double)row->usd);
    }
}

static void put_weights(FILE *out, const struct tl_fit_rows *rows, const struct fit_flags *flags,
                        const struct tl_fit_solution *solutions)
{
    double minutes = 0;
    for (uint32_t i = 0; i < rows->session_count; i++)
        minutes += (double)rows->sessions[i].seconds / 60;
    fprintf(
        out,
        "/* SPDX-License-Identifier: Apache-2.0\n"
        " * Written by `tapeloom fit`: logistic regressions of %zu judgements in %u sessions, "
        "%.0f\n"
        " * minutes in all; ridge %g, a row of the profile's own counted %g times%s%s. Each sign\n"
        " * held as reasoned. Do not edit: change a profile or the engine, and fit again. */\n"
        "#include \"flow/weights.h\"\n\n",
        rows->row_count, rows->session_count, minutes, flags->ridge, flags->positive,
        flags->rare ? ", four times more of " : "", flags->rare ? flags->rare : "");
    for (int p = 0; p < TL_PROFILE_COUNT; p++) {
        struct tl_judgement judgement;
        struct tl_fit_problem problem;
        problem_of(p, &judgement, &problem);
        fprintf(out, "static const struct tl_item_weight %s[] = {\n",
                tl_profile_name((enum tl_profile)p));
        for (size_t i = 0; i < problem.count; i++)
            fprintf(out, "    {\"%s\", %.3f},\n", judgement.items[i].name,
                    solutions[p].weights[i] + 0.0);
        fprintf(out, "};\n\n");
    }
    fprintf(out, "#define ITEMS(list) sizeof(list) / sizeof(list)[0], list\n\n"
                 "const struct tl_profile_weights tl_profile_weights[TL_PROFILE_COUNT] = {\n");
    for (int p = 0; p < TL_PROFILE_COUNT; p++)
        fprintf(out, "    {%.3f, ITEMS(%s)},\n", solutions[p].bias,
                tl_profile_name((enum tl_profile)p));
    fprintf(out, "};\n");
}

static enum tl_status write_weights(const struct tl_fit_rows *rows, const struct fit_flags *flags,
                                    const struct tl_fit_solution *solutions, struct tl_error *error)
{
    if (!flags->out) return TL_OK;
    FILE *out = fopen(flags->out, "w");
    if (out) put_weights(out, rows, flags, solutions);
    if (!out || fclose(out) != 0)
        return tl_error_set(error, TL_IO, "cannot write %.200s", flags->out);
    return TL_OK;
}

/* One line an instance: what became of it. */
static enum tl_status write_instances(const struct tl_fit_rows *rows, const char *path,
                                      struct tl_error *error)
{
    FILE *out = fopen(path, "w");
    for (uint32_t s = 0; out && s < rows->session_count; s++)
        for (uint32_t i = 0; i < rows->sessions[s].instance_count; i++) {
            const struct tl_eval_instance *instance = &rows->sessions[s].instances[i];
            int named = tl_eval_named(instance);
            fprintf(out, "%lld\t%u\t%s\t%u\t%.0f\t%lld\t%.0f\t%s\n",
                    (long long)rows->sessions[s].seed, i,
                    tl_subtype_name((enum tl_subtype)instance->subtype), instance->prints,
                    instance->usd, (long long)instance->first_ms, instance->abstained,
                    named < 0 ? "none" : tl_profile_name((enum tl_profile)named));
        }
    if (!out || fclose(out) != 0) return tl_error_set(error, TL_IO, "cannot write %.200s", path);
    return TL_OK;
}

static enum tl_status report(struct tl_fit_rows *rows, const char *name,
                             const struct fit_flags *flags, const struct tl_fit_solution *solutions,
                             struct tl_error *error)
{
    static struct tl_eval_figures figures;
    FILE *out = flags->events ? fopen(flags->events, "w") : NULL;
    replay(rows, solutions, out);
    if (flags->events && (!out || fclose(out) != 0))
        return tl_error_set(error, TL_IO, "cannot write %.200s", flags->events);
    if (!tl_eval_figures_of(rows->sessions, rows->session_count, &figures))
        return tl_error_set(error, TL_NOMEM, "out of memory");
    tl_eval_print_table(name, &figures);
    return TL_OK;
}

static enum tl_status run(const struct fit_flags *flags, char **files, int count,
                          struct tl_error *error)
{
    struct tl_fit_rows rows = {0}, check = {0};
    static struct tl_fit_solution solutions[TL_PROFILE_COUNT];
    enum tl_status status = TL_OK;
    for (int i = 0; i < count && status == TL_OK; i++)
        status = tl_fit_rows_read(&rows, files[i], error);
    if (status == TL_OK && flags->rare && !mark_rare(&rows, flags->rare))
        status = tl_error_set(error, TL_INVALID, "no subtype %.100s", flags->rare);
    if (status == TL_OK && flags->check) status = tl_fit_rows_read(&check, flags->check, error);
    if (status == TL_OK) {
        solve_all(&rows, flags, solutions);
        status = write_weights(&rows, flags, solutions, error);
    }
    if (status == TL_OK && flags->check)
        status = report(&check, flags->check, flags, solutions, error);
    else if (status == TL_OK)
        status = report(&rows, "the rows of the fit", flags, solutions, error);
    if (status == TL_OK && flags->instances)
        status = write_instances(flags->check ? &check : &rows, flags->instances, error);
    tl_fit_rows_free(&rows);
    tl_fit_rows_free(&check);
    return status;
}

int tl_cmd_fit(int argc, char **argv)
{
    struct fit_flags values = {.ridge = 0.5, .positive = 1};
    const struct tl_flag flags[] = {
        {"--out", "FILE", "writes the weights as C: src/flow/weights.c", TL_FLAG_TEXT, &values.out,
         0, 0},
        {"--check", "FILE", "judges on these rows instead of those of the fit", TL_FLAG_TEXT,
         &values.check, 0, 0},
        {"--instances", "FILE",
         "writes a line an instance: seed, number, subtype, prints, USD, first "
         "ms, USD in events that abstained, profile named",
         TL_FLAG_TEXT, &values.instances, 0, 0},
        {"--events", "FILE",
         "writes a line a judgement above the emission bound: seed, line of the features file, ms, "
         "instance, subtype, its USD, lane, profile, named or abstained, six probabilities",
         TL_FLAG_TEXT, &values.events, 0, 0},
        {"--ridge", "X", "draws weights to zero; default 0.5", TL_FLAG_REAL, &values.ridge, 1e-6,
         1e6},
        {"--positive", "X", "how often a row of the profile's own counts; default 1", TL_FLAG_REAL,
         &values.positive, 0.1, 100},
        {"--rare", "SUBTYPE", "counts each row of its instances four times: they are few",
         TL_FLAG_TEXT, &values.rare, 0, 0},
        {"--keep", NULL, "fits nothing: judges with the weights in force", TL_FLAG_SWITCH,
         &values.keep, 0, 0},
        {NULL, NULL, NULL, TL_FLAG_SWITCH, NULL, 0, 0},
    };
    const struct tl_command command = {
        "tapeloom fit FILE... [flags]",
        "For those who work on the classifier: fits its weights to the features files that `eval "
        "--features` wrote, and shows what it then finds.",
        flags, FILES_MAX};
    struct tl_error error = {.text = ""};
    int words = tl_flags_parse(&command, argc, argv);
    if (words < 0) return words == -1 ? 0 : 2;
    if (words == 0) return tl_cli_fail(2, "fit: which features file?");
    enum tl_status status = run(&values, argv + 1, words, &error);
    if (status == TL_OK) return 0;
    return tl_cli_fail(status == TL_INVALID ? 2 : 1, "%s", error.text);
}
