/* SPDX-License-Identifier: Apache-2.0
 * Which names an option row is measured over, and how its per-name numbers are put together.
 *
 * The measured samples (SCORECARD, section A): whole chains of ten single names in November 2025
 * (six mega caps, four of the second tier), index funds, and AAPL NVDA TSLA AMZN for strikes. */
#ifndef TL_SCORE_OPTION_NAMES_H
#define TL_SCORE_OPTION_NAMES_H

#include "market/universe.h"
#include "score/report.h"

enum tl_option_group {
    TL_GROUP_ALL,
    TL_GROUP_FUNDS,   /* SPY QQQ IWM */
    TL_GROUP_SINGLES, /* every stock */
    TL_GROUP_SAMPLE,  /* the ten measured names */
    TL_GROUP_MEGA,    /* the six most traded of them */
    TL_GROUP_SECOND,  /* the other four */
    TL_GROUP_STRIKES  /* AAPL NVDA TSLA AMZN */
};

bool tl_option_in_group(const struct tl_symbol *symbol, enum tl_option_group group);

/* Numbers of one row by name. Zeroed is empty. */
struct tl_name_numbers {
    uint32_t count;
    double value[TL_SYMBOLS_MAX], low[TL_SYMBOLS_MAX], high[TL_SYMBOLS_MAX], n[TL_SYMBOLS_MAX];
};

void tl_names_add(struct tl_name_numbers *names, double value, double low, double high, double n);
/* As a number over names: in when 80 % are. */
void tl_names_put(struct tl_score_row *row, const char *label, const struct tl_name_numbers *names);
/* As one plain number, the mean of the names that have a value on a large enough sample: for rows
 * whose reference is the average of a sample of names. */
void tl_names_put_mean(struct tl_score_row *row, const char *label,
                       const struct tl_name_numbers *names, double low, double high);

#endif
