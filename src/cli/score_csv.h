/* SPDX-License-Identifier: Apache-2.0
 * Fills a scoring run from a CSV event file (docs/FORMATS.md section 1): one's own data, or a tape
 * written by `tapeloom generate --format csv`. */
#ifndef TL_CLI_SCORE_CSV_H
#define TL_CLI_SCORE_CSV_H

#include "cli/score_run.h"

struct tl_score_csv_facts {
    uint64_t rows, outside; /* events read; of them outside 09:30 to 16:00 New York, left out */
    uint32_t sessions;
};

/* Reads the file twice: who and when, then the events. Sessions are NYSE's; half days count for
 * prints and quotes but not for returns. Errors name the file, the line and the column. run is made
 * by the call; tl_score_run_deinit also after an error. */
enum tl_status tl_score_csv_run(const char *path, bool progress, struct tl_score_run *run,
                                struct tl_score_csv_facts *facts,
                                struct tl_error *error) TL_MUST_USE;

#endif
