/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/math.h"
#include "base/rng.h"
#include "lib/harness.h"
#include "lib/option_world.h"
#include "tape/option_quote.h"

static struct option_world world;
static struct tl_event events[20000];
static struct tl_truth truths[20000];

static int32_t day_of(int32_t year, int32_t month, int32_t day)
{
    return tl_date_to_day((struct tl_date){year, month, day});
}

static void open_world(const char *ticker, uint64_t seed)
{
    option_world_init(&world, ticker, seed, day_of(2026, 11, 19));
}

static bool on_grid(uint8_t option_class, tl_px px)
{
    if (option_class == TL_CLASS_PENNY_ALL) return px % 100 == 0;
    if (option_class == TL_CLASS_PENNY) return px % (px < 30000 ? 100 : 500) == 0;
    return px % (px < 30000 ? 500 : 1000) == 0;
}

TL_TEST("every NBBO lies on its class's grid, brackets the model, and is what it was when asked")
{
    static const char *const names[] = {"SPY", "NVDA", "GS", "XSP"};
    static struct tl_option_frame frame;
    struct tl_rng rng = tl_rng_at(test_seed(), TL_RNG_DAY, 1, 1);
    for (size_t n = 0; n < 4; n++) {
        open_world(names[n], test_seed());
        for (int trial = 0; trial < 40; trial++) {
            option_world_second(&world, world.session.session_start_s + tl_rng_below(&rng, 23400));
            tl_option_frame_init(&frame, &world.second);
            for (int c = 0; c < 50; c++) {
                uint32_t e = tl_rng_below(&rng, world.chain.expiry_count);
                uint32_t i = tl_rng_below(&rng, world.chain.expiries[e].strike_count);
                char right = tl_rng_below(&rng, 2) ? 'C' : 'P';
                tl_ns start = world.second.second * TL_NS_PER_S;
                tl_ns ts = start + tl_rng_below(&rng, 1000000000);
                struct tl_option_nbbo nbbo, again;
                tl_ns set, set_again;
                REQUIRE(tl_options_nbbo(&world.second, e, i, right, ts, &nbbo, &set));
                CHECK(nbbo.bid >= 0 && nbbo.bid < nbbo.ask);
                CHECK(on_grid(world.symbol.option_class, nbbo.bid));
                CHECK(on_grid(world.symbol.option_class, nbbo.ask));
                CHECK(nbbo.ask_size > 0 && (nbbo.bid_size > 0) == (nbbo.bid > 0));
                CHECK(set <= ts && set > start - 7 * TL_NS_PER_S);
                /* The quote stands unchanged from when it was set. */
                tl_ns earlier = set > start ? set : start;
                REQUIRE(tl_options_nbbo(&world.second, e, i, right, earlier, &again, &set_again));
                CHECK(again.bid == nbbo.bid && again.ask == nbbo.ask &&
                      again.bid_size == nbbo.bid_size && set_again == set);
                struct tl_option_view view;
                const struct tl_option_mark *mark = &frame.marks[tl_option_frame_mark(&frame, ts)];
                tl_chain_value(&world.chain, &world.symbol, &world.latent, e, i, right, mark->spot,
                               start, &view);
                CHECK((double)nbbo.bid * 1e-4 <= view.price + 1e-9);
                CHECK((double)nbbo.ask * 1e-4 >= view.price - 1e-9);
            }
        }
    }
}

/* Mean width near the money over all expiries, USD; counts bids for what is worth next to nothing. */
static void mean_width(double option_width, double *mean, uint32_t *cheap_bids)
{
    static struct tl_option_frame frame;
    double sum = 0, n = 0;
    open_world("META", test_seed());
    world.symbol.option_width = option_width;
    option_world_second(&world, world.session.session_start_s + 7200);
    tl_option_frame_init(&frame, &world.second);
    tl_ns ts = world.second.second * TL_NS_PER_S;
    for (uint32_t e = 0; e < world.chain.expiry_count; e++)
        for (uint32_t i = 0; i < world.chain.expiries[e].strike_count; i++) {
            struct tl_option_quote quote;
            struct tl_option_view view;
            REQUIRE(tl_option_quote_at(&frame, e, i, 'C', ts, &quote));
            tl_chain_value(&world.chain, &world.symbol, &world.latent, e, i, 'C',
                           frame.marks[0].spot, ts, &view);
            *cheap_bids += view.price < 0.017 && quote.bid > 0;
            if (quote.delta < 0.4 || quote.delta > 0.6) continue;
            sum += (double)(quote.ask - quote.bid) * 1e-4;
            n += 1;
        }
    REQUIRE(n > 20);
    *mean = sum / n;
}

