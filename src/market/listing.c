/* SPDX-License-Identifier: Apache-2.0
 * Listing conventions of the US options exchanges (2026).
 *
 * Expirations: the third Friday of a month (a holiday moves it to the trading day before); weeklies
 * on the next six Fridays; Mondays and Wednesdays, at most two of each, for the names that qualify
 * (a Wednesday is skipped on the day of earnings); every trading day for two weeks, month and
 * quarter ends for the daily classes; monthlies of the next months and of the quarterly cycle;
 * January LEAPS up to 2.7 years and the nearest June or December. No date is listed twice.
 *
 * Strikes: the symbol's step near the money (its 7-day step up to 17 days, its 28-day step up to
 * half a year, then one step coarser), one step coarser beyond the dense zone of about 3 sd and
 * another beyond twice that, out to three times it (at most 9 sd, -60 % / +80 %). The zone is wider
 * in the most active classes and narrower in quiet ones. Some classes have a finer grid besides,
 * next to the money on the last day. An expiry is taken to have been listed at least ten days before:
 * younger ones keep that range. Every coarse strike lies on its own grid.
 *
 * Limits: the strikes that earlier price levels left behind are not listed; no adjusted contracts;
 * no 16:15 close for fund options. */
#include "market/listing.h"

#include "base/date.h"
#include "base/math.h"
#include "market/calendar.h"

#define EXPIRIES_LISTED_MAX 22
#define FRIDAY 4
/* Where the finest strikes are: on the last day (exchanges add them when it comes), within this
 * share of the price. O16's bands need some: on a grid of 2.5 they sum to their mean with no room. */
#define FINE_DAYS 0
#define FINE_ZONE 0.03

/* A small set of dates, kept ascending and unique. */
struct day_set {
    uint32_t count;
    int32_t days[64];
};

static void day_set_add(struct day_set *set, int32_t day, int32_t trade_day)
{
    if (day < trade_day || set->count >= 64) return;
    uint32_t at = 0;
    while (at < set->count && set->days[at] < day)
        at++;
    if (at < set->count && set->days[at] == day) return;
    for (uint32_t i = set->count; i > at; i--)
        set->days[i] = set->days[i - 1];
    set->days[at] = day;
    set->count++;
}

static void month_add(int32_t *year, int32_t *month, int32_t months)
{
    int32_t index = *year * 12 + *month - 1 + months;
    *year = index / 12;
    *month = index % 12 + 1;
}

/* The third Fridays of this month and the next few, then of the cycle months up to ten ahead. */
static void add_monthlies(struct day_set *set, int32_t trade_day, int32_t months)
{
    struct tl_date today = tl_date_from_day(trade_day);
    for (int32_t ahead = 0; ahead <= 10; ahead++) {
        int32_t year = today.year, month = today.month;
        month_add(&year, &month, ahead);
        if (ahead > months && month % 3 != 0) continue;
        day_set_add(set, tl_monthly_expiration(year, month), trade_day);
    }
}

/* Januaries within 32 months, and one June and one December between 11 and 20 months ahead. */
static void add_leaps(struct day_set *set, int32_t trade_day)
{
    struct tl_date today = tl_date_from_day(trade_day);
    for (int32_t ahead = 5; ahead <= 32; ahead++) {
        int32_t year = today.year, month = today.month;
        month_add(&year, &month, ahead);
        bool half_year = (month == 6 || month == 12) && ahead >= 11 && ahead <= 20;
        if (month == 1 || half_year)
            day_set_add(set, tl_monthly_expiration(year, month), trade_day);
    }
}

/* Fridays; a week's Friday holiday moves its weekly to the trading day before. */
static void add_fridays(struct day_set *set, int32_t trade_day, int weeks)
{
    for (int week = 0; week < weeks; week++)
        day_set_add(set, tl_weekly_expiration(trade_day + 7 * week), trade_day);
}

static bool listed_in(const int32_t *days, size_t count, int32_t day)
{
    for (size_t i = 0; i < count; i++)
        if (days[i] == day) return true;
    return false;
}

/* The next two Mondays and two Wednesdays; holidays and earnings Wednesdays have none. */
static void add_monday_wednesday(struct day_set *set, int32_t trade_day, const int32_t *skip_days,
                                 size_t skip_count)
{
    for (int weekday = 0; weekday <= 2; weekday += 2) {
        int32_t day = trade_day + (weekday - tl_day_weekday(trade_day) + 7) % 7;
        for (int i = 0; i < 2; i++, day += 7) {
            if (!tl_calendar_is_trading_day(day)) continue;
            if (weekday == 2 && listed_in(skip_days, skip_count, day)) continue;
            day_set_add(set, day, trade_day);
        }
    }
}

