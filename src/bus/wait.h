/* SPDX-License-Identifier: Apache-2.0
 * A lock with a condition on the monotonic clock: waiting with a deadline, as the rooms need it. */
#ifndef TL_BUS_WAIT_H
#define TL_BUS_WAIT_H

#include <pthread.h>
#include <tapeloom/types.h>

struct tl_wait {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int waiters; /* under the lock; a signal is sent only when somebody waits */
};

void tl_wait_init(struct tl_wait *wait);
void tl_wait_deinit(struct tl_wait *wait);
void tl_wait_lock(struct tl_wait *wait);
void tl_wait_unlock(struct tl_wait *wait);
void tl_wait_wake(struct tl_wait *wait); /* with the lock held */
/* With the lock held: waits for a wake or the deadline (monotonic). False: the deadline passed. */
bool tl_wait_until(struct tl_wait *wait, tl_ns deadline);

#endif
