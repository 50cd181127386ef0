/* SPDX-License-Identifier: Apache-2.0 */
#include "score/blind_print.h"

#include "base/math.h"
#include "tape/option_quote.h"

#define HALF_HOUR_S 1800

static const char *const names[TL_BLIND_FEATURES] = {
    [TL_BLIND_SIZE] = "size",
    [TL_BLIND_ROUND] = "roundness of size",
    [TL_BLIND_PRICE] = "price",
    [TL_BLIND_PREMIUM] = "premium",
    [TL_BLIND_PLACE] = "place in the spread",
    [TL_BLIND_OFF_GRID] = "between increments",
    [TL_BLIND_SPREAD] = "spread in increments",
    [TL_BLIND_BID_SIZE] = "bid size",
    [TL_BLIND_ASK_SIZE] = "ask size",
    [TL_BLIND_QUOTE_AGE] = "age of the NBBO",
    [TL_BLIND_VENUE] = "venue",
    [TL_BLIND_CONDITION] = "exact condition",
    [TL_BLIND_MULTI_VENUE] = "several venues",
    [TL_BLIND_MONEYNESS] = "moneyness",
    [TL_BLIND_DTE] = "days to expiry",
    [TL_BLIND_DELTA] = "delta",
    [TL_BLIND_IV] = "implied volatility",
    [TL_BLIND_DELAY] = "report delay",
    [TL_BLIND_MS] = "millisecond",
    [TL_BLIND_RIGHT] = "right",
    [TL_BLIND_SPOT_SPREAD] = "the stock's spread",
    [TL_BLIND_SPOT_AGE] = "age of the stock's quote",
};

const char *tl_blind_feature_name(enum tl_blind_feature feature)
{
    return names[feature];
}

int tl_blind_condition_group(char condition)
{
    switch (condition) {
    case ' ':
    case 'I':
        return 0;
    case 'S':
        return 1;
    case 'a':
    case 'b':
        return 2;
    case 'f':
    case 'g':
    case 'j':
    case 'l':
        return 3;
    case 'n':
    case 'o':
    case 'p':
    case 'q':
    case 'r':
    case 's':
        return 4;
    case 'c':
    case 'd':
    case 'h':
    case 'k':
        return 5;
    case 'e':
    case 'i':
    case 'm':
        return 6;
    default:
        return 7;
    }
}

/* How many of the bounds x is at or above. */
static uint64_t bin_of(double x, const double *bounds, size_t count)
{
    uint64_t bin = 0;
    while (bin < count && x >= bounds[bin])
        bin++;
    return bin;
}

#define BIN_OF(x, bounds) bin_of(x, bounds, sizeof(bounds) / sizeof *(bounds))

/* 0 no quote, 1 below the bid, 2 at it, 3 to 5 below, at and above the mid, 6 at the ask, 7 above. */
static uint64_t side_of(const struct tl_option_trade *trade)
{
    if (!trade->nbbo_known) return 0;
    if (trade->price <= trade->bid) return trade->price < trade->bid ? 1 : 2;
    if (trade->price >= trade->ask) return trade->price > trade->ask ? 7 : 6;
    tl_px twice = 2 * trade->price, sum = trade->bid + trade->ask;
    return twice < sum ? 3 : twice == sum ? 4 : 5;
}

static uint64_t cell_of(const struct tl_event *event, const struct tl_option_look *look)
{
    static const double tenors[] = {1, 8, 31, 91, 366};
    static const double deltas[] = {.15, .3, .45, .6, .8};
    static const double sizes[] = {2, 4, 10, 25, 60, 150, 400};
    static const double premiums[] = {500, 2e3, 8e3, 32e3, 128e3, 512e3};
    const struct tl_option_trade *trade = look->trade;
    uint64_t cell = event->sym;
    cell = cell << 5 | (uint64_t)(look->since_open_s / HALF_HOUR_S & 31);
    cell = cell << 4 | BIN_OF(look->dte, tenors);
    cell = cell << 1 | look->call;
    cell = cell << 4 | BIN_OF(look->delta, deltas);
    cell = cell << 3 | (uint64_t)tl_blind_condition_group(trade->condition);
    cell = cell << 4 | BIN_OF(look->size, sizes);
    cell = cell << 4 | BIN_OF(look->size * look->price * 100, premiums);
    return cell << 3 | side_of(trade);
}

static double roundness(tl_lots size)
{
    return size % 100 == 0 ? 4 : size % 50 == 0 ? 3 : size % 10 == 0 ? 2 : size % 5 == 0 ? 1 : 0;
}

static double log_ms(tl_ns ns)
{
    return tl_log(1 + 1e-6 * (double)(ns > 0 ? ns : 0));
}

static void fill_quote(double *x, const struct tl_event *event, const struct tl_option_look *look,
                       const struct tl_symbol *symbol)
{
    const struct tl_option_trade *trade = look->trade;
    double half = 0.5 * (look->ask - look->bid);
    x[TL_BLIND_OFF_GRID] = trade->price % tl_option_grid(symbol->option_class, trade->price) != 0;
    x[TL_BLIND_BID_SIZE] = tl_log(1 + (double)trade->bid_size);
    x[TL_BLIND_ASK_SIZE] = tl_log(1 + (double)trade->ask_size);
    x[TL_BLIND_SPOT_SPREAD] =
        look->spot > 0 ? (double)(trade->spot_ask - trade->spot_bid) / look->spot : 0;
    x[TL_BLIND_SPOT_AGE] = log_ms(event->ts - trade->spot_ts);
    if (!trade->nbbo_known || !(half > 0)) return;
    x[TL_BLIND_PLACE] = tl_clamp((look->price - 0.5 * (look->bid + look->ask)) / half, -4, 4);
    x[TL_BLIND_SPREAD] = (double)(trade->ask - trade->bid) /
                         (double)tl_option_grid(symbol->option_class, trade->bid);
    x[TL_BLIND_QUOTE_AGE] = log_ms(event->ts - trade->nbbo_ts);
}

void tl_blind_print_of(struct tl_blind_print *print, const struct tl_event *event,
                       const struct tl_option_look *look, const struct tl_symbol *symbol)
{
    const struct tl_option_trade *trade = look->trade;
    double x[TL_BLIND_FEATURES] = {
        [TL_BLIND_SIZE] = tl_log(look->size),
        [TL_BLIND_ROUND] = roundness(trade->size),
        [TL_BLIND_PRICE] = tl_log(tl_max(look->price, 1e-4)),
        [TL_BLIND_PREMIUM] = tl_log(tl_max(look->price * look->size * 100, 1e-2)),
        [TL_BLIND_VENUE] = trade->venue,
        [TL_BLIND_CONDITION] = trade->condition,
        [TL_BLIND_MULTI_VENUE] = trade->multi_venue,
        [TL_BLIND_MONEYNESS] = look->k,
        [TL_BLIND_DTE] = look->dte,
        [TL_BLIND_DELTA] = look->delta,
        [TL_BLIND_IV] = 1e-6 * (double)trade->iv_e6,
        [TL_BLIND_DELAY] = tl_log(1 + 1e-3 * (double)(event->ts - trade->executed)),
        [TL_BLIND_MS] = (double)(event->ts % TL_NS_PER_S / TL_NS_PER_MS),
        [TL_BLIND_RIGHT] = look->call};
    fill_quote(x, event, look, symbol);
    print->cell = cell_of(event, look);
    for (int i = 0; i < TL_BLIND_FEATURES; i++)
        print->x[i] = (float)x[i];
}
