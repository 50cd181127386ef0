/* SPDX-License-Identifier: Apache-2.0
 * Lookups by id: one packet, prints by trace id, joins by id, and what belongs to a set of prints. */
#ifndef TL_SERVICES_API_LOOKUPS_H
#define TL_SERVICES_API_LOOKUPS_H

#include "services/api/reader.h"
#include "services/api/respond.h"

#define TL_LOOKUP_ROWS_MAX 5000
#define TL_LOOKUP_QUERY_IDS_MAX 1024 /* in a query string: more do not fit a request line */

struct tl_lookups {
    struct tl_responder *responder; /* borrowed */
    struct tl_api_reader *reader;   /* borrowed */
    struct tl_api_buffer strings;   /* decoded ids of a query */
    struct tl_api_buffer ids;       /* packet ids found on the way */
};

void tl_lookups_mount(struct tl_lookups *lookups, struct tl_net *net);
void tl_lookups_deinit(struct tl_lookups *lookups);

#endif
