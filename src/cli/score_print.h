/* SPDX-License-Identifier: Apache-2.0
 * A scoring run's report as a table for people and as JSON for programs. */
#ifndef TL_CLI_SCORE_PRINT_H
#define TL_CLI_SCORE_PRINT_H

#include "base/text.h"
#include "score/report.h"

struct tl_score_source {
    char text[256];   /* one line: what was scored */
    const char *rows; /* comma list of the ids to show; NULL: all */
};

struct tl_score_tally {
    uint32_t verdicts[TL_SCORE_FAR + 1], computed;
};

bool tl_score_shown(const struct tl_score_source *source, const char *id);
struct tl_score_tally tl_score_tally_of(const struct tl_score_source *source,
                                        const struct tl_score_report *report);
/* The number a row of several is shown by: the first of the worst. NULL: none was put. */
const struct tl_score_number *tl_score_worst(const struct tl_score_row *row);
/* "out" for far too: the four words of the output. */
const char *tl_score_word(enum tl_score_verdict verdict);
/* A value with about four digits; "-" when it is none. */
void tl_score_value_text(double value, char text[32]);
void tl_score_band_text(const struct tl_score_number *number, char text[64]);

void tl_score_print_table(const struct tl_score_source *source,
                          const struct tl_score_report *report);
void tl_score_put_json(struct tl_text *out, const struct tl_score_source *source,
                       const struct tl_score_report *report);

#endif
