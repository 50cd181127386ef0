/* SPDX-License-Identifier: Apache-2.0
 * Names and numbers of the option rows; see the header. */
#include "score/option_names.h"

#include <assert.h>
#include <string.h>

#include "score/estimate.h"

static bool among(const char *ticker, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(ticker, *list) == 0) return true;
    return false;
}

bool tl_option_in_group(const struct tl_symbol *symbol, enum tl_option_group group)
{
    static const char *const funds[] = {"SPY", "QQQ", "IWM", NULL};
    static const char *const mega[] = {"AAPL",  "NVDA", "AMZN", "META",
                                       "GOOGL", "GOOG", "PLTR", NULL};
    static const char *const second[] = {"JPM", "TSM", "LLY", "NFLX", NULL};
    static const char *const strikes[] = {"AAPL", "NVDA", "TSLA", "AMZN", NULL};
    switch (group) {
    case TL_GROUP_ALL:
        return true;
    case TL_GROUP_FUNDS:
        return among(symbol->ticker, funds);
    case TL_GROUP_SINGLES:
        return !symbol->is_etf;
    case TL_GROUP_SAMPLE:
        return among(symbol->ticker, mega) || among(symbol->ticker, second);
    case TL_GROUP_MEGA:
        return among(symbol->ticker, mega);
    case TL_GROUP_SECOND:
        return among(symbol->ticker, second);
    case TL_GROUP_STRIKES:
        return among(symbol->ticker, strikes);
    }
    return false;
}

void tl_names_add(struct tl_name_numbers *names, double value, double low, double high, double n)
{
    assert(names->count < TL_SYMBOLS_MAX);
    uint32_t i = names->count++;
    names->value[i] = value;
    names->low[i] = low;
    names->high[i] = high;
    names->n[i] = n;
}

void tl_names_put(struct tl_score_row *row, const char *label, const struct tl_name_numbers *names)
{
    tl_score_put_names(row, label, names->value, names->low, names->high, names->n, names->count);
}

void tl_names_put_mean(struct tl_score_row *row, const char *label,
                       const struct tl_name_numbers *names, double low, double high)
{
    double sum = 0, n = 0;
    uint32_t used = 0;
    for (uint32_t i = 0; i < names->count; i++) {
        if (!tl_is_finite(names->value[i]) || names->n[i] < row->n_min) continue;
        sum += names->value[i];
        n += names->n[i];
        used++;
    }
    tl_score_put(row, label, used ? sum / (double)used : TL_NAN, low, high, n);
}