TL_TEST("a name's width is its own, and nobody bids a cent for what is worth less than fees")
{
    uint32_t cheap_bids = 0;
    double ordinary = 0, wide = 0;
    mean_width(1, &ordinary, &cheap_bids);
    mean_width(2, &wide, &cheap_bids);
    CHECK(wide > 1.3 * ordinary && wide < 2.2 * ordinary);
    CHECK_INT(cheap_bids, 0);
}

struct sheet {
    uint32_t count;
    double strike[TL_STRIKES_MAX];
    double bid[2][TL_STRIKES_MAX], ask[2][TL_STRIKES_MAX];
};

static void fill_sheet(struct sheet *sheet, uint32_t e, tl_ns ts, struct tl_option_frame *frame)
{
    sheet->count = world.chain.expiries[e].strike_count;
    for (uint32_t i = 0; i < sheet->count; i++)
        for (int put = 0; put < 2; put++) {
            struct tl_option_quote quote;
            REQUIRE(tl_option_quote_at(frame, e, i, put ? 'P' : 'C', ts, &quote));
            sheet->strike[i] = (double)tl_chain_strike_milli(&world.chain, e, i) / 1000;
            sheet->bid[put][i] = (double)quote.bid * 1e-4;
            sheet->ask[put][i] = (double)quote.ask * 1e-4;
        }
}

/* Executable: the cost at the quotes is below the least that is ever paid back. */
static void check_sheet(const struct sheet *sheet, double spot_bid, double spot_ask, double years)
{
    const double eps = 1e-9;
    double grow_r = tl_exp(-world.symbol.rate * years);
    double grow_q = tl_exp(-(world.symbol.dividend + world.symbol.borrow) * years);
    for (uint32_t i = 0; i < sheet->count; i++) {
        double k = sheet->strike[i];
        /* Conversion and reversal; an American class has the wider bounds of early exercise. */
        double high = spot_ask * (world.symbol.european ? grow_q : 1) - k * grow_r;
        double low = spot_bid * grow_q - k * (world.symbol.european ? grow_r : 1);
        CHECK(sheet->bid[0][i] - sheet->ask[1][i] <= high + eps);
        CHECK(sheet->ask[0][i] - sheet->bid[1][i] >= low - eps);
        if (i == 0) continue;
        double width = k - sheet->strike[i - 1];
        CHECK(sheet->bid[0][i] <= sheet->ask[0][i - 1] + eps);
        CHECK(sheet->bid[1][i - 1] <= sheet->ask[1][i] + eps);
        CHECK(sheet->bid[0][i - 1] - sheet->ask[0][i] <= width + eps);
        CHECK(sheet->bid[1][i] - sheet->ask[1][i - 1] <= width + eps);
        if (i == 1) continue;
        double far = k - sheet->strike[i - 2], w = width / far; /* weight of the lower wing */
        for (int put = 0; put < 2; put++)
            CHECK(sheet->bid[put][i - 1] <=
                  w * sheet->ask[put][i - 2] + (1 - w) * sheet->ask[put][i] + eps);
    }
}

TL_TEST("a contract keeps its place in the width over a minute and loses it over the session")
{
    /* Unit noise on a lattice of 600 s, linear between: 60 s on, the correlation of places is above
     * .85; an hour on, nothing of a contract's own is left. 400 contracts: sd of the latter .05. */
    double now[400], soon[400], late[400], sum[3] = {0}, same = 0, other = 0, square = 0;
    open_world("NVDA", test_seed());
    for (int lag = 0; lag < 3; lag++) {
        static const int64_t at[3] = {3000, 3060, 6600};
        double *place = lag == 0 ? now : lag == 1 ? soon : late;
        option_world_second(&world, world.session.session_start_s + at[lag]);
        for (uint32_t c = 0; c < 400; c++) {
            struct tl_option_noise noise;
            tl_option_noise_at(&world.second, NULL, 37 * c, world.second.second * TL_NS_PER_S,
                               &noise);
            CHECK(noise.skew >= -1 && noise.skew <= 1);
            CHECK(noise.width > 0.7 && noise.width < 1.3);
            place[c] = noise.skew;
            sum[lag] += noise.skew;
        }
    }
    for (int c = 0; c < 400; c++) {
        square += now[c] * now[c];
        same += now[c] * soon[c];
        other += now[c] * late[c];
    }
    CHECK(square / 400 > 0.12); /* wide: a uniform place would have .27 of .9 */
    CHECK(same / square > 0.85);
    CHECK(tl_abs(other / square) < 0.2);
    for (int lag = 0; lag < 3; lag++)
        CHECK(tl_abs(sum[lag]) / 400 < 0.12);
}

