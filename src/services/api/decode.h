/* SPDX-License-Identifier: Apache-2.0
 * One bus message to one inbox item, with the page's row. Owned by one thread. */
#ifndef TL_SERVICES_API_DECODE_H
#define TL_SERVICES_API_DECODE_H

#include "services/api/inbox.h"

struct tl_api_decoder;

struct tl_api_decoder *tl_api_decoder_create(void); /* NULL when out of memory */
void tl_api_decoder_destroy(struct tl_api_decoder *decoder);

struct tl_api_lab;
/* Shows it every quote, stock print and raw option print that is decoded; it must outlive this. */
void tl_api_decoder_watch(struct tl_api_decoder *decoder, struct tl_api_lab *lab);

/* The item's strings live until the next call. TL_INVALID: not what the schema says. */
enum tl_status tl_api_decode(struct tl_api_decoder *decoder, enum tl_api_feed feed,
                             struct tl_str json, struct tl_api_item *item,
                             struct tl_error *error) TL_MUST_USE;

/* Columns of the page feed, as the hello message tells them: {"opt":[…],"eq":[…],"sm":[…]}. */
extern const char tl_api_page_columns[];

#endif
