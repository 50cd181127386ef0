/* SPDX-License-Identifier: Apache-2.0
 * Market events <-> public JSON. Encoding appends by hand in the contract's field order; decoding
 * is a strict fixed-schema scanner (unknown keys skipped, numbers never coerced from strings, null
 * is absent for OptionPrint's optional scalars), fuzzed, never reading past the message. Strings of
 * the decoded struct point into `json`, or into scratch where they held escapes. */
#ifndef TL_WIRE_MARKET_JSON_H
#define TL_WIRE_MARKET_JSON_H

#include <tapeloom/contract.h>
#include "base/text.h"

#define TL_JSON_EVENT_MAX 4096 /* bytes: an encoded market event is always shorter */

struct tl_json_scratch {
    char bytes[4096]; /* unescaped strings of one event */
    size_t used;
};

void tl_json_put_option_print(struct tl_text *out, const struct tl_wire_option_print *print);
void tl_json_put_option_nbbo(struct tl_text *out, const struct tl_wire_option_nbbo *nbbo);
void tl_json_put_equity_print(struct tl_text *out, const struct tl_wire_equity_print *print);
void tl_json_put_equity_quote(struct tl_text *out, const struct tl_wire_equity_quote *quote);
void tl_json_put_candle(struct tl_text *out, const struct tl_wire_candle *candle);

/* TL_INVALID: not JSON, a required field missing or of the wrong type or range; error names the
 * field. */
enum tl_status tl_json_get_option_print(struct tl_str json, struct tl_wire_option_print *print,
                                        struct tl_json_scratch *scratch,
                                        struct tl_error *error) TL_MUST_USE;
enum tl_status tl_json_get_option_nbbo(struct tl_str json, struct tl_wire_option_nbbo *nbbo,
                                       struct tl_json_scratch *scratch,
                                       struct tl_error *error) TL_MUST_USE;
enum tl_status tl_json_get_equity_print(struct tl_str json, struct tl_wire_equity_print *print,
                                        struct tl_json_scratch *scratch,
                                        struct tl_error *error) TL_MUST_USE;
enum tl_status tl_json_get_equity_quote(struct tl_str json, struct tl_wire_equity_quote *quote,
                                        struct tl_json_scratch *scratch,
                                        struct tl_error *error) TL_MUST_USE;
enum tl_status tl_json_get_candle(struct tl_str json, struct tl_wire_candle *candle,
                                  struct tl_json_scratch *scratch,
                                  struct tl_error *error) TL_MUST_USE;

/* Any event: only meta, and ts (source_ts where there is no ts). */
struct tl_wire_head {
    struct tl_meta meta;
    int64_t ts;
};
enum tl_status tl_json_get_head(struct tl_str json, struct tl_wire_head *head,
                                struct tl_json_scratch *scratch,
                                struct tl_error *error) TL_MUST_USE;

#endif
