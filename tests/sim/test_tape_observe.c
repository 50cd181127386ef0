/* SPDX-License-Identifier: Apache-2.0
 * An observer of quote paths sees the engine's NBBO and changes nothing. */
#include "lib/harness.h"
#include "lib/tape_fixture.h"
#include "tape/market_observe.h"

#define SOME_TIME 1790000000LL /* 2026-09-21, an ordinary Monday */
#define SECONDS 20

struct seen {
    uint64_t paths, points;
    int64_t second; /* of the last path */
    bool broken;
};

static void see(void *context, const struct tl_second *second, const struct tl_quote_path *path)
{
    struct seen *seen = context;
    seen->paths++;
    seen->points += path->count;
    seen->second = second->second;
    if (path->points[0].ts != second->second * TL_NS_PER_S) seen->broken = true;
    if (path->points[path->count - 1].bid != second->latent->bid[1]) seen->broken = true;
}

TL_TEST("an observer sees one path a symbol and second, and the tape stays the same")
{
    struct tl_market_options options = tl_market_options_default();
    int64_t start = tape_session_start(SOME_TIME) + 100;
    struct tape_fixture tape;
    if (!tape_open(&tape, &options, start)) return;
    struct tl_digest alone = tape_digest(&tape, SECONDS);
    tape_close(&tape);

    struct seen seen = {0};
    if (!tape_open(&tape, &options, start)) return;
    tl_market_observe(tape.market, see, &seen);
    struct tl_digest watched = tape_digest(&tape, SECONDS);
    CHECK_INT(seen.paths, SECONDS * tl_market_symbol_count(tape.market));
    CHECK_INT(seen.second, start + SECONDS - 1);
    CHECK(seen.points > seen.paths && !seen.broken);
    CHECK(alone.count[TL_STREAM_EQUITY_QUOTE] > 0 && tl_digest_equal(&alone, &watched));

    tl_market_observe(tape.market, NULL, NULL);
    tape_step(&tape);
    CHECK_INT(seen.second, start + SECONDS - 1);
    tape_close(&tape);
}