TL_TEST("no vertical, butterfly, parity or calendar trade earns money at one instant")
{
    static const char *const names[] = {"SPY", "NVDA", "KO", "XSP", "MU"};
    static struct tl_option_frame frame;
    static struct sheet near, far;
    struct tl_rng rng = tl_rng_at(test_seed(), TL_RNG_DAY, 2, 1);
    for (size_t n = 0; n < 5; n++) {
        open_world(names[n], test_seed() + n);
        for (int trial = 0; trial < 12; trial++) {
            int64_t at = trial == 0 ? 23399 : tl_rng_below(&rng, 23400);
            option_world_second(&world, world.session.session_start_s + at);
            tl_option_frame_init(&frame, &world.second);
            tl_ns ts = world.second.second * TL_NS_PER_S + tl_rng_below(&rng, 1000000000);
            const struct tl_quote_point *spot = tl_quote_path_at(&world.path, ts);
            for (uint32_t e = 0; e < world.chain.expiry_count; e++) {
                fill_sheet(&far, e, ts, &frame);
                check_sheet(&far, (double)spot->bid * 1e-4, (double)spot->ask * 1e-4,
                            tl_option_frame_slice(&frame, e)->years);
                for (uint32_t i = 0, j = 0; e > 0 && !world.symbol.european && i < far.count; i++) {
                    while (j < near.count && near.strike[j] < far.strike[i])
                        j++;
                    if (j == near.count || near.strike[j] > far.strike[i]) continue;
                    CHECK(near.bid[0][j] <= far.ask[0][i] + 1e-9);
                    CHECK(near.bid[1][j] <= far.ask[1][i] + 1e-9);
                }
                near = far;
            }
        }
    }
}

static size_t run_second(struct tl_options *room, int64_t second)
{
    struct tl_batch batch = {events, truths, 0, 20000, 0};
    option_world_second(&world, second);
    tl_options_second(room, &world.second, &batch);
    CHECK_INT(batch.dropped, 0);
    return batch.count;
}

static uint64_t digest(size_t count)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += tl_event_hash(&events[i], (struct tl_str){world.symbol.ticker, 3});
    return sum;
}

TL_TEST("64 seconds of warm-up give the same events as a run, and both repeat")
{
    static const char *const names[] = {"SPY", "TSLA", "KO"};
    for (size_t n = 0; n < 3; n++) {
        open_world(names[n], test_seed() + 3);
        struct tl_options *room = tl_options_create(64);
        REQUIRE(room != NULL);
        int64_t start = world.session.session_start_s + 3000, last = start + 400;
        uint64_t want[20];
        size_t total = 0;
        for (int64_t s = start; s < last; s++) {
            size_t count = run_second(room, s);
            total += count;
            if (s >= last - 20) want[s - last + 20] = digest(count);
        }
        CHECK(total > 50);
        tl_options_reset(room);
        for (int64_t s = last - 20 - TL_LOOKBACK_S; s < last - 20; s++) {
            option_world_second(&world, s);
            tl_options_warm(room, &world.second);
        }
        for (int64_t s = last - 20; s < last; s++)
            CHECK(digest(run_second(room, s)) == want[s - last + 20]);
        tl_options_destroy(room);
    }
}

static bool same_contract(const struct tl_contract *a, const struct tl_contract *b)
{
    return a->sym == b->sym && a->right == b->right && a->expiry_day == b->expiry_day &&
           a->strike_milli == b->strike_milli;
}

