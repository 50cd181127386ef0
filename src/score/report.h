/* SPDX-License-Identifier: Apache-2.0
 * What a scoring run says: rows, each of one or several numbers with a band, and their verdicts.
 *
 * A module of estimators declares its rows (tl_score_row) and puts the numbers it measured, each
 * with the band a believable tape falls in, next to the estimator that defines it. A row of several
 * numbers is in when all are; a number measured over names is in when 80 % of the names are.
 *
 *     in    within the band              near  outside by at most a quarter of its width
 *     out   further                      far   outside by more than one width (counted as out)
 *     n/a   not measured, or on fewer than the row's minimum sample: leaves the denominator
 *
 * Over names with too few in: near when 80 % are in or near, else out (far where the median is).
 * A row is as good as its worst measured number; numbers that are n/a do not count against it.
 *
 * Open bands: low -INFINITY or high INFINITY; their width is taken as |the finite end|. */
#ifndef TL_SCORE_REPORT_H
#define TL_SCORE_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TL_SCORE_ROWS_MAX 128
#define TL_SCORE_NUMBERS_MAX 24 /* of one row */
#define TL_SCORE_NAMES_MAX 1024 /* the largest universe */

enum tl_score_verdict { TL_SCORE_NA, TL_SCORE_IN, TL_SCORE_NEAR, TL_SCORE_OUT, TL_SCORE_FAR };

struct tl_score_number {
    const char *label;      /* "lag 60"; static storage */
    double value;           /* over names: their median */
    double low, high;       /* over names: the bands' medians */
    double n;               /* sample size behind the value, in the row's own unit */
    uint32_t names, inside; /* over names: how many were measured, how many are in; 0: plain */
    enum tl_score_verdict verdict;
};

struct tl_score_row {
    const char *id, *name; /* "E1", "heavy tails, 1 min"; static storage */
    char confidence;       /* 'H', 'M', 'L' */
    double n_min;     /* minimum sample of the numbers put from here on; may be set between puts */
    const char *note; /* why n/a, or what the number leaves out; NULL: nothing */
    uint32_t count;
    struct tl_score_number numbers[TL_SCORE_NUMBERS_MAX];
    enum tl_score_verdict verdict;
};

struct tl_score_report {
    uint32_t count;
    struct tl_score_row rows[TL_SCORE_ROWS_MAX];
};

/* Declares a row, or finds the declared one. Never NULL: more rows than fit is a programmer's
 * error (assert). */
struct tl_score_row *tl_score_row(struct tl_score_report *report, const char *id, const char *name,
                                  char confidence, double n_min);

/* One number of a row. A value that is not finite, or n below the row's minimum: n/a. */
void tl_score_put(struct tl_score_row *row, const char *label, double value, double low,
                  double high, double n);

/* The same number measured name by name; values, lows, highs, ns: [names]. Names with a value that
 * is not finite or too small a sample are left out. lows and highs may differ by name. */
void tl_score_put_names(struct tl_score_row *row, const char *label, const double *values,
                        const double *lows, const double *highs, const double *ns, uint32_t names);

/* Fills every verdict; rows in the order of their ids (E before O, by number). */
void tl_score_finish(struct tl_score_report *report);

const char *
tl_score_verdict_name(enum tl_score_verdict verdict); /* "in" "near" "out" "far" "n/a" */

#endif
