/* SPDX-License-Identifier: Apache-2.0
 * The stylised facts of the running session as JSON, for GET /lab/facts: computed every five seconds
 * on the session's thread, which knows every mid, with what the loop's thread has seen printed.
 *
 *   {"computed":ms,"panels":[{"id","title","x","y","log_x","log_y","ticks":[…]|null,
 *     "numbers":[{"label","value"|null,"low"|null,"high"|null,"n","verdict"}],
 *     "lines":[{"label","style":"line|dots|bars","reference","points":[[x,y],…]}],
 *     "band":[[x,low,high],…]|null}]}
 */
#ifndef TL_SERVICES_API_LAB_H
#define TL_SERVICES_API_LAB_H

#include <tapeloom/market.h>
#include "services/api/buffer.h"
#include "services/api/inbox.h"

struct tl_api_lab;

struct tl_api_lab *tl_api_lab_create(void); /* NULL: out of memory */
void tl_api_lab_destroy(struct tl_api_lab *lab);

/* Loop's thread: what was printed. */
void tl_api_lab_print(struct tl_api_lab *lab, const struct tl_api_item *item);

/* Session's thread: after each step of the market, in order. */
void tl_api_lab_second(struct tl_api_lab *lab, const struct tl_market *market,
                       int64_t session_start_s, int64_t second);
/* Session's thread: computes anew when it is due. */
void tl_api_lab_compute(struct tl_api_lab *lab, const struct tl_market *market);

/* Any thread: appends the JSON; false: nothing computed yet. */
bool tl_api_lab_put(struct tl_api_lab *lab, struct tl_api_buffer *out);

#endif
