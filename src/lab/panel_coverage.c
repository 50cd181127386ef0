/* SPDX-License-Identifier: Apache-2.0
 * The panel on coverage: smart-money events by profile and minute, against what coverage assist aims
 * at, one of each profile within the window. */
#include "lab/panel_coverage.h"

#define MINUTES TL_LAB_HIT_MINUTES

/* As the terminal's badges say them. */
static const char *const short_names[TL_PROFILE_COUNT] = {"INST", "RETAIL", "EVENT",
                                                          "VOL",  "ARB",    "HEDGE"};

void tl_lab_panel_coverage(const struct tl_lab *lab, struct tl_lab_work *work, struct tl_text *out)
{
    double x[MINUTES], y[MINUTES], floor_line[TL_PROFILE_COUNT], counts[TL_PROFILE_COUNT];
    double profiles[TL_PROFILE_COUNT], seen = 0, all = 0;
    int window =
        lab->window_minutes > 0 && lab->window_minutes <= MINUTES ? lab->window_minutes : 20;
    double up = lab->hits_known ? (double)(work->now_ms - lab->hits_since_ms) / 60000 : 0;
    for (int p = 0; p < TL_PROFILE_COUNT; p++) {
        counts[p] = 0;
        profiles[p] = p + 1;
        floor_line[p] = 1;
        for (int m = MINUTES - window; m < MINUTES; m++)
            counts[p] += lab->hits[p][m];
        seen += counts[p] > 0;
        all += counts[p];
    }
    struct tl_panel_number numbers[] = {{"profiles seen within the window, of 6",
                                         lab->hits_known ? seen : TL_NAN, 6, 6, up, window}};
    struct tl_panel panel = {
        .out = out,
        .id = "coverage",
        .title = "Coverage",
        .what = "Each of the six profiles shows up within the window when coverage assist is on.",
        .sample =
            "smart-money events within the window that name a profile; n of the number: minutes up",
        .n = all,
        .note = lab->assist ? "Coverage assist is on: one of each is aimed at."
                            : "Coverage assist is off: nothing is aimed at."};
    tl_panel_open(&panel, work, numbers, 1);
    tl_panel_set_open(out, &(struct tl_panel_set){.name = "within the window",
                                                  .x_label = "profile",
                                                  .y_label = "events",
                                                  .x = profiles,
                                                  .count = TL_PROFILE_COUNT,
                                                  .categories = short_names});
    tl_panel_series(out, "events", "bars", counts, TL_PROFILE_COUNT);
    tl_panel_series(out, "floor", "line", floor_line, TL_PROFILE_COUNT);
    tl_panel_set_close(out);
    for (int m = 0; m < MINUTES; m++)
        x[m] = m - MINUTES + 1;
    tl_panel_set_open(out, &(struct tl_panel_set){.name = "by minute",
                                                  .x_label = "minutes ago",
                                                  .y_label = "events",
                                                  .x = x,
                                                  .count = MINUTES});
    for (int p = 0; p < TL_PROFILE_COUNT; p++) {
        for (int m = 0; m < MINUTES; m++)
            y[m] = lab->hits[p][m];
        tl_panel_series(out, tl_profile_name((enum tl_profile)p), "dots", y, MINUTES);
    }
    tl_panel_set_close(out);
    tl_panel_close(out);
}
