/* SPDX-License-Identifier: Apache-2.0
 * Table and JSON of a scoring run; the JSON's fields stand in docs/FORMATS.md. */
#include "cli/score_print.h"

#include <math.h>
#include <stdio.h>

#include "cli/json_put.h"
#include "score/estimate.h"

bool tl_score_shown(const struct tl_score_source *source, const char *id)
{
    if (!source->rows) return true;
    struct tl_str rest = tl_str_from(source->rows), part;
    while (tl_str_cut(&rest, ',', &part))
        if (tl_str_is(tl_str_trim(part), id)) return true;
    return false;
}

struct tl_score_tally tl_score_tally_of(const struct tl_score_source *source,
                                        const struct tl_score_report *report)
{
    struct tl_score_tally tally = {.computed = 0};
    for (uint32_t i = 0; i < report->count; i++) {
        if (!tl_score_shown(source, report->rows[i].id)) continue;
        tally.verdicts[report->rows[i].verdict]++;
        tally.computed += report->rows[i].verdict != TL_SCORE_NA;
    }
    return tally;
}

const struct tl_score_number *tl_score_worst(const struct tl_score_row *row)
{
    const struct tl_score_number *worst = NULL;
    for (uint32_t i = 0; i < row->count; i++)
        if (!worst || row->numbers[i].verdict > worst->verdict) worst = &row->numbers[i];
    return worst;
}

const char *tl_score_word(enum tl_score_verdict verdict)
{
    return tl_score_verdict_name(verdict == TL_SCORE_FAR ? TL_SCORE_OUT : verdict);
}

void tl_score_value_text(double value, char text[32])
{
    double size = fabs(value);
    if (!isfinite(value))
        snprintf(text, 32, "-");
    else if (size >= 1000)
        snprintf(text, 32, "%.0f", value);
    else if (size >= 100)
        snprintf(text, 32, "%.1f", value);
    else if (size >= 10)
        snprintf(text, 32, "%.2f", value);
    else if (size >= 0.1 || size == 0)
        snprintf(text, 32, "%.3f", value);
    else
        snprintf(text, 32, "%.2g", value);
}

void tl_score_band_text(const struct tl_score_number *number, char text[64])
{
    bool bottom = isfinite(number->low), top = isfinite(number->high);
    if (bottom && top)
        snprintf(text, 64, "%.4g to %.4g", number->low, number->high);
    else if (bottom)
        snprintf(text, 64, "at least %.4g", number->low);
    else if (top)
        snprintf(text, 64, "at most %.4g", number->high);
    else
        snprintf(text, 64, "-");
}

static void print_number(const struct tl_score_number *number)
{
    char value[32], band[64], names[32] = "";
    tl_score_value_text(number->value, value);
    tl_score_band_text(number, band);
    if (number->names > 0)
        snprintf(names, sizeof names, "  %u of %u names in", number->inside, number->names);
    printf("      %-30.30s %10s  %-18s %-4s  n %.0f%s\n", number->label, value, band,
           tl_score_verdict_name(number->verdict), number->n, names);
}

void tl_score_print_table(const struct tl_score_source *source,
                          const struct tl_score_report *report)
{
    printf("%s\n\n", source->text);
    for (uint32_t i = 0; i < report->count; i++) {
        const struct tl_score_row *row = &report->rows[i];
        if (!tl_score_shown(source, row->id)) continue;
        printf("%-4s  %-60.60s %-4s  %c\n", row->id, row->name, tl_score_word(row->verdict),
               row->confidence);
        for (uint32_t k = 0; k < row->count; k++)
            print_number(&row->numbers[k]);
        if (row->note) printf("      (%s)\n", row->note);
    }
    struct tl_score_tally tally = tl_score_tally_of(source, report);
    printf("\n%u rows computed: %u in, %u near, %u out (%u of them far); %u n/a\n", tally.computed,
           tally.verdicts[TL_SCORE_IN], tally.verdicts[TL_SCORE_NEAR],
           tally.verdicts[TL_SCORE_OUT] + tally.verdicts[TL_SCORE_FAR],
           tally.verdicts[TL_SCORE_FAR], tally.verdicts[TL_SCORE_NA]);
}

/* ---- JSON ---- */

static void put_flag(struct tl_text *out, const char *key, bool value)
{
    tl_json_put_key(out, key);
    tl_text_lit(out, value ? "true" : "false");
}

/* What a row and each of its numbers have in common. */
static void put_measure(struct tl_text *out, const struct tl_score_number *number,
                        enum tl_score_verdict verdict)
{
    tl_json_put_real(out, "value", number ? number->value : TL_NAN);
    tl_json_put_real(out, "low", number ? number->low : TL_NAN);
    tl_json_put_real(out, "high", number ? number->high : TL_NAN);
    tl_json_put_string(out, "verdict", tl_score_word(verdict));
    put_flag(out, "far", verdict == TL_SCORE_FAR);
    tl_json_put_real(out, "n", number ? number->n : 0);
}

static void put_number(struct tl_text *out, const struct tl_score_number *number)
{
    tl_json_put_open(out);
    tl_json_put_string(out, "label", number->label);
    put_measure(out, number, number->verdict);
    if (number->names > 0) {
        tl_json_put_real(out, "names", number->names);
        tl_json_put_real(out, "names_in", number->inside);
    }
    tl_text_byte(out, '}');
}

static void put_row(struct tl_text *out, const struct tl_score_row *row)
{
    char confidence[2] = {row->confidence, '\0'};
    if (out->data[out->size - 1] != '[') tl_text_byte(out, ',');
    tl_text_lit(out, "\n{");
    tl_json_put_string(out, "id", row->id);
    tl_json_put_string(out, "name", row->name);
    put_measure(out, tl_score_worst(row), row->verdict);
    tl_json_put_string(out, "confidence", confidence);
    if (row->note) tl_json_put_string(out, "note", row->note);
    tl_json_put_key(out, "numbers");
    tl_text_byte(out, '[');
    for (uint32_t i = 0; i < row->count; i++)
        put_number(out, &row->numbers[i]);
    tl_text_lit(out, "]}");
}

void tl_score_put_json(struct tl_text *out, const struct tl_score_source *source,
                       const struct tl_score_report *report)
{
    struct tl_score_tally tally = tl_score_tally_of(source, report);
    tl_text_byte(out, '{');
    tl_json_put_string(out, "source", source->text);
    tl_json_put_key(out, "rows");
    tl_text_byte(out, '[');
    for (uint32_t i = 0; i < report->count; i++)
        if (tl_score_shown(source, report->rows[i].id)) put_row(out, &report->rows[i]);
    tl_text_lit(out, "\n],\"summary\":{");
    tl_json_put_real(out, "computed", tally.computed);
    tl_json_put_real(out, "in", tally.verdicts[TL_SCORE_IN]);
    tl_json_put_real(out, "near", tally.verdicts[TL_SCORE_NEAR]);
    tl_json_put_real(out, "out", tally.verdicts[TL_SCORE_OUT] + tally.verdicts[TL_SCORE_FAR]);
    tl_json_put_real(out, "far", tally.verdicts[TL_SCORE_FAR]);
    tl_json_put_real(out, "not_measured", tally.verdicts[TL_SCORE_NA]);
    tl_text_lit(out, "}}\n");
}
