/* SPDX-License-Identifier: Apache-2.0
 * Plot data: plots and their lines in one allocation; the contract stands in the header. */
#include "score/curve.h"

#include <stdlib.h>
#include <string.h>

#include "score/estimate.h"

struct tl_score_curves {
    uint32_t count;
    struct tl_score_curve plots[TL_CURVE_PLOTS_MAX];
    struct tl_curve_line lines[TL_CURVE_PLOTS_MAX][TL_CURVE_LINES_MAX];
};

struct tl_score_curves *tl_score_curves_create(void)
{
    return calloc(1, sizeof(struct tl_score_curves));
}

void tl_score_curves_destroy(struct tl_score_curves *curves)
{
    free(curves);
}

struct tl_score_curve *tl_score_curve(struct tl_score_curves *curves, const char *id,
                                      const char *title, const char *x_label, const char *y_label)
{
    if (!curves) return NULL;
    for (uint32_t i = 0; i < curves->count; i++)
        if (strcmp(curves->plots[i].id, id) == 0) return &curves->plots[i];
    if (curves->count == TL_CURVE_PLOTS_MAX) return NULL;
    struct tl_score_curve *plot = &curves->plots[curves->count];
    *plot = (struct tl_score_curve){.id = id,
                                    .title = title,
                                    .x_label = x_label,
                                    .y_label = y_label,
                                    .lines = curves->lines[curves->count]};
    curves->count++;
    return plot;
}

void tl_score_curve_axes(struct tl_score_curve *plot, enum tl_curve_axis x, enum tl_curve_axis y)
{
    if (!plot) return;
    plot->x_axis = x;
    plot->y_axis = y;
}

struct tl_curve_line *tl_score_curve_line(struct tl_score_curve *plot, const char *label,
                                          enum tl_curve_style style)
{
    if (!plot || plot->count == TL_CURVE_LINES_MAX) return NULL;
    struct tl_curve_line *line = &plot->lines[plot->count++];
    line->label = label;
    line->style = style;
    line->count = 0;
    return line;
}

struct tl_curve_line *tl_score_curve_reference(struct tl_score_curve *plot, const char *label,
                                               enum tl_curve_style style)
{
    struct tl_curve_line *line = tl_score_curve_line(plot, label, style);
    if (line) line->reference = true;
    return line;
}

struct tl_curve_line *tl_score_curve_band(struct tl_score_curve *plot, const char *label)
{
    struct tl_curve_line *line = tl_score_curve_reference(plot, label, TL_STYLE_LINE);
    if (line) line->band = true;
    return line;
}

void tl_score_curve_range(struct tl_curve_line *line, double x, double low, double high)
{
    if (!line || !tl_is_finite(x) || !tl_is_finite(low) || !tl_is_finite(high)) return;
    if (line->count == TL_CURVE_POINTS_MAX) {
        line->dropped++;
        return;
    }
    line->x[line->count] = x;
    line->y[line->count] = low;
    line->high[line->count++] = high;
}

void tl_score_curve_point(struct tl_curve_line *line, double x, double y)
{
    tl_score_curve_range(line, x, y, y);
}

uint32_t tl_score_curves_count(const struct tl_score_curves *curves)
{
    return curves ? curves->count : 0;
}

const struct tl_score_curve *tl_score_curves_get(const struct tl_score_curves *curves,
                                                 uint32_t index)
{
    return &curves->plots[index];
}
