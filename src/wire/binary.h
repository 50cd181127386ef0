/* SPDX-License-Identifier: Apache-2.0
 * The compact file of engine events, exact to the last field. All fixed-width integers are
 * little-endian; `v` is a LEB128 varint (7 bits a byte, low first, at most 10 bytes), `z` the same
 * of a zigzagged signed value ((n << 1) ^ (n >> 63)).
 *
 *   file     header block*
 *   header   "TLTAPE1\n"  u32 symbol count (1..1024)  count x { u8 size (1..11), bytes }
 *            u64 checksum of the header's bytes before it
 *   block    u32 event count (1..65536)  u32 payload size  i64 base ts (ns)
 *            u64 checksum of the block's 16 bytes before it and its payload   payload: event*
 *   event    u8 tag: bits 0-1 stream (enum tl_stream), 2 put, 3 nbbo_known, 4 multi_venue,
 *                    5 off_exchange, 6 a truth record follows the event; 7 zero
 *            z ts - (ts of the event before; the block's base ts for the first)
 *            v symbol index
 *            z seq - ((floor(ts / 1e9) - 1577836800) << 24 | symbol << 14)
 *            then by stream (a contract is: z expiry day, v strike milli)
 *     option_nbbo   contract  v bid  v ask  v bid_size  v ask_size
 *     option_print  contract  v price  v size  u8 venue  u8 condition  z ts - executed
 *                   v bid  v ask  v bid_size  v ask_size  z ts - nbbo_ts     (if nbbo_known)
 *                   v spot_bid  v spot_ask  z ts - spot_ts  v iv_e6
 *     equity_quote  v bid  v ask  v bid_size  v ask_size
 *     equity_print  v price  v size  u8 venue  4 bytes conditions  z ts - executed
 *     truth         u64 parent_id  u8 subtype  u8 side + 1  v package
 *
 * checksum: h = 0xcbf29ce484222325; per 8 bytes (the last ones padded with zeros) h = mix64(h ^
 * word), mix64 the splitmix64 finaliser; last h = mix64(h ^ size). It finds damage, not malice.
 *
 * A reader takes a file that ends inside a block as cut short there (TL_AGAIN): all blocks before
 * it are good. Blocks are independent once the header is known. Readers refuse what no writer here
 * makes: an unknown venue, an index past the symbols, a size below 1 (TL_CORRUPT). */
#ifndef TL_WIRE_BINARY_H
#define TL_WIRE_BINARY_H

#include <tapeloom/event.h>
#include "base/text.h"

#define TL_BINARY_EVENT_MAX 192                             /* bytes: an encoded event is shorter */
#define TL_BINARY_HEADER_MAX (12 + 12 * TL_SYMBOLS_MAX + 8) /* bytes */
#define TL_BINARY_BLOCK_HEAD 24                             /* bytes before a payload */
#define TL_BINARY_BLOCK_EVENTS_MAX 65536

/* The header. TL_INVALID: no symbols, more than 1024, or a ticker empty or over 11 bytes. */
enum tl_status tl_binary_put_header(struct tl_text *out, const struct tl_str *symbols, size_t count,
                                    struct tl_error *error) TL_MUST_USE;

/* One block of events [0, count), count <= TL_BINARY_BLOCK_EVENTS_MAX; count 0 writes nothing.
 * truth: NULL, or as many records. Needs room for 24 + 192 x count bytes, or overflow is set and
 * nothing is written. */
void tl_binary_put_block(struct tl_text *out, const struct tl_event *events,
                         const struct tl_truth *truth, size_t count);

/* Reads the header at the start of `bytes`: symbols[] borrow from it, *size is its length.
 * TL_AGAIN: more bytes are needed. TL_FULL: more than capacity symbols. TL_CORRUPT: not such a
 * file. */
enum tl_status tl_binary_get_header(struct tl_str bytes, struct tl_str *symbols, size_t capacity,
                                    size_t *count, size_t *size,
                                    struct tl_error *error) TL_MUST_USE;

/* Appends the block at the start of `bytes` to the batch (whose room must be enough: TL_FULL, then
 * nothing was appended); *size is the block's length. Where the batch keeps truth, events without a
 * record get a zeroed one. symbol_count: from the header. TL_AGAIN: the block is not complete in
 * `bytes`. TL_CORRUPT: damaged. */
enum tl_status tl_binary_get_block(struct tl_str bytes, size_t symbol_count, struct tl_batch *batch,
                                   size_t *size, struct tl_error *error) TL_MUST_USE;

#endif
