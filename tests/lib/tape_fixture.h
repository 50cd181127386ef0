/* SPDX-License-Identifier: Apache-2.0
 * A market and a batch for tests of the engine. */
#ifndef TL_TESTS_TAPE_FIXTURE_H
#define TL_TESTS_TAPE_FIXTURE_H

#include "tape/digest.h"

#define TAPE_EVENTS_MAX (1 << 16)

struct tape_fixture {
    struct tl_market *market;
    struct tl_batch batch; /* its arrays hold TAPE_EVENTS_MAX events */
};

/* false (and a failed check): the market could not be made or positioned. */
bool tape_open(struct tape_fixture *tape, const struct tl_market_options *options, int64_t second);
void tape_close(struct tape_fixture *tape);
/* One second into the batch (emptied first). */
void tape_step(struct tape_fixture *tape);
/* Digest of the next `seconds` seconds. */
struct tl_digest tape_digest(struct tape_fixture *tape, int seconds);
/* Start of the session that holds (continuous calendar) the second. */
int64_t tape_session_start(int64_t second);

#endif
