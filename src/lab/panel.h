/* SPDX-License-Identifier: Apache-2.0
 * One panel of the Lab as JSON, and what the panels share.
 *
 *     {"id":"memory","title":…,"what":…,"word":"pass","sample":…,"note":…|null,"computed_at":ms,
 *      "numbers":[{"label":…,"value":x|null,"low":…|null,"high":…|null,"n":…,"n_min":…,"word":…}],
 *      "sets":[{"name":"SPY","x_axis":{"label":…,"log":false},"y_axis":{…},"x":[…],"categories":[…]|null,"series":[{"label":…,"style":"line","y":[…|null]}]}]}
 *
 * Words: pass within the band; watch outside by at most a quarter of its width, or measured on fewer
 * than n_min; fail further. A panel's word is its worst number's. */
#ifndef TL_LAB_PANEL_H
#define TL_LAB_PANEL_H

#include "lab/lab.h"
#include "score/estimate.h"

struct tl_lab_work {
    int64_t now_ms;
    uint32_t minutes;     /* of the window, oldest first */
    int64_t first_minute; /* of the window */
    uint32_t names;       /* with at least TL_LAB_RETURNS_MIN returns */
    uint32_t name[TL_LAB_NAMES];
    double rms[TL_LAB_NAMES];          /* of each of them */
    double shape[TL_LAB_HALF_HOURS];   /* volatility over its mean; 1 where too little was seen */
    double shape_n[TL_LAB_HALF_HOURS]; /* minutes seen */
    double r[TL_LAB_NAMES][TL_LAB_MINUTES]; /* log returns by minute; NaN: none */
    double scratch[TL_LAB_NAMES * TL_LAB_MINUTES];
};

#define TL_LAB_RETURNS_MIN 30 /* of a name; fewer tell nothing */

struct tl_panel {
    struct tl_text *out;
    const char *id, *title, *what, *sample, *note; /* note NULL: none */
    double n;                                      /* the sample's size */
};

struct tl_panel_set { /* curves over one x */
    const char *name, *x_label, *y_label;
    bool x_log, y_log;
    const double *x;
    size_t count;
    const char *const *categories; /* [count] names of the x; NULL: x is a quantity */
};

struct tl_panel_number {
    const char *label;
    double value, low, high; /* infinite ends are open */
    double n, n_min;
};

enum tl_panel_word { TL_PANEL_PASS, TL_PANEL_WATCH, TL_PANEL_FAIL };
enum tl_panel_word tl_panel_judge(const struct tl_panel_number *number);
const char *tl_panel_word_name(enum tl_panel_word word);

/* Opens the panel and its list of sets; then sets, then tl_panel_close. */
void tl_panel_open(const struct tl_panel *panel, const struct tl_lab_work *work,
                   const struct tl_panel_number *numbers, size_t count);
void tl_panel_set_open(struct tl_text *out, const struct tl_panel_set *set);
/* style: "line", "dots", "bars", "edge" (an edge of a band). */
void tl_panel_series(struct tl_text *out, const char *label, const char *style, const double *y,
                     size_t count);
void tl_panel_set_close(struct tl_text *out);
void tl_panel_close(struct tl_text *out);
/* Rounded to 6 significant digits; not finite: null. */
void tl_panel_put_double(struct tl_text *out, double value);

#endif
