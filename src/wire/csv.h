/* SPDX-License-Identifier: Apache-2.0
 * Files of engine events: CSV and JSON Lines, with what the public JSON leaves out: ns times,
 * execution times, sizes at the inside, the OPRA and CTA sale conditions themselves. And truth
 * rows: the hidden label of an event, always in a file of its own, joined by (stream, seq).
 *
 * Event columns, in this order; CSV leaves those empty that a stream has not, JSON Lines leaves
 * them out: stream        option_nbbo option_print equity_quote equity_print ts_ns         market
 * time: report time of a print, publication time of a quote seq           place in the stream;
 * (stream, seq) is unique symbol        the underlying expiry        YYYY-MM-DD options strike USD
 * options right         C or P                                       options price         USD a
 * share                                  prints size          contracts or shares prints venue name
 * as in the public JSON                   prints off_exchange  0 or 1 equity prints multi_venue   0
 * or 1: one order took several venues        option prints conditions    sale condition: one OPRA
 * code, or four CTA/UTP codes by slot; blank is '-' executed_ns   when it traded, <= ts_ns prints
 *   bid ask       USD; at an option print: the NBBO in force, empty when none was
 *   bid_size ask_size                                          contracts or shares
 *   quote_ns      when that NBBO was set                       option prints
 *   spot_bid spot_ask spot_ns   the stock's NBBO in force      option prints
 *   iv            implied volatility of the price, a year; empty: none
 * Truth columns: stream, ts_ns, seq, parent_id (0: none), subtype, side (1 the buyer was the
 * aggressor, -1 the seller, 0 neither), package (legs of one package share it; 0: single).
 *
 * ns and ids above 2^53 are strings in JSON Lines, numbers in CSV. Prices are exact decimals. Rows
 * end in \n. A row is written whole or not at all (overflow). */
#ifndef TL_WIRE_CSV_H
#define TL_WIRE_CSV_H

#include <tapeloom/event.h>
#include "base/text.h"

#define TL_CSV_ROW_MAX                                                                             \
    640 /* bytes: every row and header line is shorter, in CSV and JSON Lines                      \
         */

void tl_csv_put_header(struct tl_text *out);
void tl_csv_put_event(struct tl_text *out, const struct tl_event *event, struct tl_str symbol);
void tl_jsonl_put_event(struct tl_text *out, const struct tl_event *event, struct tl_str symbol);

void tl_csv_put_truth_header(struct tl_text *out);
void tl_csv_put_truth(struct tl_text *out, const struct tl_event *event,
                      const struct tl_truth *truth);
void tl_jsonl_put_truth(struct tl_text *out, const struct tl_event *event,
                        const struct tl_truth *truth);

#endif
