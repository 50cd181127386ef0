/* SPDX-License-Identifier: Apache-2.0
 * Reading event files in CSV (the columns stand in csv.h), one line at a time: our own files, and
 * quotes and prints of other sources put into the same columns.
 *
 * Strict: the header may leave columns out and have them in any order, but may not have others or
 * one twice; stream, ts_ns and symbol must be there. A row has as many fields as the header; what
 * its stream does not have must be empty. No quotes, no spaces, numbers in plain decimals with at
 * most the places an event holds. Rows must not go back in time. A line may end in \r.
 *
 * Left out or empty: seq counts up by itself, executed_ns is ts_ns, venue the first of the list
 * (OTC when off_exchange is 1), conditions blank, sizes of quotes 0. Needed: price and size on
 * prints; bid and ask on quotes; expiry, strike, right on options. */
#ifndef TL_WIRE_CSV_READ_H
#define TL_WIRE_CSV_READ_H

#include <tapeloom/event.h>

#define TL_CSV_COLUMNS 23
#define TL_CSV_LINE_MAX 4096 /* bytes of a line that is read */

struct tl_csv_reader {
    uint64_t line; /* the last one read, 1-based; 0: none yet */
    uint32_t fields;
    int8_t column_at[TL_CSV_COLUMNS]; /* field of the header -> column */
    bool has[TL_CSV_COLUMNS];
    tl_ns last_ts;
    tl_seq next_seq[TL_STREAM_COUNT];
};

/* The header line, without its \n. The reader is overwritten. TL_INVALID: error names the column. */
enum tl_status tl_csv_read_header(struct tl_csv_reader *reader, struct tl_str line,
                                  struct tl_error *error) TL_MUST_USE;

/* One row, without its \n. event->sym and contract.sym are 0: the caller knows the symbols; *symbol
 * is borrowed from the line. TL_INVALID: error names line and column, nothing else is set. */
enum tl_status tl_csv_read_row(struct tl_csv_reader *reader, struct tl_str line,
                               struct tl_event *event, struct tl_str *symbol,
                               struct tl_error *error) TL_MUST_USE;

#endif
