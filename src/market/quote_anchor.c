/* SPDX-License-Identifier: Apache-2.0
 * The NBBO at second boundaries; see the header. */
#include "market/quote_anchor.h"

#include "base/math.h"

#define REDRAW 0x40000000u /* a quarter of the seconds draw a new spread */

/* 1 + floor of a gamma(3) variate whose mean gives spread_ticks: log-normal-like, never constant
 * (E17: sd / mean .58, to which the day's shape adds). */
static int64_t draw_spread(double mean, uint32_t word)
{
    double excess = mean - 1.0;
    double u = ((double)(word & 0xffff) + 0.5) * (1.0 / 65536.0);
    if (excess < 0.3) return 1 + (u < excess) + (u < 0.08 * excess);
    double v = ((double)(word >> 16 & 0xff) + 0.5) * (1.0 / 256.0);
    double w = ((double)(word >> 24) + 0.5) * (1.0 / 256.0);
    double x = -(1.0 / 3.0) * (excess + 0.45) * tl_log(u * v * w);
    return 1 + (int64_t)tl_min(x, 20.0 * mean);
}

/* Re-centres a spread of `spread` ticks so that its middle is as near to price as the grid allows. */
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

void tl_quote_anchor_move(struct tl_quote_anchor *anchor, const struct tl_anchor_law *law,
                          double price, const uint32_t word[2], bool fresh)
{
    double ticks = price * law->ticks_a_px;
    double band = tl_quote_band(law->spread_ticks);
    double off = ticks - middle_of(anchor);
    int64_t spread = anchor->spread;
    if (fresh || word[0] < REDRAW) spread = draw_spread(law->spread_ticks, word[0] << 2 ^ word[1]);
    if (fresh || spread != anchor->spread || tl_abs(off) > band) {
        centre(anchor, law->tick, ticks, spread);
        off = ticks - middle_of(anchor);
    }
    double press = tl_quote_press(off / band, law->spread_ticks);
    anchor->bid_size = round_lots(law, law->depth * tl_queue_part(press, word[1] & 0xffff));
    anchor->ask_size = round_lots(law, law->depth * tl_queue_part(-press, word[1] >> 16));
}
