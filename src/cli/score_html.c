/* SPDX-License-Identifier: Apache-2.0
 * The page of a scoring run: the tally, every row with its numbers as marks on their bands, the
 * plots. One file; the style sheet stands below. */
#include "cli/score_html.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "cli/score_svg.h"

static const char STYLE[] =
    ":root{color-scheme:light dark;--bg:#fbfaf7;--fg:#1d1f24;--soft:#696e78;--line:#dedbd2;"
    "--card:#fff;--in:#1c7a4d;--near:#a06a00;--out:#b3261e;--band:#1c7a4d22;--ref:#8d929c;"
    "--c0:#2458c5;--c1:#c8501e;--c2:#0d8a78;--c3:#8a3fb0;--c4:#a8801a;--c5:#c23a6b;--c6:#4d7a1f;"
    "--c7:#5b6472}"
    "@media(prefers-color-scheme:dark){:root{--bg:#14161a;--fg:#e6e4de;--soft:#9aa0ab;"
    "--line:#31353d;--card:#1b1e24;--in:#5fc492;--near:#e0b04e;--out:#f0857c;--band:#5fc49228;"
    "--ref:#7f8692;--c0:#7da6ff;--c1:#f29a6b;--c2:#58cdb9;--c3:#cb95ea;--c4:#d9bd62;--c5:#f08cae;"
    "--c6:#a5cf70;--c7:#aab2c0}}"
    "body{margin:0 auto;max-width:1240px;padding:24px 20px 60px;background:var(--bg);"
    "color:var(--fg);font:14px/1.45 system-ui,sans-serif}"
    "h1{font-size:22px;margin:0}h2{font-size:17px;margin:34px 0 10px}h3{font-size:14px;margin:0 0 "
    "6px}"
    "p.source{color:var(--soft);margin:4px 0 16px}"
    ".tally{display:flex;gap:10px;flex-wrap:wrap}.tally div{background:var(--card);border:1px "
    "solid "
    "var(--line);border-radius:8px;padding:8px 16px;min-width:84px}.tally "
    "b{display:block;font-size:"
    "22px}"
    "table{border-collapse:collapse;width:100%}td,th{padding:3px "
    "8px;text-align:left;vertical-align:"
    "middle}"
    "th{color:var(--soft);font-weight:500;border-bottom:1px solid var(--line)}"
    "tr.row td{border-top:1px solid var(--line);font-weight:600;padding-top:7px}"
    "th.n{text-align:right}td.n{text-align:right;font-variant-numeric:tabular-nums;white-space:"
    "nowrap}"
    "td.note{color:var(--soft);font-style:italic}"
    ".in{color:var(--in)}.near{color:var(--near)}.out{color:var(--out)}.na{color:var(--soft)}"
    ".plots{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,520px),1fr));gap:"
    "14px}"
    "figure{margin:0;background:var(--card);border:1px solid var(--line);border-radius:8px;"
    "padding:12px 14px}"
    "svg{display:block;width:100%;height:auto}svg.mark{width:150px;height:16px}"
    ".grid{stroke:var(--line);stroke-width:1}.tick{fill:var(--soft);font-size:11px}"
    ".label{fill:var(--fg);font-size:12px}.band{fill:var(--band)}"
    ".line{fill:none;stroke-width:1.8}.line.ref{stroke:var(--ref);stroke-dasharray:5 4}"
    ".dot.ref{fill:none;stroke:var(--ref);stroke-width:1.3}.bar.ref{fill:var(--ref);opacity:.5}"
    ".legend{margin:6px 0 0;color:var(--soft);font-size:12px}.legend span{margin-right:14px;"
    "white-space:nowrap}"
    ".key{display:inline-block;width:12px;height:12px;border-radius:3px;margin-right:5px;"
    "vertical-align:-2px}.key.ref{background:none;border:2px solid "
    "var(--ref);box-sizing:border-box}.round{border-radius:6px}.keyband{background:var(--band);"
    "outline:"
    "1px "
    "solid var(--in)}"
    ".scroll{overflow-x:auto}";

static void put(struct tl_text *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void put(struct tl_text *out, const char *format, ...)
{
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    tl_text_lit(out, text);
}

static void put_colors(struct tl_text *out)
{
    for (int i = 0; i < 8; i++)
        put(out,
            ".line.s%d{stroke:var(--c%d)}.dot.s%d,.bar.s%d{fill:var(--c%d)}"
            ".key.s%d{background:var(--c%d)}",
            i, i, i, i, i, i, i);
}

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
    put(out, "<rect class=band x=%d y=2 width=%d height=12 />", from, to - from);
    put(out, "<rect x=%.1f y=1 width=3 height=14 fill=currentColor /></svg>",
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
    put(out, "<div><b>%u</b>rows computed</div>", tally.computed);
    put(out, "<div class=in><b>%u</b>in</div>", tally.verdicts[TL_SCORE_IN]);
    put(out, "<div class=near><b>%u</b>near</div>", tally.verdicts[TL_SCORE_NEAR]);
    put(out, "<div class=out><b>%u</b>out, %u far</div>", out_count, tally.verdicts[TL_SCORE_FAR]);
    put(out, "<div class=na><b>%u</b>n/a</div></div>\n", tally.verdicts[TL_SCORE_NA]);
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
    tl_text_lit(out,
                "<!doctype html><html lang=en><head><meta charset=utf-8><meta name=viewport "
                "content=\"width=device-width,initial-scale=1\"><title>Tape score</title><style>");
    tl_text_lit(out, STYLE);
    put_colors(out);
    tl_text_lit(out, "</style></head><body><h1>Tape score</h1><p class=source>");
    tl_score_put_escaped(out, source->text);
    tl_text_lit(out, "</p>");
    put_tally(out, source, report);
    put_plots(out, curves);
    tl_text_lit(out,
                "<h2>Rows</h2><p class=source>A green field is the band a believable tape falls "
                "in; the tick is what this one measures.</p><div class=scroll><table><tr>"
                "<th>row<th>what<th class=n>value<th class=n>band<th><th>verdict<th "
                "class=n>sample<th>confidence</tr>\n");
    for (uint32_t i = 0; i < report->count; i++)
        if (tl_score_shown(source, report->rows[i].id)) put_row(out, &report->rows[i]);
    tl_text_lit(out, "</table></div></body></html>\n");
}
