/* SPDX-License-Identifier: Apache-2.0
 * On the wire (ts, seq) is the total order of a stream. */
#include "lib/harness.h"
#include "wire/from_tape.h"

TL_TEST("events of one millisecond go onto the wire by stream, then seq, with their truth")
{
    struct tl_event events[5] = {{.ts = 5100000, .seq = 9, .stream = TL_STREAM_EQUITY_PRINT},
                                 {.ts = 5200000, .seq = 3, .stream = TL_STREAM_EQUITY_PRINT},
                                 {.ts = 5900000, .seq = 4, .stream = TL_STREAM_OPTION_NBBO},
                                 {.ts = 6000000, .seq = 8, .stream = TL_STREAM_EQUITY_PRINT},
                                 {.ts = 6000001, .seq = 7, .stream = TL_STREAM_EQUITY_PRINT}};
    struct tl_truth truth[5] = {
        {.parent_id = 9}, {.parent_id = 3}, {.parent_id = 4}, {.parent_id = 8}, {.parent_id = 7}};
    struct tl_batch batch = {events, truth, 5, 5, 0};
    static const tl_seq expected[5] = {4, 3, 9, 7, 8};
    tl_wire_order(&batch);
    for (size_t i = 0; i < 5; i++) {
        CHECK_INT(events[i].seq, expected[i]);
        CHECK_INT(truth[i].parent_id, expected[i]);
    }
}
