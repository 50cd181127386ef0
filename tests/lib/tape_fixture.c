/* SPDX-License-Identifier: Apache-2.0
 * A market and a batch for tests of the engine. */
#include "lib/tape_fixture.h"

#include <stdlib.h>

#include "lib/harness.h"

bool tape_open(struct tape_fixture *tape, const struct tl_market_options *options, int64_t second)
{
    struct tl_error error = {0};
    *tape = (struct tape_fixture){0};
    tape->batch.capacity = TAPE_EVENTS_MAX;
    tape->batch.events = calloc(TAPE_EVENTS_MAX, sizeof *tape->batch.events);
    tape->batch.truth = calloc(TAPE_EVENTS_MAX, sizeof *tape->batch.truth);
    if (tape->batch.events && tape->batch.truth &&
        tl_market_create(options, &tape->market, &error) == TL_OK &&
        tl_market_seek(tape->market, second, &error) == TL_OK)
        return true;
    test_fail(__FILE__, __LINE__, "market: %s", error.text);
    tape_close(tape);
    return false;
}

void tape_close(struct tape_fixture *tape)
{
    tl_market_destroy(tape->market);
    free(tape->batch.events);
    free(tape->batch.truth);
    *tape = (struct tape_fixture){0};
}

void tape_step(struct tape_fixture *tape)
{
    tape->batch.count = 0;
    tl_market_step(tape->market, &tape->batch);
}

struct tl_digest tape_digest(struct tape_fixture *tape, int seconds)
{
    struct tl_digest digest = {0};
    for (int i = 0; i < seconds; i++) {
        tape_step(tape);
        tl_digest_batch(&digest, &tape->batch, tape->market);
    }
    return digest;
}

int64_t tape_session_start(int64_t second)
{
    struct tape_fixture tape;
    struct tl_session_state state = {0};
    struct tl_market_options options = tl_market_options_default();
    if (!tape_open(&tape, &options, second)) return second;
    tl_session_state(tape.market, &state);
    tape_close(&tape);
    return state.session_start_s;
}
