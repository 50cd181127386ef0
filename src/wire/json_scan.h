/* SPDX-License-Identifier: Apache-2.0
 * A strict pull scanner over one JSON text (RFC 8259, valid UTF-8, no lone surrogates). Never reads
 * past the text; a fault is sticky: every later call fails. Values that nobody asked for are
 * checked and skipped, nested to TL_SCAN_DEPTH_MAX. Strings without escapes are borrowed from the
 * text; others are unescaped into scratch.
 *
 *     struct tl_scan scan = tl_scan_from(json, scratch);
 *     struct tl_str key;
 *     if (tl_scan_open(&scan, '{'))
 *         while (tl_scan_key(&scan, &key)) ... one value ...
 *     if (!tl_scan_done(&scan)) fault */
#ifndef TL_WIRE_JSON_SCAN_H
#define TL_WIRE_JSON_SCAN_H

#include "wire/market_json.h"

#define TL_SCAN_DEPTH_MAX 32

enum tl_scan_kind {
    TL_SCAN_FAULT, /* nothing that starts a value */
    TL_SCAN_STRING,
    TL_SCAN_NUMBER,
    TL_SCAN_TRUE,
    TL_SCAN_FALSE,
    TL_SCAN_NULL,
    TL_SCAN_OBJECT,
    TL_SCAN_ARRAY
};

struct tl_scan {
    const char *at, *end;
    struct tl_json_scratch *scratch;
    bool fault, first; /* first: just behind an opening bracket */
};

/* scratch->used is set to 0. */
struct tl_scan tl_scan_from(struct tl_str json, struct tl_json_scratch *scratch);
enum tl_scan_kind tl_scan_peek(struct tl_scan *scan); /* skips white space */
bool tl_scan_open(struct tl_scan *scan, char bracket);
/* Next key of the open object, colon eaten; false at its end (eaten) or on a fault. */
bool tl_scan_key(struct tl_scan *scan, struct tl_str *key);
/* The same, quicker when the key is the guess. */
bool tl_scan_key_near(struct tl_scan *scan, struct tl_str guess, struct tl_str *key);
/* Whether the open array holds another item; false at its end (eaten) or on a fault. */
bool tl_scan_item(struct tl_scan *scan);
bool tl_scan_string(struct tl_scan *scan, struct tl_str *str);
/* Finite only: 1e999 is a fault. */
bool tl_scan_number(struct tl_scan *scan, double *value);
/* A number that is an integer in -(2^53 - 1)..2^53 - 1; 1.0 and 1e3 count as integers. */
bool tl_scan_int(struct tl_scan *scan, int64_t *value);
bool tl_scan_bool(struct tl_scan *scan, bool *value);
bool tl_scan_skip(struct tl_scan *scan); /* one value of any kind */
bool tl_scan_done(struct tl_scan *scan); /* only white space is left, and no fault */

#endif