TL_TEST("each print follows its published NBBO, lies where it says, and inverts to its volatility")
{
    open_world("NVDA", test_seed() + 4);
    struct tl_options *room = tl_options_create(64);
    REQUIRE(room != NULL);
    int prints = 0, covered = 0, zero_iv = 0;
    for (int64_t s = world.session.session_start_s + 600; s < world.session.session_start_s + 900;
         s++) {
        size_t count = run_second(room, s);
        for (size_t i = 0; i < count; i++) {
            const struct tl_event *event = &events[i];
            CHECK(event->ts / TL_NS_PER_S == s && event->sym == world.sym);
            if (event->stream != TL_STREAM_OPTION_PRINT) continue;
            const struct tl_option_trade *trade = &event->u.option;
            prints++;
            CHECK(trade->size > 0 && trade->price > 0 && trade->price % 100 == 0);
            CHECK(trade->executed <= event->ts && trade->nbbo_ts <= event->ts);
            CHECK(trade->venue < TL_OV_COUNT && truths[i].subtype == TL_SUB_BACKGROUND);
            double spot = 0.5e-4 * (double)(trade->spot_bid + trade->spot_ask);
            double strike = (double)trade->contract.strike_milli / 1000;
            double price = (double)trade->price * 1e-4;
            uint32_t e, k;
            REQUIRE(tl_chain_index(&world.chain, &trade->contract, &e, &k));
            double years = tl_years_to(event->ts, world.chain.expiries[e].close);
            double q = world.symbol.dividend + world.symbol.borrow;
            double intrinsic = trade->contract.right == 'C' ? spot - strike : strike - spot;
            CHECK(price >= intrinsic - 1e-9);
            double iv =
                tl_bs_iv(trade->contract.right, price, spot, strike, years, world.symbol.rate, q);
            CHECK_NEAR((double)trade->iv_e6 * 1e-6, iv, 2e-6 + 1e-6 * iv);
            zero_iv += trade->iv_e6 == 0;
            /* The latest published quote of the contract at or before the print. */
            const struct tl_event *latest = NULL;
            for (size_t j = 0; j < count; j++)
                if (events[j].stream == TL_STREAM_OPTION_NBBO && events[j].ts <= event->ts &&
                    same_contract(&events[j].u.nbbo.contract, &trade->contract) &&
                    (!latest || events[j].ts >= latest->ts))
                    latest = &events[j];
            covered +=
                latest && latest->u.nbbo.bid == trade->bid && latest->u.nbbo.ask == trade->ask;
        }
    }
    CHECK(prints > 2000);
    CHECK(zero_iv < prints / 20);
    /* Late or missing with probability 0.008; 4 sd at 2000 prints are 0.008. */
    CHECK(covered > 0.984 * prints);
    tl_options_destroy(room);
}

TL_TEST("sizes, sides, conditions and rates of background flow are those of the calibration")
{
    open_world("NVDA", 20260821);
    struct tl_options *room = tl_options_create(64);
    REQUIRE(room != NULL);
    double prints = 0, ones = 0, tens = 0, bid = 0, ask = 0, outside = 0, volume = 0;
    double calls = 0, iso = 0, auto_single = 0, legs = 0, expected = 0, quotes = 0, buys = 0;
    for (int64_t s = world.session.session_start_s + 600; s < world.session.session_start_s + 3600;
         s++) {
        size_t count = run_second(room, s);
        if (s >= world.session.session_start_s + 700)
            expected += world.latent.option_rate;
        else
            continue;
        for (size_t i = 0; i < count; i++) {
            const struct tl_option_trade *trade = &events[i].u.option;
            quotes += events[i].stream == TL_STREAM_OPTION_NBBO;
            if (events[i].stream != TL_STREAM_OPTION_PRINT) continue;
            prints++;
            volume += trade->size;
            ones += trade->size == 1;
            tens += trade->size <= 10;
            if (trade->contract.right == 'C') calls += trade->size;
            iso += trade->condition == 'S';
            auto_single += trade->condition == 'I';
            legs += truths[i].package != 0;
            buys += truths[i].side > 0;
            bid += trade->price == trade->bid;
            ask += trade->price == trade->ask;
            outside +=
                trade->nbbo_known && (trade->price < trade->bid || trade->price > trade->ask);
        }
    }
    /* Clustered counts: the sd of 2900 s is about 7 times Poisson's (families of orders, two prints
     * an order), 7 / sqrt(52000) = 3 %. */
    CHECK_NEAR(prints / expected, 1, 0.12);
    CHECK(ones / prints > 0.40 && ones / prints < 0.55);
    CHECK(tens / prints > 0.85 && tens / prints < 0.92);
    CHECK(volume / prints > 4 && volume / prints < 9);
    CHECK(bid / prints > 0.26 && bid / prints < 0.40);
    /* At a spread of one tick what is priced inside falls on a touch, and without a bid on the ask. */
    CHECK(ask / prints > 0.26 && ask / prints < 0.45);
    CHECK(outside / prints > 0.005 && outside / prints < 0.04);
    /* O11's retail volume at O8's mean size takes more small electronic prints, and fewer legs, than
     * CALIBRATION B.3's mix by prints; O10's shares of contracts hold. */
    CHECK(auto_single / prints > 0.55 && auto_single / prints < 0.72);
    CHECK(iso / prints > 0.13 && iso / prints < 0.22);
    CHECK(legs / prints > 0.08 && legs / prints < 0.16);
    CHECK_NEAR(buys / prints, 0.5, 0.04);
    CHECK(calls / volume > 0.53 && calls / volume < 0.70);
    CHECK(quotes > prints);
    tl_options_destroy(room);
}

