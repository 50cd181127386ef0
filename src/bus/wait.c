/* SPDX-License-Identifier: Apache-2.0
 * A lock with a condition on the monotonic clock. */
#include "bus/wait.h"

#include <errno.h>
#include <time.h>

void tl_wait_init(struct tl_wait *wait)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&wait->lock, NULL);
    pthread_cond_init(&wait->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    wait->waiters = 0;
}

void tl_wait_deinit(struct tl_wait *wait)
{
    pthread_cond_destroy(&wait->changed);
    pthread_mutex_destroy(&wait->lock);
}

void tl_wait_lock(struct tl_wait *wait)
{
    pthread_mutex_lock(&wait->lock);
}

void tl_wait_unlock(struct tl_wait *wait)
{
    pthread_mutex_unlock(&wait->lock);
}

void tl_wait_wake(struct tl_wait *wait)
{
    if (wait->waiters > 0) pthread_cond_broadcast(&wait->changed);
}

bool tl_wait_until(struct tl_wait *wait, tl_ns deadline)
{
    struct timespec at = {(time_t)(deadline / TL_NS_PER_S), (long)(deadline % TL_NS_PER_S)};
    wait->waiters++;
    int result = pthread_cond_timedwait(&wait->changed, &wait->lock, &at);
    wait->waiters--;
    return result != ETIMEDOUT;
}
