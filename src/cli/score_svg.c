/* SPDX-License-Identifier: Apache-2.0
 * Plots as SVG: linear or logarithmic axes with ticks at round numbers, bands as areas, lines, dots
 * and bars. Points that an axis cannot show (zero or less on a logarithmic one) are left out. */
#include "cli/score_svg.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "score/estimate.h"

#define WIDTH 560.0
#define HEIGHT 340.0
#define LEFT 62.0
#define RIGHT 12.0
#define TOP 12.0
#define BOTTOM 46.0
#define TICKS_MAX 24

struct axis {
    bool logs;
    double low, high; /* in the axis's own measure: logs to base 10, or values */
    double from, to;  /* pixels */
};

struct canvas {
    struct tl_text *out;
    struct axis x, y;
};

void tl_score_put_escaped(struct tl_text *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '&')
            tl_text_lit(out, "&amp;");
        else if (*text == '<')
            tl_text_lit(out, "&lt;");
        else if (*text == '>')
            tl_text_lit(out, "&gt;");
        else if (*text == '"')
            tl_text_lit(out, "&quot;");
        else
            tl_text_byte(out, *text);
    }
}

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

/* ---- axes ---- */

static double measure(const struct axis *axis, double value)
{
    if (!axis->logs) return value;
    return value > 0 ? log10(value) : TL_NAN;
}

static double pixel(const struct axis *axis, double value)
{
    double part = (measure(axis, value) - axis->low) / (axis->high - axis->low);
    return axis->from + part * (axis->to - axis->from);
}

static void widen(struct axis *axis, double value)
{
    double at = measure(axis, value);
    if (!isfinite(at)) return;
    if (at < axis->low) axis->low = at;
    if (at > axis->high) axis->high = at;
}

/* Some air around the points; an axis of one value gets a unit. */
static void settle(struct axis *axis)
{
    if (axis->low > axis->high) axis->low = 0, axis->high = 1;
    double air = 0.04 * (axis->high - axis->low);
    if (air == 0) air = axis->logs ? 0.5 : fabs(axis->low) * 0.1 + 0.5;
    axis->low -= air;
    axis->high += air;
}

/* 1, 2 or 5 times a power of ten, so that about `count` steps cover the width. */
static double round_step(double width, int count)
{
    double raw = width / count, power = pow(10, floor(log10(raw))), part = raw / power;
    return power * (part < 1.5 ? 1 : part < 3.5 ? 2 : part < 7.5 ? 5 : 10);
}

static int log_ticks(const struct axis *axis, double ticks[TICKS_MAX])
{
    int count = 0;
    bool fine = axis->high - axis->low < 2.5; /* decades */
    for (double decade = floor(axis->low); decade <= axis->high && count < TICKS_MAX; decade++) {
        static const double parts[] = {1, 2, 5};
        for (int i = 0; i < (fine ? 3 : 1) && count < TICKS_MAX; i++) {
            double at = decade + log10(parts[i]);
            if (at >= axis->low && at <= axis->high) ticks[count++] = pow(10, at);
        }
    }
    return count;
}

static int ticks_of(const struct axis *axis, double ticks[TICKS_MAX])
{
    int count = 0;
    if (axis->logs) return log_ticks(axis, ticks);
    double step = round_step(axis->high - axis->low, 6);
    for (double at = ceil(axis->low / step) * step; at <= axis->high && count < TICKS_MAX;
         at += step)
        ticks[count++] = fabs(at) < step / 1e6 ? 0 : at;
    return count;
}

static void put_axes(const struct canvas *canvas, const struct tl_score_curve *plot)
{
    struct tl_text *out = canvas->out;
    double ticks[TICKS_MAX];
    int count = ticks_of(&canvas->x, ticks);
    for (int i = 0; i < count; i++) {
        double x = pixel(&canvas->x, ticks[i]);
        put(out, "<line class=grid x1=%.1f x2=%.1f y1=%.0f y2=%.0f />", x, x, TOP, HEIGHT - BOTTOM);
        put(out, "<text class=tick x=%.1f y=%.0f text-anchor=middle>%.4g</text>", x,
            HEIGHT - BOTTOM + 15, ticks[i]);
    }
    count = ticks_of(&canvas->y, ticks);
    for (int i = 0; i < count; i++) {
        double y = pixel(&canvas->y, ticks[i]);
        put(out, "<line class=grid x1=%.0f x2=%.0f y1=%.1f y2=%.1f />", LEFT, WIDTH - RIGHT, y, y);
        put(out, "<text class=tick x=%.0f y=%.1f text-anchor=end>%.4g</text>", LEFT - 5, y + 3.5,
            ticks[i]);
    }
    put(out, "<text class=label x=%.0f y=%.0f text-anchor=middle>", (LEFT + WIDTH - RIGHT) / 2,
        HEIGHT - 10);
    tl_score_put_escaped(out, plot->x_label);
    put(out,
        "</text><text class=label text-anchor=middle transform=\"translate(13 %.0f) "
        "rotate(-90)\">",
        (TOP + HEIGHT - BOTTOM) / 2);
    tl_score_put_escaped(out, plot->y_label);
    tl_text_lit(out, "</text>");
}

/* ---- lines ---- */

