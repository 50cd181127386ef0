/* SPDX-License-Identifier: Apache-2.0
 * The flags that say which market: shared by serve, the services, generate, session and bench. */
#ifndef TL_CLI_MARKET_FLAGS_H
#define TL_CLI_MARKET_FLAGS_H

#include <tapeloom/market.h>
#include "cli/flags.h"

struct tl_market_flags {
    const char *universe, *calendar, *mode;
    double rate;
    char *universe_text; /* owned; tl_market_flags_free */
};

#define TL_MARKET_FLAGS_INIT(default_calendar, default_mode)                                       \
    {                                                                                              \
        NULL, default_calendar, default_mode, 1.0, NULL                                            \
    }

/* Rows for a command's flag table. */
#define TL_MARKET_FLAG_ROWS(m)                                                                     \
    {"--calendar",                                                                                 \
     "NAME",                                                                                       \
     "continuous (sessions back to back) or exchange (NYSE hours)",                                \
     TL_FLAG_TEXT,                                                                                 \
     &(m).calendar,                                                                                \
     0,                                                                                            \
     0},                                                                                           \
        {"--mode",                                                                                 \
         "NAME",                                                                                   \
         "realistic, active or firehose (the real world's rate)",                                  \
         TL_FLAG_TEXT,                                                                             \
         &(m).mode,                                                                                \
         0,                                                                                        \
         0},                                                                                       \
        {"--rate", "X", "multiplies the mode's rate, 0.01 to 100", TL_FLAG_REAL, &(m).rate,        \
         0.01,     100},                                                                           \
    {                                                                                              \
        "--universe", "FILE", "symbols file in place of the built-in one", TL_FLAG_TEXT,           \
            &(m).universe, 0, 0                                                                    \
    }

/* Fills options from the flags. Errors name the flag and what would be right. */
enum tl_status tl_market_flags_apply(struct tl_market_flags *flags,
                                     struct tl_market_options *options,
                                     struct tl_error *error) TL_MUST_USE;
void tl_market_flags_free(struct tl_market_flags *flags);

/* Sets control's seed and preset from the texts of --seed and --preset; NULL leaves what is there. */
enum tl_status tl_control_flags_apply(const char *seed, const char *preset,
                                      struct tl_control *control,
                                      struct tl_error *error) TL_MUST_USE;

#define TL_SEEDS_MAX 200

/* "A..B" or "A": a --seed of several sessions, TL_SEEDS_MAX at most. */
enum tl_status tl_seeds_parse(const char *text, int64_t *first, uint32_t *count,
                              struct tl_error *error) TL_MUST_USE;

#endif