TL_TEST("a scenario child prints as asked, and leaving it out changes nothing of the background")
{
    open_world("AAPL", test_seed() + 5);
    struct tl_options *room = tl_options_create(64);
    REQUIRE(room != NULL);
    int64_t s = world.session.session_start_s + 5000;
    option_world_second(&world, s);
    uint32_t e, k;
    double spot = tl_exp(world.latent.log_px[0]);
    REQUIRE(tl_chain_find(&world.chain, &world.symbol, &world.latent, spot, s * TL_NS_PER_S, 5, 60,
                          0.4, 'C', &e, &k));
    struct tl_child child = {.ts = s * TL_NS_PER_S + 400000000,
                             .parent_id = 77,
                             .subtype = TL_SUB_CALL_SWEEP,
                             .expiry = e,
                             .strike = k,
                             .right = 'C',
                             .side = 1,
                             .aggression = 2,
                             .size = 321,
                             .condition = 'S',
                             .multi_venue = true,
                             .draw = 5};
    world.second.children = &child;
    world.second.child_count = 1;
    struct tl_batch batch = {events, truths, 0, 20000, 0};
    tl_options_second(room, &world.second, &batch);
    uint64_t background = 0, alone = 0;
    int found = 0;
    for (size_t i = 0; i < batch.count; i++) {
        const struct tl_option_trade *trade = &events[i].u.option;
        if (events[i].stream != TL_STREAM_OPTION_PRINT) continue;
        if (truths[i].parent_id == 0) {
            background += tl_event_hash(&events[i], (struct tl_str){"AAPL", 4});
            continue;
        }
        found++;
        CHECK(truths[i].parent_id == 77 && truths[i].subtype == TL_SUB_CALL_SWEEP);
        CHECK(truths[i].side == 1 && trade->size == 321 && trade->multi_venue);
        CHECK(events[i].ts == child.ts && trade->condition == 'S');
        CHECK(!trade->nbbo_known ||
              trade->price == trade->ask + tl_option_grid(TL_CLASS_PENNY, trade->ask));
    }
    CHECK_INT(found, 1);
    tl_options_reset(room);
    world.second.child_count = 0;
    batch.count = 0;
    tl_options_second(room, &world.second, &batch);
    for (size_t i = 0; i < batch.count; i++)
        if (events[i].stream == TL_STREAM_OPTION_PRINT)
            alone += tl_event_hash(&events[i], (struct tl_str){"AAPL", 4});
    CHECK(alone == background);
    tl_options_destroy(room);
}

TL_TEST("masked streams print nothing and keep the flow's state")
{
    open_world("SPY", test_seed() + 6);
    struct tl_options *room = tl_options_create(64), *masked = tl_options_create(64);
    REQUIRE(room != NULL && masked != NULL);
    int64_t start = world.session.session_start_s + 100;
    size_t got = 0;
    for (int64_t s = start; s < start + 30; s++)
        got += run_second(room, s);
    CHECK(got > 100);
    uint64_t want = digest(run_second(room, start + 30));
    world.second.streams = 1u << TL_STREAM_EQUITY_PRINT;
    for (int64_t s = start; s < start + 30; s++)
        CHECK_INT(run_second(masked, s), 0);
    world.second.streams = 15;
    CHECK(digest(run_second(masked, start + 30)) == want);
    tl_options_destroy(room);
    tl_options_destroy(masked);
}
