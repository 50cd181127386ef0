/* SPDX-License-Identifier: Apache-2.0
 * The page of an evaluation: the tally, one heat map of families against profiles, profiles,
 * calibration. */
#include "cli/eval_html.h"

#include <math.h>

#include "cli/page.h"
#include "cli/score_svg.h"
#include "tape/scenario_family.h"

static void put_cell(struct tl_text *out, double share, bool intended)
{
    if (!(share > 0)) {
        tl_text_lit(out, intended ? "<td class=n style=\"outline:1px solid var(--ref)\">0</td>"
                                  : "<td class=n></td>");
        return;
    }
    tl_page_put(
        out,
        "<td class=n style=\"background:color-mix(in srgb,var(--%s) %.0f%%,transparent)%s\">"
        "%.1f</td>",
        intended ? "in" : "out", 10 + 55 * share, intended ? ";outline:1px solid var(--ref)" : "",
        100 * share);
}

static void put_time(struct tl_text *out, double seconds)
{
    if (isfinite(seconds))
        tl_page_put(out, "<td class=n>%.1f s</td>", seconds);
    else
        tl_text_lit(out, "<td class=n></td>");
}

static void put_families(struct tl_text *out, const struct tl_eval_figures *figures)
{
    tl_text_lit(out, "<h2>Families</h2><p class=source>Per cent of a family's instances by the "
                     "profile that the events with most of their premium name; the outlined one is "
                     "intended.</p><div class=scroll><table><tr><th>family<th class=n>instances");
    for (int p = 0; p < TL_PROFILE_COUNT; p++)
        tl_page_put(out, "<th class=n>%s", tl_profile_name((enum tl_profile)p));
    tl_text_lit(out, "<th class=n>none<th class=n>prints<th class=n>premium<th class=n>first hit, "
                     "median</tr>\n");
    for (int s = 1; s < TL_SUB_COUNT; s++) {
        const struct tl_eval_subtype *subtype = &figures->subtypes[s];
        bool noise = tl_families[s - 1].profile == TL_PROFILE_COUNT;
        if (subtype->instances == 0) continue;
        tl_page_put(out, "<tr><td>%s</td><td class=n>%u</td>", tl_subtype_name((enum tl_subtype)s),
                    subtype->instances);
        for (int p = 0; p < TL_PROFILE_COUNT; p++)
            put_cell(out, (double)subtype->named[p] / subtype->instances,
                     p == tl_families[s - 1].profile);
        put_cell(out, (double)subtype->silent / subtype->instances, noise);
        tl_page_put(out, "<td class=n>%.1f</td><td class=n>%.0f k$</td>", subtype->prints,
                    subtype->usd / 1000);
        put_time(out, subtype->hit_s);
        tl_text_lit(out, "</tr>\n");
    }
    tl_text_lit(out, "</table></div>");
}

static void put_profiles(struct tl_text *out, const struct tl_eval_figures *figures)
{
    tl_text_lit(out, "<h2>Profiles</h2><p class=source>Recall of instances, precision of events, "
                     "and whose the events are that name a profile, per cent.</p><div "
                     "class=scroll><table><tr><th>profile<th class=n>recall<th "
                     "class=n>precision<th class=n>events");
    for (int p = 0; p < TL_PROFILE_COUNT; p++)
        tl_page_put(out, "<th class=n>%s", tl_profile_name((enum tl_profile)p));
    tl_text_lit(out, "<th class=n>noise<th class=n>background</tr>\n");
    for (int p = 0; p < TL_PROFILE_COUNT; p++) {
        tl_page_put(out,
                    "<tr><td>%s</td><td class=n>%.3f</td><td class=n>%.3f</td><td class=n>%llu"
                    "</td>",
                    tl_profile_name((enum tl_profile)p), figures->recall[p], figures->precision[p],
                    (unsigned long long)figures->named[p]);
        for (int owner = 0; owner < TL_PROFILE_COUNT + 2; owner++)
            put_cell(out, (double)figures->named_of[p][owner] / (double)figures->named[p],
                     owner == p);
        tl_text_lit(out, "</tr>\n");
    }
    tl_text_lit(out, "</table></div>");
}

static void put_calibration(struct tl_text *out, const struct tl_eval_figures *figures)
{
    tl_page_put(
        out,
        "<h2>Calibration</h2><p class=source>Expected calibration error %.4f: mean distance "
        "of the best profile's probability from how often it was right.</p><div "
        "class=scroll><table><tr><th class=n>probability<th class=n>right<th "
        "class=n>events</tr>\n",
        figures->ece);
    for (int b = 0; b < TL_EVAL_BINS; b++)
        if (figures->bins[b].events > 0)
            tl_page_put(
                out, "<tr><td class=n>%.3f</td><td class=n>%.3f</td><td class=n>%llu</td></tr>\n",
                figures->bins[b].probability,
                (double)figures->bins[b].right / (double)figures->bins[b].events,
                (unsigned long long)figures->bins[b].events);
    tl_text_lit(out, "</table></div>");
}

void tl_eval_put_html(struct tl_text *out, const char *source,
                      const struct tl_eval_figures *figures)
{
    tl_page_open(out, "Classifier against truth", source);
    tl_page_put(out,
                "<div class=tally><div><b>%.3f</b>macro recall</div><div><b>%.3f</b>precision</div>"
                "<div><b>%.4f</b>noise alarms</div><div><b>%.2f</b>background events a "
                "minute</div>",
                figures->macro_recall, figures->precision_all, figures->noise_false_alarm,
                figures->background_a_minute);
    tl_page_put(out,
                "<div><b>%u/%u</b>windows with all six</div><div><b>%.4f</b>calibration "
                "error</div></div>\n",
                figures->windows_all_six, figures->windows, figures->ece);
    put_families(out, figures);
    put_profiles(out, figures);
    put_calibration(out, figures);
    tl_page_close(out);
}