/* Every trading day of two weeks, the next month end, the next two quarter ends. */
static void add_dailies(struct day_set *set, int32_t trade_day)
{
    int32_t day = trade_day;
    for (int added = 0; added < 10; day++) {
        if (!tl_calendar_is_trading_day(day)) continue;
        day_set_add(set, day, trade_day);
        added++;
    }
    struct tl_date today = tl_date_from_day(trade_day);
    int quarters = 0;
    for (int32_t ahead = 0; ahead <= 6; ahead++) {
        int32_t year = today.year, month = today.month;
        month_add(&year, &month, ahead + 1);
        int32_t next_month = month;
        int32_t end =
            tl_trading_day_on_or_before(tl_date_to_day((struct tl_date){year, month, 1}) - 1);
        bool quarter_end = next_month % 3 == 1;
        if (ahead != 0 && !(quarter_end && quarters < 2)) continue;
        day_set_add(set, end, trade_day);
        quarters += quarter_end;
    }
}

static bool is_monthly(int32_t day)
{
    struct tl_date date = tl_date_from_day(day);
    return day == tl_monthly_expiration(date.year, date.month);
}

/* Too many (rare): drop the far ones that are neither monthly nor within three weeks. */
static void trim(struct day_set *set, int32_t trade_day)
{
    for (uint32_t i = set->count; i-- > 0 && set->count > EXPIRIES_LISTED_MAX;) {
        if (is_monthly(set->days[i]) || set->days[i] < trade_day + 21) continue;
        for (uint32_t j = i; j + 1 < set->count; j++)
            set->days[j] = set->days[j + 1];
        set->count--;
    }
    if (set->count > EXPIRIES_LISTED_MAX) set->count = EXPIRIES_LISTED_MAX;
}

void tl_listing_expiries(struct tl_chain *chain, const struct tl_symbol *symbol,
                         enum tl_calendar calendar, const int32_t *skip_days, size_t skip_count)
{
    struct day_set set = {0};
    int32_t trade_day = chain->trade_day;
    add_monthlies(&set, trade_day, symbol->listing == TL_LISTING_DAILY ? 2 : 5);
    add_leaps(&set, trade_day);
    if (symbol->listing != TL_LISTING_MONTHLY) add_fridays(&set, trade_day, 6);
    if (symbol->listing == TL_LISTING_MWF)
        add_monday_wednesday(&set, trade_day, skip_days, skip_count);
    if (symbol->listing == TL_LISTING_DAILY) add_dailies(&set, trade_day);
    trim(&set, trade_day);
    chain->expiry_count = set.count;
    for (uint32_t i = 0; i < set.count; i++) {
        struct tl_expiry *expiry = &chain->expiries[i];
        *expiry = (struct tl_expiry){.day = set.days[i], .monthly = is_monthly(set.days[i])};
        expiry->weekly = !expiry->monthly && tl_day_weekday(expiry->day) == FRIDAY;
        expiry->close = tl_calendar_expiry_close_s(calendar, expiry->day) * TL_NS_PER_S;
    }
}

/* The next coarser grid, as long as its gaps stay below 6 % of the price. */
static int32_t coarser(int32_t step, double price)
{
    static const int32_t ladder[] = {500, 1000, 2500, 5000, 10000, 20000, 50000, 100000};
    if (step == 1000 && price >= 150) return 5000;
    for (size_t i = 0; i + 1 < sizeof ladder / sizeof ladder[0]; i++)
        if (ladder[i] == step) return (double)ladder[i + 1] > 60 * price ? step : ladder[i + 1];
    return 2 * step;
}

static int32_t align_up(int32_t value, int32_t step)
{
    return (int32_t)(-tl_floor_div(-(int64_t)value, step) * step);
}

struct grid {
    int32_t low, high;               /* range, 1e-3 USD */
    int32_t dense_low, dense_high;   /* step0 inside */
    int32_t middle_low, middle_high; /* step1 inside, step2 outside */
    int32_t step[3];
    int32_t fine, fine_low, fine_high; /* one more grid next to the money; fine 0: none */
};

static int32_t milli(double usd)
{
    return (int32_t)tl_clamp(usd * 1000.0, 1, 2.0e9);
}

/* Half the width of the dense zone, sd of the price to expiry; at least six steps. Exchanges list
 * what members ask for: 750 contracts of a quiet name, 5 000 of the busiest. */
static double dense_of(const struct tl_symbol *symbol)
{
    if (symbol->is_etf) return 4;
    double active = tl_log(tl_max(symbol->option_adv, 1) / 400e3);
    if (active < 0) return tl_max(3 + active, 0.8);
    return tl_min(3 + 3.5 * tl_max(active - 0.8, 0), 8);
}

