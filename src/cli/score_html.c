/* SPDX-License-Identifier: Apache-2.0
 * The page of a scoring run: the tally, every row with its numbers as marks on their bands, the
 * plots. */
#include "cli/score_html.h"

#include <math.h>
#include <stdio.h>

#include "cli/page.h"
#include "cli/score_svg.h"

static const char *verdict_class(enum tl_score_verdict verdict)
{
    return verdict == TL_SCORE_NA ? "na" : tl_score_word(verdict);
}

/* The band in the middle third of a ruler, the value a tick on it, held at the ends. */
static void put_mark(struct tl_text *out, const struct tl_score_number *number)
{
    double low = number->low, high = number->high;
    if (!isfinite(number->value) || (!isfinite(low) && !isfinite(high))) return;
    double width = isfinite(low) && isfinite(high) ? high - low : fabs(isfinite(low) ? low : high);
    if (!(width > 0)) width = 1;
    if (!isfinite(low)) low = high - width;
    double at = 50 + 50 * (number->value - low) / width;
    bool open_low = !isfinite(number->low), open_high = !isfinite(number->high);
    tl_text_lit(out,
                "<svg class=mark viewBox=\"0 0 150 16\"><line class=grid x1=0 x2=150 y1=8 y2=8 "
                "/>");
    int from = open_low ? 0 : 50, to = open_high ? 150 : 100;
    tl_page_put(out, "<rect class=band x=%d y=2 width=%d height=12 />", from, to - from);
    tl_page_put(out, "<rect x=%.1f y=1 width=3 height=14 fill=currentColor /></svg>",
                fmin(147, fmax(0, at - 1.5)));
}

static void put_number(struct tl_text *out, const struct tl_score_number *number)
{
    char value[32], band[64], n[64];
    tl_score_value_text(number->value, value);
    tl_score_band_text(number, band);
    if (number->names > 0)
        snprintf(n, sizeof n, "%.0f, %u of %u names in", number->n, number->inside, number->names);
    else
        snprintf(n, sizeof n, "%.0f", number->n);
    tl_text_lit(out, "<tr><td></td><td>");
    tl_score_put_escaped(out, number->label);
    tl_text_lit(out, "</td><td class=n>");
    tl_text_lit(out, value);
    tl_text_lit(out, "</td><td class=n>");
    tl_text_lit(out, band);
    tl_text_lit(out, "</td><td class=");
    tl_text_lit(out, verdict_class(number->verdict));
    tl_text_lit(out, ">");
    put_mark(out, number);
    tl_text_lit(out, "</td><td class=");
    tl_text_lit(out, verdict_class(number->verdict));
    tl_text_lit(out, ">");
    tl_text_lit(out, tl_score_verdict_name(number->verdict));
    tl_text_lit(out, "</td><td class=n>");
    tl_text_lit(out, n);
    tl_text_lit(out, "</td><td></td></tr>\n");
}

static void put_row(struct tl_text *out, const struct tl_score_row *row)
{
    char confidence[2] = {row->confidence, '\0'};
    tl_text_lit(out, "<tr class=row><td>");
    tl_text_lit(out, row->id);
    tl_text_lit(out, "</td><td colspan=4>");
    tl_score_put_escaped(out, row->name);
    tl_text_lit(out, "</td><td class=");
    tl_text_lit(out, verdict_class(row->verdict));
    tl_text_lit(out, ">");
    tl_text_lit(out, tl_score_word(row->verdict));
    tl_text_lit(out, "</td><td></td><td>");
    tl_text_lit(out, confidence);
    tl_text_lit(out, "</td></tr>\n");
    for (uint32_t i = 0; i < row->count; i++)
        put_number(out, &row->numbers[i]);
    if (!row->note) return;
    tl_text_lit(out, "<tr><td></td><td class=note colspan=7>");
    tl_score_put_escaped(out, row->note);
    tl_text_lit(out, "</td></tr>\n");
}

static void put_tally(struct tl_text *out, const struct tl_score_source *source,
                      const struct tl_score_report *report)
{
    struct tl_score_tally tally = tl_score_tally_of(source, report);
    uint32_t out_count = tally.verdicts[TL_SCORE_OUT] + tally.verdicts[TL_SCORE_FAR];
    tl_text_lit(out, "<div class=tally>");
    tl_page_put(out, "<div><b>%u</b>rows computed</div>", tally.computed);
    tl_page_put(out, "<div class=in><b>%u</b>in</div>", tally.verdicts[TL_SCORE_IN]);
    tl_page_put(out, "<div class=near><b>%u</b>near</div>", tally.verdicts[TL_SCORE_NEAR]);
    tl_page_put(out, "<div class=out><b>%u</b>out, %u far</div>", out_count,
                tally.verdicts[TL_SCORE_FAR]);
    tl_page_put(out, "<div class=na><b>%u</b>n/a</div></div>\n", tally.verdicts[TL_SCORE_NA]);
}

static bool has_points(const struct tl_score_curve *plot)
{
    for (uint32_t i = 0; i < plot->count; i++)
        if (plot->lines[i].count > 0 && !plot->lines[i].reference) return true;
    return false;
}

static void put_plots(struct tl_text *out, const struct tl_score_curves *curves)
{
    tl_text_lit(out, "<h2>Plots</h2><div class=plots>\n");
    for (uint32_t i = 0; i < tl_score_curves_count(curves); i++) {
        const struct tl_score_curve *plot = tl_score_curves_get(curves, i);
        if (!has_points(plot)) continue;
        tl_text_lit(out, "<figure id=\"");
        tl_score_put_escaped(out, plot->id);
        tl_text_lit(out, "\"><h3>");
        tl_score_put_escaped(out, plot->title);
        tl_text_lit(out, "</h3>");
        tl_score_put_svg(out, plot);
        tl_text_lit(out, "</figure>\n");
    }
    tl_text_lit(out, "</div>\n");
}

void tl_score_put_html(struct tl_text *out, const struct tl_score_source *source,
                       const struct tl_score_report *report, const struct tl_score_curves *curves)
{
    tl_page_open(out, "Tape score", source->text);
    put_tally(out, source, report);
    put_plots(out, curves);
    tl_text_lit(out,
                "<h2>Rows</h2><p class=source>A green field is the band a believable tape falls "
                "in; the tick is what this one measures.</p><div class=scroll><table><tr>"
                "<th>row<th>what<th class=n>value<th class=n>band<th><th>verdict<th "
                "class=n>sample<th>confidence</tr>\n");
    for (uint32_t i = 0; i < report->count; i++)
        if (tl_score_shown(source, report->rows[i].id)) put_row(out, &report->rows[i]);
    tl_text_lit(out, "</table></div>");
    tl_page_close(out);
}
