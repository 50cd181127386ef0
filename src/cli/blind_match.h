/* SPDX-License-Identifier: Apache-2.0
 * Prints of hidden orders, each beside background prints of its own cell (blind_print.h). */
#ifndef TL_CLI_BLIND_MATCH_H
#define TL_CLI_BLIND_MATCH_H

#include <tapeloom/event.h>
#include "score/blind_print.h"

#define TL_BLIND_MATCHES 4 /* background prints a print of ours is held against, at most */

/* What is judged together; all but the first two are the groups that are reported apart. */
enum tl_blind_scope {
    TL_BLIND_MAIN,
    TL_BLIND_NOISE,
    TL_BLIND_CONVERSION,
    TL_BLIND_BOX,
    TL_BLIND_FAR,   /* far-dated conviction */
    TL_BLIND_BLOCK, /* floor and cross prints of any other order */
    TL_BLIND_SCOPES
};

enum tl_blind_scope tl_blind_scope_of(enum tl_subtype subtype, char condition);
const char *tl_blind_scope_name(enum tl_blind_scope scope);

/* One order, as far as its prints are of one scope. */
struct tl_blind_instance {
    uint64_t parent_id;
    uint32_t session; /* index of its seed */
    uint8_t subtype, scope;
    uint32_t prints, matched;
};

/* A print of an order that was matched, or a background print beside it. */
struct tl_blind_sample {
    float x[TL_BLIND_FEATURES];
    uint32_t instance;
    float share; /* 1; of a match 1 over how many there are for the same print */
    bool own;
};

struct tl_blind_candidate;

struct tl_blind_match {
    struct tl_blind_instance *instances; /* owned, as the next */
    struct tl_blind_sample *samples;
    uint32_t instance_count, instance_room;
    size_t sample_count, sample_room;
    /* The half hour in hand. */
    struct tl_blind_candidate *candidates;
    size_t candidate_count, candidate_room;
    uint32_t session, session_first; /* its first instance */
    bool full;                       /* no memory for more: nothing here may be used */
};

/* A zeroed match is empty. */
void tl_blind_match_deinit(struct tl_blind_match *match);
void tl_blind_match_session(struct tl_blind_match *match, uint32_t session);
void tl_blind_match_print(struct tl_blind_match *match, const struct tl_blind_print *print,
                          const struct tl_event *event, const struct tl_truth *truth);
/* After the last print of a half hour (the cells hold it): matches what is in hand. Of the
 * background prints of a cell each order's print takes the next ones in an order that is a hash of
 * their place in the tape; where there are few they serve several times. */
void tl_blind_match_flush(struct tl_blind_match *match);

#endif
