/* SPDX-License-Identifier: Apache-2.0
 * Message ids seen within the last 120 s, as a bounded set. */
#ifndef TL_BUS_DEDUPE_H
#define TL_BUS_DEDUPE_H

#include <tapeloom/types.h>

struct tl_dedupe;

struct tl_dedupe *tl_dedupe_create(void); /* NULL: out of memory */
void tl_dedupe_destroy(struct tl_dedupe *dedupe);
/* True if the id was added within 120 s before `now` (ascending); otherwise it is added. */
bool tl_dedupe_seen(struct tl_dedupe *dedupe, struct tl_str id, tl_ns now);

#endif
