/* SPDX-License-Identifier: Apache-2.0
 * A profile is a hypothesis about who traded. Each one lives in profile_<name>.c and judges the
 * same evidence: it says how far each of its items holds, 0 to 1, always the same items in the same
 * order. An item's weight, on the scale of log odds, stands in weights.c, which `tapeloom fit`
 * writes from labelled tapes. The probability is 1 / (1 + exp(-(bias + points))): independent
 * pieces of evidence multiply the odds. Ramps stand in thresholds.c; the registry is profile.c. */
#ifndef TL_FLOW_PROFILE_H
#define TL_FLOW_PROFILE_H

#include <tapeloom/control.h>
#include "flow/evidence.h"
#include "flow/weights.h"

#define TL_JUDGEMENT_ITEMS_MAX 72
#define TL_REASONS_MAX 5

enum tl_direction {
    TL_DIRECTION_NEUTRAL,
    TL_DIRECTION_BULLISH,
    TL_DIRECTION_BEARISH,
    TL_DIRECTION_UNKNOWN
};

const char *tl_direction_name(enum tl_direction direction);
enum tl_direction tl_direction_from(double sign); /* > 0 bullish, < 0 bearish, 0 neutral */

struct tl_judgement {
    const struct tl_profile_weights *weights;
    double points; /* the bias and what the items added */
    enum tl_direction direction;
    size_t count;
    struct tl_judgement_item {
        const char *name; /* words_with_underscores */
        bool against;     /* speaks against the profile: weight <= 0, no reason to show */
        double value;     /* 0..1 */
        double points;
    } items[TL_JUDGEMENT_ITEMS_MAX];
};

/* The next item: what speaks for the profile (a reason to show), what against it. value is clamped
 * to 0..1. */
void tl_judgement_for(struct tl_judgement *judgement, const char *reason, double value);
void tl_judgement_against(struct tl_judgement *judgement, const char *name, double value);
/* How strong the packet and its contract's one-sided flow are, as items, each times gate. */
void tl_judgement_strength(struct tl_judgement *judgement, const struct tl_evidence *evidence,
                           double gate);
/* The same of a package and its like in the last quarter of an hour. */
void tl_judgement_package(struct tl_judgement *judgement, const struct tl_evidence *evidence,
                          double gate);
/* Against: a contract that is sold as much as it is bought; nothing for the legs of a structure. */
void tl_judgement_two_sided(struct tl_judgement *judgement, const struct tl_evidence *evidence);
/* Against, each times gate: what the contract's last minutes look like when nobody works an order in
 * it. Of a package, the contract of its first leg. */
void tl_judgement_nobody(struct tl_judgement *judgement, const struct tl_evidence *evidence,
                         double gate);
/* The shown reasons, strongest first: those worth at least 0.3; else the strongest positive one. */
size_t tl_judgement_reasons(const struct tl_judgement *judgement,
                            const char *reasons[TL_REASONS_MAX]);
double tl_judgement_probability(const struct tl_judgement *judgement);

/* Share of small prints in the contract's last quarter of an hour; 1 where there is none. */
double tl_small_share(const struct tl_evidence *evidence);

/* gate times 0..1: the packet's largest run is many prints, venues and dollars: one order, swept. */
double tl_swept_run(const struct tl_evidence *evidence, double gate);

/* 0..1: the contract's last quarter of an hour is many prints, nearly all of them small. */
double tl_small_crowd(const struct tl_evidence *evidence);

/* How much the contract's last quarter of an hour looks like many hands: some sell, prints come
 * alone, are small, come fast, and bid volatility up. Each 0..1. */
struct tl_many_hands {
    double sellers, alone, small, bid, quick;
};
struct tl_many_hands tl_many_hands(const struct tl_evidence *evidence);

/* Whether the contract contradicts a profile, whatever its probability. No crowd, ramp or hedge: a
 * packet far smaller than the clips that speak for it, or on the other side. No crowd of buyers: sold
 * nearly as much as it is bought, or bought by one clip and no more, unless a dear one, or sold, in
 * the last three minutes, or by few clips where few prints are small, or turned over in clips of
 * size; who trades to and fro gets as many tries as he has prints. No ramp before an event: much is
 * sold; or some sell, many prints are small and they come fast. */
bool tl_profile_barred(const struct tl_evidence *evidence, enum tl_profile profile);

/* 0 at low and before, 1 at high and after, linear; low > high falls instead. */
double tl_ramp(double x, double low, double high);
/* The same on the logarithm; low, high > 0. */
double tl_log_ramp(double x, double low, double high);

struct tl_profile_rule {
    enum tl_profile profile;
    void (*judge)(const struct tl_evidence *evidence, struct tl_judgement *judgement);
};

extern const struct tl_profile_rule tl_profile_rules[TL_PROFILE_COUNT];

/* The judgement of one rule with the weights in force. */
void tl_profile_judge(const struct tl_profile_rule *rule, const struct tl_evidence *evidence,
                      struct tl_judgement *judgement);

#endif