static bool place(const struct canvas *canvas, const struct tl_curve_line *line, uint32_t i,
                  double *x, double *y)
{
    *x = pixel(&canvas->x, line->x[i]);
    *y = pixel(&canvas->y, line->y[i]);
    return isfinite(*x) && isfinite(*y);
}

static void put_band(const struct canvas *canvas, const struct tl_curve_line *line)
{
    double x, y;
    tl_text_lit(canvas->out, "<polygon class=band points=\"");
    for (uint32_t i = 0; i < line->count; i++)
        if (place(canvas, line, i, &x, &y)) put(canvas->out, "%.1f,%.1f ", x, y);
    for (uint32_t i = line->count; i > 0; i--) {
        x = pixel(&canvas->x, line->x[i - 1]);
        y = pixel(&canvas->y, line->high[i - 1]);
        if (isfinite(x) && isfinite(y)) put(canvas->out, "%.1f,%.1f ", x, y);
    }
    tl_text_lit(canvas->out, "\" />");
}

static void put_path(const struct canvas *canvas, const struct tl_curve_line *line,
                     const char *color)
{
    double x, y;
    put(canvas->out, "<polyline class=\"line %s\" points=\"", color);
    for (uint32_t i = 0; i < line->count; i++)
        if (place(canvas, line, i, &x, &y)) put(canvas->out, "%.1f,%.1f ", x, y);
    tl_text_lit(canvas->out, "\" />");
}

static void put_marks(const struct canvas *canvas, const struct tl_curve_line *line,
                      const char *color, bool square)
{
    double x, y, floor_y = canvas->y.from;
    double width = line->count > 0 ? (canvas->x.to - canvas->x.from) / line->count : 0;
    if (width > 14) width = 14;
    for (uint32_t i = 0; i < line->count; i++) {
        if (!place(canvas, line, i, &x, &y)) continue;
        if (line->style == TL_STYLE_BARS)
            put(canvas->out, "<rect class=\"bar %s\" x=%.1f y=%.1f width=%.1f height=%.1f />",
                color, x - 0.4 * width, y, 0.8 * width, fmax(0, floor_y - y));
        else if (square)
            put(canvas->out, "<rect class=\"dot %s\" x=%.1f y=%.1f width=5 height=5 />", color,
                x - 2.5, y - 2.5);
        else
            put(canvas->out, "<circle class=\"dot %s\" cx=%.1f cy=%.1f r=2.4 />", color, x, y);
    }
}

static struct canvas canvas_of(struct tl_text *out, const struct tl_score_curve *plot)
{
    struct canvas canvas = {out,
                            {plot->x_axis == TL_AXIS_LOG, TL_INF, -TL_INF, LEFT, WIDTH - RIGHT},
                            {plot->y_axis == TL_AXIS_LOG, TL_INF, -TL_INF, HEIGHT - BOTTOM, TOP}};
    for (uint32_t l = 0; l < plot->count; l++) {
        const struct tl_curve_line *line = &plot->lines[l];
        for (uint32_t i = 0; i < line->count; i++) {
            widen(&canvas.x, line->x[i]);
            widen(&canvas.y, line->y[i]);
            widen(&canvas.y, line->high[i]);
            if (line->style == TL_STYLE_BARS) widen(&canvas.y, 0);
        }
    }
    settle(&canvas.x);
    settle(&canvas.y);
    return canvas;
}

static void put_legend(struct tl_text *out, const struct tl_score_curve *plot)
{
    int color = 0, references = 0;
    tl_text_lit(out, "<p class=legend>");
    for (uint32_t l = 0; l < plot->count; l++) {
        const struct tl_curve_line *line = &plot->lines[l];
        if (line->count == 0) continue;
        if (line->reference)
            put(out, "<span><i class=\"key %s%s\"></i>", line->band ? "keyband" : "ref",
                line->style == TL_STYLE_DOTS && references++ % 2 == 0 ? " round" : "");
        else
            put(out, "<span><i class=\"key s%d\"></i>", color++);
        tl_score_put_escaped(out, line->label);
        tl_text_lit(out, "</span> ");
    }
    tl_text_lit(out, "</p>");
}

void tl_score_put_svg(struct tl_text *out, const struct tl_score_curve *plot)
{
    struct canvas canvas = canvas_of(out, plot);
    int color = 0, references = 0; /* every other reference is drawn in squares */
    put(out, "<svg viewBox=\"0 0 %.0f %.0f\" role=img>", WIDTH, HEIGHT);
    tl_text_lit(out, "<title>");
    tl_score_put_escaped(out, plot->title);
    tl_text_lit(out, "</title>");
    for (uint32_t l = 0; l < plot->count; l++)
        if (plot->lines[l].band && plot->lines[l].count > 0) put_band(&canvas, &plot->lines[l]);
    put_axes(&canvas, plot);
    for (uint32_t l = 0; l < plot->count; l++) {
        const struct tl_curve_line *line = &plot->lines[l];
        char name[16] = "ref";
        if (line->count == 0 || line->band) continue;
        if (!line->reference) snprintf(name, sizeof name, "s%d", color++);
        if (line->style == TL_STYLE_LINE)
            put_path(&canvas, line, name);
        else
            put_marks(&canvas, line, name, line->reference && references++ % 2 == 1);
    }
    tl_text_lit(out, "</svg>");
    put_legend(out, plot);
}
