/* SPDX-License-Identifier: Apache-2.0
 * See option_world.h. Levels wander on lattices of 300 s (spot) and 60 s (the rest), linear between;
 * the stock path takes a random number of steps within the second. */
#include "lib/option_world.h"

#include <string.h>

#include "base/math.h"
#include "base/rng.h"
#include "base/text.h"
#include "market/calendar.h"

bool option_world_symbol(const char *ticker, struct tl_symbol *symbol, uint16_t *sym)
{
    static struct tl_symbol symbols[TL_SYMBOLS_MAX];
    uint32_t count = 0;
    struct tl_error error;
    if (tl_universe_parse(tl_str_from(tl_universe_default_text), symbols, TL_SYMBOLS_MAX, &count,
                          &error) != TL_OK)
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(symbols[i].ticker, ticker) == 0) {
            *symbol = symbols[i];
            *sym = (uint16_t)i;
            return true;
        }
    return false;
}

void option_world_init(struct option_world *world, const char *ticker, uint64_t seed,
                       int32_t trade_day)
{
    memset(world, 0, sizeof *world);
    world->seed = seed;
    if (!option_world_symbol(ticker, &world->symbol, &world->sym)) return;
    world->session.session_start_s = tl_newyork_epoch(trade_day, 34200);
    world->session.session_end_s = tl_newyork_epoch(trade_day, 57600);
    world->session.trade_day = trade_day;
    tl_chain_build(&world->chain, &world->symbol, world->sym, TL_CALENDAR_EXCHANGE, trade_day,
                   world->session.session_end_s, world->symbol.price, seed, NULL, 0);
    world->second.rate = 1;
    world->second.streams = 15;
}

/* Stationary noise of unit size at a lattice of `step` seconds, linear between its nodes. */
static double wander(const struct option_world *world, int64_t second, int64_t step, uint32_t what)
{
    struct tl_rng a = tl_rng_at(world->seed, TL_RNG_OWN, what, (uint64_t)(second / step));
    struct tl_rng b = tl_rng_at(world->seed, TL_RNG_OWN, what, (uint64_t)(second / step + 1));
    double t = (double)(second % step) / (double)step;
    return tl_rng_normal(&a) * (1 - t) + tl_rng_normal(&b) * t;
}

static void set_path(struct option_world *world, int64_t second)
{
    struct tl_rng rng = tl_rng_at(world->seed, TL_RNG_EQ_PATH, 0, (uint64_t)second);
    tl_px cents = (tl_px)(tl_exp(world->latent.log_px[0]) * 100);
    uint32_t count = 1 + tl_rng_below(&rng, 30);
    tl_ns ts = second * TL_NS_PER_S;
    for (uint32_t i = 0; i < count; i++) {
        tl_px spread = 1 + (tl_px)tl_rng_below(&rng, 3);
        world->path.points[i] = (struct tl_quote_point){
            .ts = ts, .bid = cents * 100, .ask = (cents + spread) * 100, 100, 100};
        cents += (tl_px)tl_rng_below(&rng, 9) - 4;
        ts += 1 + (tl_ns)(tl_rng_uniform(&rng) * 1.9e9 / (double)count);
        if (ts >= (second + 1) * TL_NS_PER_S) {
            count = i + 1;
            break;
        }
    }
    world->path.count = count;
}

void option_world_second(struct option_world *world, int64_t second)
{
    struct tl_latent *latent = &world->latent;
    double sigma = world->symbol.iv28;
    *latent = (struct tl_latent){.sigma_annual = sigma,
                                 .sigma_s = sigma / 2429.0,
                                 .spread_ticks = 1.5,
                                 .tick = 100,
                                 .volatility = 1,
                                 .liquidity = 1,
                                 .cleanliness = 1,
                                 .clustering = 1,
                                 .short_dated = 1,
                                 .otm_call = 1,
                                 .multi_leg = 1,
                                 .put_tilt = 1,
                                 .near_money = 1,
                                 .lots = 1,
                                 .event_expiry = 1};
    latent->log_px[0] = tl_log(world->symbol.price) + 0.02 * sigma * wander(world, second, 300, 1);
    latent->log_px[1] = latent->log_px[0];
    latent->atm_iv_log = 0.2 * wander(world, second, 60, 2);
    latent->skew_shift = 0.05 * wander(world, second, 60, 3);
    latent->iv_pressure = 0.005 * wander(world, second, 60, 4);
    /* 220 prints a second over 33 million contracts a day of the default names. */
    latent->option_rate = 220.0 * world->symbol.option_adv / 33e6;
    latent->flow = tl_clamp(0.3 * wander(world, second, 60, 5), -1, 1);
    set_path(world, second);
    world->second.second = second;
    world->second.seed = world->seed;
    world->second.sym = world->sym;
    world->second.symbol = &world->symbol;
    world->second.latent = latent;
    world->second.session = &world->session;
    world->second.chain = &world->chain;
    world->second.path = &world->path;
}
