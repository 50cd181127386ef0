/* SPDX-License-Identifier: Apache-2.0
 * Client messages of /ws/live: {"op":"ping"}, {"op":"subscribe"|"unsubscribe","subscriptions":[…]}.
 * Unknown keys are skipped; anything else wrong refuses the whole message, naming the place. */
#ifndef TL_JSON_LIVE_REQUEST_H
#define TL_JSON_LIVE_REQUEST_H

#include <tapeloom/contract.h>
#include "base/text.h"

enum tl_live_channel {
    TL_LIVE_OPTIONS,
    TL_LIVE_FLOW,
    TL_LIVE_EQUITIES,
    TL_LIVE_SMART_MONEY,
    TL_LIVE_NBBO,
    TL_LIVE_EQUITY_QUOTES,
    TL_LIVE_EQUITY_JOINS,
    TL_LIVE_CLASSIFIER_HITS,
    TL_LIVE_ALERTS,
    TL_LIVE_INFERRED_DARK,
    TL_LIVE_EQUITY_CANDLES,
    TL_LIVE_EQUITY_OVERLAY,
    TL_LIVE_CHANNEL_COUNT
};

enum tl_live_view { TL_LIVE_VIEW_ABSENT, TL_LIVE_VIEW_SIGNAL, TL_LIVE_VIEW_RAW };
enum tl_live_security { TL_LIVE_STOCK, TL_LIVE_ETF };

#define TL_LIVE_CHOICES_MAX 16       /* items of one filter array: twice the longest useful one */
#define TL_LIVE_UNDERLYINGS_MAX 64   /* as the store's queries take */
#define TL_LIVE_SYMBOL_BYTES 32      /* longest ticker, with its NUL */
#define TL_LIVE_CONTRACT_BYTES 64    /* longest option_contract_id, with its NUL */
#define TL_LIVE_SUBSCRIPTIONS_MAX 32 /* in one message */

/* A filter array: the set, and the items as they came (they are echoed). */
struct tl_live_choices {
    uint32_t mask; /* 1 << enum value; 0: no filter */
    bool present;
    uint8_t count, items[TL_LIVE_CHOICES_MAX];
};

struct tl_live_filters {
    bool present;
    enum tl_live_view view;
    struct tl_live_choices security; /* enum tl_live_security */
    struct tl_live_choices sides;    /* enum tl_nbbo_side */
    struct tl_live_choices types;    /* enum tl_option_type */
    double min_notional;             /* < 0: absent */
};

struct tl_live_subscription {
    enum tl_live_channel channel;
    struct tl_live_filters filters;
    bool has_underlyings; /* the key was there, even if empty */
    uint32_t underlying_count;
    char underlyings[TL_LIVE_UNDERLYINGS_MAX][TL_LIVE_SYMBOL_BYTES]; /* as sent */
    char contract[TL_LIVE_CONTRACT_BYTES];                           /* "": absent */
    char underlying[TL_LIVE_SYMBOL_BYTES];                           /* candles, overlay */
    int64_t interval_ms;                                             /* candles */
    int64_t snapshot_limit;                                          /* 0: absent */
};

enum tl_live_op { TL_LIVE_PING, TL_LIVE_SUBSCRIBE, TL_LIVE_UNSUBSCRIBE };

struct tl_live_request {
    enum tl_live_op op;
    size_t count;
    struct tl_live_subscription subscriptions[TL_LIVE_SUBSCRIPTIONS_MAX];
};

/* TL_INVALID: the error's text is for the client. */
enum tl_status tl_live_request_parse(struct tl_str text, struct tl_live_request *request,
                                     struct tl_error *error) TL_MUST_USE;

const char *tl_live_channel_name(enum tl_live_channel channel);

/* The identity of a subscription: snapshot_limit is no part of it, and the order and repetition of
 * filter items are not either. At most TL_LIVE_KEY_MAX bytes. */
#define TL_LIVE_KEY_MAX 3072
void tl_live_subscription_key(struct tl_text *out, const struct tl_live_subscription *subscription);

/* The subscription as a JSON object in the schema's key order; with_limit: echo snapshot_limit. At
 * most TL_LIVE_ECHO_MAX bytes. */
#define TL_LIVE_ECHO_MAX 16384
void tl_live_subscription_put(struct tl_text *out, const struct tl_live_subscription *subscription,
                              bool with_limit);

#endif
