/* SPDX-License-Identifier: Apache-2.0
 * The operator's control state and the control log: which state is in force at which second. */
#ifndef TAPELOOM_CONTROL_H
#define TAPELOOM_CONTROL_H

#include <tapeloom/types.h>

#ifdef __cplusplus
extern "C" {
#endif

enum tl_preset {
    TL_PRESET_BALANCED_DEMO,
    TL_PRESET_EVENT_DAY,
    TL_PRESET_DEALER_DAY,
    TL_PRESET_RETAIL_CHASE,
    TL_PRESET_QUIET_RANGE,
    TL_PRESET_COUNT
};

enum tl_profile {
    TL_PROFILE_INSTITUTIONAL_DIRECTIONAL,
    TL_PROFILE_RETAIL_WHALE,
    TL_PROFILE_EVENT_DRIVEN,
    TL_PROFILE_VOL_SELLER,
    TL_PROFILE_ARBITRAGE,
    TL_PROFILE_HEDGE_REACTIVE,
    TL_PROFILE_COUNT
};

enum tl_weight { TL_WEIGHT_LOW, TL_WEIGHT_NORMAL, TL_WEIGHT_HIGH, TL_WEIGHT_COUNT };

struct tl_control {
    enum tl_preset preset;
    bool coverage_assist;
    int coverage_window_minutes;              /* 10, 20 or 30 */
    int64_t shared_seed;                      /* |seed| <= 2^53 - 1 */
    enum tl_weight weights[TL_PROFILE_COUNT]; /* Low 0.6, Normal 1.0, High 1.6 */
    int64_t updated_at_ms;                    /* for display only */
    char updated_by[128];                     /* UTF-8, NUL-terminated, not empty */
};

struct tl_control_entry {
    int64_t effective_s; /* first epoch second at which state is in force */
    struct tl_control state;
};

/* Entries in ascending effective_s. The first one also holds for all time before it. Borrowed. */
struct tl_control_log {
    const struct tl_control_entry *entries;
    size_t count; /* >= 1 */
};

/* balanced_demo, assist on, 20 minutes, seed 11, all Normal, updated_at 0, by "system". */
struct tl_control tl_control_default(void);

/* Index of the entry in force at epoch second `second`. log->count must be >= 1. */
size_t tl_control_log_at(const struct tl_control_log *log, int64_t second);

const char *tl_preset_name(enum tl_preset preset);    /* "balanced_demo" */
const char *tl_profile_name(enum tl_profile profile); /* "institutional_directional" */
double tl_weight_value(enum tl_weight weight);        /* 0.6, 1.0, 1.6 */
bool tl_preset_parse(struct tl_str text, enum tl_preset *preset);
bool tl_profile_parse(struct tl_str text, enum tl_profile *profile);

/* The second at which a control written at `created` (the store's own stamp) takes effect:
 * rounded up to a whole second, plus 1 s. */
int64_t tl_control_effective_second(tl_ns created);

#ifdef __cplusplus
}
#endif
#endif
