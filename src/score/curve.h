/* SPDX-License-Identifier: Apache-2.0
 * Plot data of a scoring run: named curves in named plots. A module of estimators puts its curves
 * next to its rows; whoever draws them (the HTML page) knows nothing of what they mean.
 *
 * All texts are static storage or outlive the set. Points may be thinned by the caller: more than
 * fit are dropped and counted. */
#ifndef TL_SCORE_CURVE_H
#define TL_SCORE_CURVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TL_CURVE_POINTS_MAX 512
#define TL_CURVE_LINES_MAX 8 /* of one plot */
#define TL_CURVE_PLOTS_MAX 40

enum tl_curve_axis { TL_AXIS_LINEAR, TL_AXIS_LOG };
enum tl_curve_style { TL_STYLE_LINE, TL_STYLE_DOTS, TL_STYLE_BARS };

/* One line of a plot. band: high is the upper edge at each x (a reference band a believable tape
 * falls in), drawn as an area from y to high. */
struct tl_curve_line {
    const char *label; /* "SPY", "real, low to high" */
    enum tl_curve_style style;
    bool reference; /* published or measured on real data: drawn quiet */
    bool band;
    uint32_t count, dropped;
    double x[TL_CURVE_POINTS_MAX], y[TL_CURVE_POINTS_MAX], high[TL_CURVE_POINTS_MAX];
};

/* A plot: what the x and y are, with units. */
struct tl_score_curve {
    const char *id, *title, *x_label, *y_label; /* "tails", "Tails of one-minute returns" */
    enum tl_curve_axis x_axis, y_axis;
    uint32_t count;
    struct tl_curve_line *lines; /* [TL_CURVE_LINES_MAX] */
};

struct tl_score_curves;

/* One allocation, about 4 MB. NULL: out of memory. */
struct tl_score_curves *tl_score_curves_create(void);
void tl_score_curves_destroy(struct tl_score_curves *curves);

/* Adds a plot, or finds the one of that id. NULL when the set is full (or curves is NULL): the
 * functions below take that and do nothing, so that callers need not ask. */
struct tl_score_curve *tl_score_curve(struct tl_score_curves *curves, const char *id,
                                      const char *title, const char *x_label, const char *y_label);
void tl_score_curve_axes(struct tl_score_curve *plot, enum tl_curve_axis x, enum tl_curve_axis y);

/* Adds a line to a plot; NULL when the plot is full. */
struct tl_curve_line *tl_score_curve_line(struct tl_score_curve *plot, const char *label,
                                          enum tl_curve_style style);
/* The same for reference data and for a reference band. */
struct tl_curve_line *tl_score_curve_reference(struct tl_score_curve *plot, const char *label,
                                               enum tl_curve_style style);
struct tl_curve_line *tl_score_curve_band(struct tl_score_curve *plot, const char *label);

/* Points that are not finite are left out. */
void tl_score_curve_point(struct tl_curve_line *line, double x, double y);
void tl_score_curve_range(struct tl_curve_line *line, double x, double low, double high);

uint32_t tl_score_curves_count(const struct tl_score_curves *curves);
const struct tl_score_curve *tl_score_curves_get(const struct tl_score_curves *curves,
                                                 uint32_t index);

#endif
