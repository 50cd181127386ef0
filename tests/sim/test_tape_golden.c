/* SPDX-License-Identifier: Apache-2.0
 * Golden digests: one minute of tape a preset, in its third hour. A changed digest changes the
 * tape of every user: it is a commit of its own that says why (--update-golden writes them). */
#include "lib/harness.h"
#include "lib/tape_fixture.h"

#define SOME_TIME 1790008000LL

TL_TEST("one minute of tape a preset has its golden digest")
{
    for (int preset = 0; preset < TL_PRESET_COUNT; preset++) {
        struct tl_control_entry entry = {.effective_s = 0, .state = tl_control_default()};
        entry.state.preset = (enum tl_preset)preset;
        struct tl_market_options options = tl_market_options_default();
        options.log = (struct tl_control_log){&entry, 1};
        struct tape_fixture tape;
        char bytes[512], name[64];
        struct tl_text text = {bytes, 0, sizeof bytes, false}, path = {name, 0, sizeof name, false};
        if (!tape_open(&tape, &options, SOME_TIME)) return;
        struct tl_digest digest = tape_digest(&tape, 60);
        tape_close(&tape);
        tl_digest_put(&text, &digest);
        tl_text_lit(&path, "digest_");
        tl_text_lit(&path, tl_preset_name((enum tl_preset)preset));
        tl_text_lit(&path, ".txt");
        CHECK(test_golden(tl_text_cstr(&path), text.data, text.size, __FILE__, __LINE__));
    }
}
