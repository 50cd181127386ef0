/* SPDX-License-Identifier: Apache-2.0
 * The NBBO at second boundaries; see the header. */
#include "market/quote_anchor.h"

#include "base/math.h"

#define REDRAW 0x18000000u /* a tenth of the seconds draw a new spread, beside strayed quotes */

/* 1 + floor of a gamma(5) variate whose mean gives spread_ticks: log-normal-like, never constant
 * (E17: sd / mean .45, to which the day's shape adds; IBM's was .55 in all). Five uniform variates
 * of six bits. Where one tick binds, a price that moves past quotes leaves some of them two
 * wide. */
static int64_t draw_spread(double mean, double stray, uint32_t word)
{
    double excess = mean - 1.0;
    double u = ((double)(word & 0xffff) + 0.5) * (1.0 / 65536.0);
    if (excess < 0.3) return 1 + (u < excess + 0.10 * stray) + (u < 0.08 * excess);
    double product = 1.0;
    for (int i = 0; i < 5; i++, word >>= 6)
        product *= ((double)(word & 0x3f) + 0.5) * (1.0 / 64.0);
    double x = -(1.0 / 5.0) * (excess + 0.45) * tl_log(product);
    return 1 + (int64_t)tl_min(x, 20.0 * mean);
}

/* Re-centres a spread of `spread` ticks so that its middle is as near to price as the grid
 * allows. */
static void centre(struct tl_quote_anchor *anchor, tl_px tick, double price_ticks, int64_t spread)
{
    int64_t bid = (int64_t)tl_floor(price_ticks - 0.5 * (double)spread + 0.5);
    if (bid < 1) bid = 1;
    anchor->bid_ticks = bid;
    anchor->spread = spread;
    anchor->bid = bid * tick;
    anchor->ask = (bid + spread) * tick;
}

static tl_lots round_lots(const struct tl_anchor_law *law, double shares)
{
    double lots = tl_clamp(shares * law->lots_a_share + 0.5, 1.0, 1e6);
    return (tl_lots)lots * law->lot;
}

static double middle_of(const struct tl_quote_anchor *anchor)
{
    return (double)anchor->bid_ticks + 0.5 * (double)anchor->spread;
}

/* Chance that the quote has been somewhere else within the second, so that where it stood at the
 * second's start says nothing any more: the price crossed the band. s^4 / (s^4 + 1.5 b^4) is within
 * a few hundredths of the chance of a bridge of sd s between two places in a band of half width b,
 * and costs no exponential. A quote that only ever asked where the price is at whole seconds would
 * stand still for half of the seconds of names whose price moves three ticks in each (E24). */
static double stray_chance(const struct tl_anchor_law *law, double band)
{
    double s = law->sd_ticks * law->sd_ticks, b = band * band;
    return s * s / (s * s + 1.5 * b * b);
}

void tl_quote_anchor_move(struct tl_quote_anchor *anchor, const struct tl_anchor_law *law,
                          double price, const uint32_t word[2], bool fresh)
{
    double ticks = price * law->ticks_a_px;
    double band = tl_quote_band(law->spread_ticks);
    double off = ticks - middle_of(anchor);
    int64_t spread = anchor->spread;
    bool redraw = fresh || word[0] < REDRAW; /* the words above decide whether it strayed */
    double stray = stray_chance(law, band);
    bool strayed = !redraw && word[0] - REDRAW < stray * (0x1p32 - REDRAW);
    if (redraw || strayed) spread = draw_spread(law->spread_ticks, stray, word[0] << 3 ^ word[1]);
    if (fresh || spread != anchor->spread || strayed || tl_abs(off) > band) {
        centre(anchor, law->tick, ticks, spread);
        off = ticks - middle_of(anchor);
    }
    struct tl_press_law leans = tl_press_law_of(law->spread_ticks, law->ragged);
    double press = tl_quote_press(&leans, off);
    anchor->bid_size =
        round_lots(law, law->depth * tl_queue_part(press, law->ragged, word[1] & 0xffff));
    anchor->ask_size =
        round_lots(law, law->depth * tl_queue_part(-press, law->ragged, word[1] >> 16));
}
