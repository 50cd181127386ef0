/* SPDX-License-Identifier: Apache-2.0
 * The features file: what the classifier's weights are fitted on. Text, a line a record, tabs
 * between fields:
 *   F names...                                        once, first: the evidence fields in order
 *   P seed ms symbol instance usd values...           a judgement: its instance (-1: nobody's) and
 *                                                     what it holds of it
 *   I seed instance subtype prints first_ms usd       an instance, after its session's judgements
 *   S seed start_s seconds prints                     a session, last of it
 * Lines of sessions that ran at the same time are mixed; those of one session keep their order. */
#ifndef TL_CLI_EVAL_ROWS_H
#define TL_CLI_EVAL_ROWS_H

#include <stdio.h>

#include "cli/eval_truth.h"

void tl_eval_row_header(FILE *out);
void tl_eval_row_judged(FILE *out, const struct tl_eval_session *session,
                        const struct tl_smart_money *event, const struct tl_evidence *evidence);
void tl_eval_row_session(FILE *out, const struct tl_eval_session *session);

#endif