static struct grid grid_of(const struct tl_chain *chain, const struct tl_symbol *symbol,
                           int32_t days, double dense)
{
    double px = chain->open_px;
    double years = tl_max((double)days, 10) / 365.0;
    double sd = symbol->iv28 * tl_sqrt(years);
    double step = days <= 17 ? symbol->strike_step7 : symbol->strike_step28;
    dense = tl_max(dense, 6 * step / (px * sd));
    double reach = tl_clamp(3 * dense, 3.5, 9);
    struct grid grid = {.low = milli(px * tl_max(1 - reach * sd, 0.4)),
                        .high = milli(px * tl_min(1 + reach * sd, 1.8)),
                        .dense_low = milli(px * tl_max(1 - dense * sd, 0.4)),
                        .dense_high = milli(px * tl_min(1 + dense * sd, 1.8)),
                        .middle_low = milli(px * tl_max(1 - 2 * dense * sd, 0.4)),
                        .middle_high = milli(px * tl_min(1 + 2 * dense * sd, 1.8)),
                        .step = {milli(step)}};
    if (days > 180) grid.step[0] = coarser(grid.step[0], px);
    if (days <= FINE_DAYS && symbol->strike_fine > 0) {
        grid.fine = milli(symbol->strike_fine);
        grid.fine_low = milli(px * (1 - FINE_ZONE));
        grid.fine_high = milli(px * (1 + FINE_ZONE));
    }
    grid.step[1] = coarser(grid.step[0], px);
    grid.step[2] = coarser(grid.step[1], px);
    return grid;
}

/* Strikes of a grid into out (NULL: only counts). */
static uint32_t walk(const struct grid *grid, int32_t *out)
{
    uint32_t count = 0;
    int32_t at = align_up(grid->low, grid->step[2]);
    if (at <= 0) at = grid->step[2];
    while (at <= grid->high && count < 4 * TL_STRIKES_MAX) {
        if (out) out[count] = at;
        count++;
        /* The next strike is the first above this one on the grid of the zone it falls in. */
        int32_t next = align_up(at + 1, grid->step[0]);
        if (next < grid->dense_low || next > grid->dense_high) {
            next = align_up(at + 1, grid->step[1]);
            if (next < grid->middle_low || next > grid->middle_high)
                next = align_up(at + 1, grid->step[2]);
            /* Never jump over the start of the denser zone. */
            int32_t start = align_up(grid->dense_low, grid->step[0]);
            if (at < start && next > start) next = start;
        }
        if (grid->fine > 0 && at < grid->fine_high) {
            int32_t start = at + 1 > grid->fine_low ? at + 1 : grid->fine_low;
            int32_t finer = align_up(start, grid->fine);
            if (finer < next && finer <= grid->fine_high) next = finer;
        }
        at = next;
    }
    return count;
}

void tl_listing_strikes(struct tl_chain *chain, const struct tl_symbol *symbol)
{
    chain->strike_total = 0;
    for (uint32_t e = 0; e < chain->expiry_count; e++) {
        struct tl_expiry *expiry = &chain->expiries[e];
        int32_t days = expiry->day - chain->trade_day;
        double dense = dense_of(symbol);
        struct grid grid = grid_of(chain, symbol, days, dense);
        uint32_t count = walk(&grid, NULL);
        /* Too many: first a smaller dense zone, then coarser steps. */
        for (int i = 0; i < 6 && count > TL_STRIKES_MAX; i++) {
            grid = grid_of(chain, symbol, days, dense *= 0.75);
            count = walk(&grid, NULL);
        }
        for (int i = 0; i < 12 && count > TL_STRIKES_MAX; i++) {
            for (int j = 0; j < 3; j++)
                grid.step[j] *= 2;
            count = walk(&grid, NULL);
        }
        if (count > TL_STRIKES_MAX) count = 0; /* an absurd universe line: list nothing there */
        expiry->first = chain->strike_total;
        if (count > 0) (void)walk(&grid, &chain->strike_milli[chain->strike_total]);
        expiry->strike_count = count;
        chain->strike_total += count;
    }
}

int tl_listing_roundness(int32_t strike_milli, double price)
{
    int32_t unit = price >= 120 ? 10000 : price >= 40 ? 5000 : 1000;
    if (price >= 700) unit = 50000;
    if (strike_milli % unit == 0) return 3;
    if (strike_milli % (unit / 2) == 0) return 2;
    if (strike_milli % (unit / 4) == 0) return 1;
    return 0;
}
