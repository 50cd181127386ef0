/* SPDX-License-Identifier: Apache-2.0
 * A mutex held for one copy or one swap; a condition variable for a full box. */
#include "services/api/inbox.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct box {
    struct tl_api_item *items;
    size_t count;
    char *bytes;
    size_t used;
};

struct tl_api_inbox {
    pthread_mutex_t lock;
    pthread_cond_t swapped;
    struct box boxes[2];
    int filling;  /* index of the box that push fills */
    bool gave_up; /* a wait ended in vain since the last swap */
};

struct tl_api_inbox *tl_api_inbox_create(void)
{
    struct tl_api_inbox *inbox = calloc(1, sizeof *inbox);
    if (!inbox) return NULL;
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&inbox->swapped, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&inbox->lock, NULL);
    for (int i = 0; i < 2; i++) {
        inbox->boxes[i].items = malloc(TL_API_INBOX_ITEMS * sizeof *inbox->boxes[i].items);
        inbox->boxes[i].bytes = malloc(TL_API_INBOX_BYTES);
        if (!inbox->boxes[i].items || !inbox->boxes[i].bytes) {
            tl_api_inbox_destroy(inbox);
            return NULL;
        }
    }
    return inbox;
}

void tl_api_inbox_destroy(struct tl_api_inbox *inbox)
{
    if (!inbox) return;
    for (int i = 0; i < 2; i++) {
        free(inbox->boxes[i].items);
        free(inbox->boxes[i].bytes);
    }
    pthread_cond_destroy(&inbox->swapped);
    pthread_mutex_destroy(&inbox->lock);
    free(inbox);
}

static bool fits(const struct box *box, size_t bytes)
{
    return box->count < TL_API_INBOX_ITEMS && bytes <= TL_API_INBOX_BYTES - box->used;
}

static struct tl_str copy(struct box *box, struct tl_str str)
{
    char *to = box->bytes + box->used;
    if (str.size) memcpy(to, str.data, str.size);
    box->used += str.size;
    return (struct tl_str){to, str.size};
}

static void add(struct box *box, const struct tl_api_item *item)
{
    struct tl_api_item *to = &box->items[box->count++];
    *to = *item;
    to->json = copy(box, item->json);
    to->trace_id = copy(box, item->trace_id);
    to->key = copy(box, item->key);
    to->underlying = copy(box, item->underlying);
    to->row = copy(box, item->row);
}

static struct timespec deadline_in(int wait_ms)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_nsec += (long)(wait_ms % 1000) * 1000000L;
    at.tv_sec += wait_ms / 1000 + at.tv_nsec / 1000000000L;
    at.tv_nsec %= 1000000000L;
    return at;
}

enum tl_status tl_api_inbox_push(struct tl_api_inbox *inbox, const struct tl_api_item *item,
                                 int wait_ms)
{
    size_t bytes = item->json.size + item->trace_id.size + item->key.size + item->underlying.size +
                   item->row.size;
    enum tl_status status = TL_FULL;
    pthread_mutex_lock(&inbox->lock);
    if (!fits(&inbox->boxes[inbox->filling], bytes) && !inbox->gave_up &&
        bytes <= TL_API_INBOX_BYTES) {
        struct timespec deadline = deadline_in(wait_ms);
        int failed = 0;
        while (!failed && !fits(&inbox->boxes[inbox->filling], bytes))
            failed = pthread_cond_timedwait(&inbox->swapped, &inbox->lock, &deadline);
        inbox->gave_up = failed != 0;
    }
    if (fits(&inbox->boxes[inbox->filling], bytes)) {
        add(&inbox->boxes[inbox->filling], item);
        status = TL_OK;
    }
    pthread_mutex_unlock(&inbox->lock);
    return status;
}

size_t tl_api_inbox_take(struct tl_api_inbox *inbox, const struct tl_api_item **items)
{
    pthread_mutex_lock(&inbox->lock);
    struct box *full = &inbox->boxes[inbox->filling];
    inbox->filling = !inbox->filling;
    struct box *empty = &inbox->boxes[inbox->filling];
    empty->count = 0;
    empty->used = 0;
    inbox->gave_up = false;
    pthread_cond_signal(&inbox->swapped);
    pthread_mutex_unlock(&inbox->lock);
    *items = full->items;
    return full->count;
}
