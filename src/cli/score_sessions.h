/* SPDX-License-Identifier: Apache-2.0
 * Which sessions of the engine are scored: ordinary days, because the bands are of such. */
#ifndef TL_CLI_SCORE_SESSIONS_H
#define TL_CLI_SCORE_SESSIONS_H

#include "market/calendar.h"

/* The first `count` sessions at or after start_s (seconds, UTC) that are no half days and no third
 * Fridays. */
void tl_score_ordinary_sessions(int64_t start_s, struct tl_session_span *spans, uint32_t count);

/* `count` sessions for prints and quotes: a Wednesday and a Friday, then Tuesdays, a Monday and a
 * Friday after each (what expires differs, O1 and O2; the reference is a Tuesday and a Friday), ordinary as above and in volatility: the first whose market volatility and index IV
 * are near their medians, or of the next hundred the nearest. session_seed: of
 * tl_market_session_seed. Pure. */
void tl_score_tape_sessions(int64_t start_s, uint64_t session_seed, struct tl_session_span *spans,
                            uint32_t count);

#endif
