/* SPDX-License-Identifier: Apache-2.0
 * Hand-made stock tapes whose spread, places, impact and queues are known. */
#include <stdlib.h>

#include "base/math.h"
#include "lib/harness.h"
#include "score/equity_scene.h"
#include "score/equity_tape.h"

#define START_S 1790000000LL
#define SESSION_S 23400

static const struct tl_symbol WIDE = {.ticker = "WIDE",
                                      .sector = TL_SECTOR_TECH,
                                      .price = 200,
                                      .adv_shares = 1e8,
                                      .spread_usd = 0.04,
                                      .odd_lot_share = 0.5,
                                      .iv28 = 0.3,
                                      .tick = 100,
                                      .lot = 100};

struct stage {
    struct tl_score_equities *acc;
    struct tl_score_report *report;
    struct tl_symbol symbol;
};

static bool stage_open(struct stage *stage, struct tl_symbol symbol)
{
    stage->acc = tl_score_equities_create(1);
    stage->report = calloc(1, sizeof *stage->report);
    stage->symbol = symbol;
    if (!stage->acc || !stage->report) return false;
    tl_score_equities_session(stage->acc, START_S, START_S + SESSION_S);
    return true;
}

static void stage_rows(struct stage *stage)
{
    tl_score_equities_end(stage->acc);
    tl_score_equities_rows(stage->acc, &stage->symbol, 1, stage->report);
    /* Small tapes: look at the numbers, not at their minimum samples. */
}

static double value_of(struct stage *stage, const char *id, uint32_t at)
{
    return tl_score_row(stage->report, id, "", 'H', 0)->numbers[at].value;
}

static void stage_close(struct stage *stage)
{
    tl_score_equities_destroy(stage->acc);
    free(stage->report);
}

static tl_ns at(double seconds)
{
    return START_S * TL_NS_PER_S + (tl_ns)(seconds * 1e9 + 0.5);
}

static void quote(struct stage *stage, double seconds, tl_px bid, tl_px ask)
{
    struct tl_event event = {.ts = at(seconds), .stream = TL_STREAM_EQUITY_QUOTE};
    event.u.quote = (struct tl_equity_quote){bid, ask, 300, 100};
    tl_score_equities_event(stage->acc, &event, NULL);
}

struct sale {
    tl_px price;
    tl_lots size;
    enum tl_equity_venue venue;
    const char *conditions;
    int side; /* 2: no truth */
};

static void trade(struct stage *stage, double seconds, struct sale sale)
{
    struct tl_event event = {.ts = at(seconds) + 300000, .stream = TL_STREAM_EQUITY_PRINT};
    event.u.trade = (struct tl_equity_trade){.price = sale.price,
                                             .size = sale.size,
                                             .venue = (uint8_t)sale.venue,
                                             .off_exchange = sale.venue == TL_EV_OTC,
                                             .executed = at(seconds)};
    for (int i = 0; i < 4; i++)
        event.u.trade.conditions[i] = sale.conditions[i];
    struct tl_truth truth = {.side = (int8_t)sale.side};
    tl_score_equities_event(stage->acc, &event, sale.side == 2 ? NULL : &truth);
}

static void cast_of_prints(struct stage *stage)
{
    for (int i = 0; i < 3000; i++) {
        double s = 5 + 7 * i;
        trade(stage, s, (struct sale){2000400, 100, TL_EV_NASDAQ, "@F  ", 1});    /* at the ask */
        trade(stage, s + 1, (struct sale){2000200, 100, TL_EV_NYSE, "@   ", 0});  /* middle */
        trade(stage, s + 2, (struct sale){2000100, 200, TL_EV_EDGX, "@   ", -1}); /* inside */
        trade(stage, s + 3, (struct sale){2000399, 400, TL_EV_OTC, "@   ", 1});   /* improved */
        trade(stage, s + 4, (struct sale){2000000, 100, TL_EV_OTC, "@   ", -1});  /* at the bid */
        trade(stage, s + 5, (struct sale){2000250, 50, TL_EV_OTC, "@4  ", 1});    /* reference */
    }
}

TL_TEST("spread paid, places, venues and conditions of a hand-made tape are those made")
{
    struct stage stage;
    REQUIRE(stage_open(&stage, WIDE));
    quote(&stage, 0, 2000000, 2000400);
    cast_of_prints(&stage);
    stage_rows(&stage);
    CHECK_NEAR(value_of(&stage, "E17", 0), 4, 1e-12);
    CHECK_NEAR(value_of(&stage, "E17", 2), 0, 1e-12);
    /* Lit: sizes 100 100 200 pay 4, 0 and 2 of 4 ticks. Off: 400 x 3.98 and 100 x 4. */
    CHECK_NEAR(value_of(&stage, "E19", 0), (100 * 4 + 200 * 2) / 1600.0, 1e-12);
    CHECK_NEAR(value_of(&stage, "E19", 1), (400 * 3.98 + 400) / 2000.0, 1e-12);
    CHECK_NEAR(value_of(&stage, "E19", 2), (800 + 1992 + 50 * 1.0) / 3800.0, 1e-12);
    CHECK_NEAR(value_of(&stage, "E39", 0), 550 / 950.0, 1e-12);
    CHECK_NEAR(value_of(&stage, "E39", 1), 0.5, 1e-12);
    CHECK_NEAR(value_of(&stage, "E40", 0), 100 / 550.0, 1e-12);
    CHECK_NEAR(value_of(&stage, "E40", 2), 450 / 550.0, 1e-12);
    CHECK_NEAR(value_of(&stage, "E41", 0), 2 / 6.0, 1e-12);
    CHECK_NEAR(value_of(&stage, "E41", 2), 1 / 3.0, 1e-12);
    CHECK_NEAR(value_of(&stage, "E42", 2), 0.25, 1e-12);
    CHECK_NEAR(value_of(&stage, "E42", 3), 0.25, 1e-12);
    CHECK_NEAR(value_of(&stage, "E42", 4), 0.50, 1e-12);
    CHECK_NEAR(value_of(&stage, "E43", 0), 1 / 3.0, 1e-12);
    CHECK_NEAR(value_of(&stage, "E46", 0), 0.25, 1e-12); /* WIDE is Nasdaq's */
    CHECK_NEAR(value_of(&stage, "E46", 3), 0.50, 1e-12);
    /* Whole cents: 2000400 2000200 2000100 2000000, last digits 4 2 1 0. */
    CHECK_NEAR(value_of(&stage, "E51", 0), 0.25, 1e-12);
    CHECK_NEAR(value_of(&stage, "E51", 2), 0.25, 1e-12);
    stage_close(&stage);
}

TL_TEST("auctions count as volume, and nowhere else")
{
    struct stage stage;
    REQUIRE(stage_open(&stage, WIDE));
    quote(&stage, 0, 2000000, 2000400);
    trade(&stage, 1, (struct sale){2000400, 1000, TL_EV_NASDAQ, "@O  ", 0});
    for (int i = 0; i < 12000; i++)
        trade(&stage, 2 + i, (struct sale){2000400, 10, TL_EV_NASDAQ, "@   ", 1});
    trade(&stage, 23399, (struct sale){2000000, 11000, TL_EV_NASDAQ, "@6  ", 0});
    stage_rows(&stage);
    CHECK_NEAR(value_of(&stage, "E44", 0), 11000 / 132000.0, 1e-12);
    CHECK_NEAR(value_of(&stage, "E44", 2), 1000 / 132000.0, 1e-12);
    CHECK_NEAR(value_of(&stage, "E34", 1), 1.0, 1e-12);
    CHECK_NEAR(value_of(&stage, "E19", 0), 1.0, 1e-12);
    stage_close(&stage);
}

TL_TEST("sides without truth come from the quote before the execution, then from the last move")
{
    struct stage stage;
    REQUIRE(stage_open(&stage, WIDE));
    quote(&stage, 0, 2000000, 2000400);
    for (int i = 0; i < 16000; i++) { /* buy, buy, sell, then the middle: an uptick, so a buy */
        trade(&stage, 1 + i, (struct sale){2000400, 10, TL_EV_NASDAQ, "@   ", 2});
        trade(&stage, 1.2 + i, (struct sale){2000300, 10, TL_EV_NASDAQ, "@   ", 2});
        trade(&stage, 1.4 + i, (struct sale){2000000, 10, TL_EV_NASDAQ, "@   ", 2});
        trade(&stage, 1.6 + i, (struct sale){2000200, 10, TL_EV_NASDAQ, "@   ", 2});
    }
    /* A quote set at the very moment of an execution did not stand before it. */
    quote(&stage, 17000, 2000000, 2000200);
    trade(&stage, 17000, (struct sale){2000190, 1, TL_EV_NASDAQ, "@   ", 2});
    stage_rows(&stage);
    /* + + - + round: mean .5, products of neighbours + - - + sum to 0: (0 - .25) / .75. */
    CHECK_NEAR(value_of(&stage, "E28", 0), -1 / 3.0, 1e-3);
    stage_close(&stage);
}

static void path_point(struct tl_quote_path *path, double seconds, tl_px bid, tl_px ask,
                       tl_lots bid_size)
{
    path->points[path->count++] = (struct tl_quote_point){at(seconds), bid, ask, bid_size, 100};
}

/* Each second: a thick bid, the ask lifts for .25 s, locks for 1 ms, all is back at .5 s. */
static void queue_session(struct stage *stage)
{
    struct tl_quote_path path;
    for (int s = 0; s < SESSION_S; s++) {
        path.count = 0;
        path_point(&path, s, 2000000, 2000400, 1900);
        path_point(&path, s + 0.25, 2000000, 2000500, 1900);
        path_point(&path, s + 0.499, 2000500, 2000500, 1900);
        path_point(&path, s + 0.5, 2000000, 2000400, 1900);
        tl_score_equities_path(stage->acc, 0, &path, START_S + s);
    }
}

TL_TEST("updates, locks, reversals, standing seconds and queues of a made path are counted right")
{
    struct stage stage;
    REQUIRE(stage_open(&stage, WIDE));
    queue_session(&stage);
    quote(&stage, 100, 1, 2); /* published quotes do not matter where there is a path */
    stage_rows(&stage);
    CHECK_NEAR(value_of(&stage, "E20", 0), 3, 1e-9); /* the second's start is no update */
    CHECK_NEAR(value_of(&stage, "E20", 1), 3, 1e-9);
    CHECK_NEAR(value_of(&stage, "E22", 0), 0.1, 1e-6); /* % of time */
    CHECK_NEAR(value_of(&stage, "E22", 1), 100 / 3.0, 1e-9);
    CHECK_NEAR(value_of(&stage, "E22", 2), 0, 1e-12);
    /* Mids: + + - each second, so two of three neighbours differ. */
    CHECK_NEAR(value_of(&stage, "E23", 0), 2 / 3.0, 1e-3);
    CHECK_NEAR(value_of(&stage, "E24", 1), 1.0, 1e-12);
    /* Imbalance .9 always: moves up foretold, down not. */
    CHECK_NEAR(value_of(&stage, "E27", 2), 2 / 3.0, 1e-3);
    CHECK_NEAR(value_of(&stage, "E17", 0), 4 * 0.75 + 5 * 0.249, 1e-9);
    CHECK(value_of(&stage, "E25", 0) == 100); /* half the sizes, by time, are 100 */
    stage_close(&stage);
}

TL_TEST("a crossed market is told from a locked one, with how long it lasts")
{
    struct stage stage;
    struct tl_quote_path path = {0};
    REQUIRE(stage_open(&stage, WIDE));
    path_point(&path, 0, 2000000, 2000100, 100);
    for (int i = 0; i < 40; i++) {
        path_point(&path, 0.01 + i * 0.02, 2000200, 2000100, 100);
        path_point(&path, 0.0115 + i * 0.02, 2000000, 2000100, 100);
    }
    for (int s = 0; s < 2000; s++) {
        for (uint32_t i = 0; i < path.count; i++)
            path.points[i].ts += s ? TL_NS_PER_S : 0;
        tl_score_equities_path(stage.acc, 0, &path, START_S + s);
    }
    stage_rows(&stage);
    CHECK_NEAR(value_of(&stage, "E22", 4), 1.5, 1e-6);
    CHECK_NEAR(value_of(&stage, "E22", 3), 50, 1e-2);
    CHECK_NEAR(value_of(&stage, "E22", 1), 0, 1e-12);
    stage_close(&stage);
}

TL_TEST("a spread that is wide at the open and tight at the close has that profile")
{
    struct stage stage;
    REQUIRE(stage_open(&stage, WIDE));
    quote(&stage, 0, 2000000, 2001000);
    quote(&stage, 1800, 2000000, 2000400);
    quote(&stage, 12 * 1800, 2000000, 2000300);
    stage_rows(&stage);
    CHECK_NEAR(value_of(&stage, "E18", 0), 2.5, 1e-9);
    CHECK_NEAR(value_of(&stage, "E18", 1), 0.75, 1e-9);
    stage_close(&stage);
}

/* Every 120 s one buy of `size` at the ask of a 10-tick spread; within 5 s the mid is up by
 * scale x size^.3 units of 1e-4 USD, where it stays. Sells bring it back 60 s later. turns: in every
 * other half hour the mid goes the other way. */
static void impact_session(struct stage *stage, double scale, bool turns)
{
    tl_px mid = 2000000;
    for (int i = 0; i < 194; i++) {
        tl_lots size = 100 << (i % 5);
        tl_px move = (tl_px)(scale * tl_pow(size, 0.3) + 0.5);
        if (turns && i / 15 % 2) move = -move;
        for (int side = 1; side >= -1; side -= 2) {
            double s = 1 + 120 * i + (side > 0 ? 0 : 60);
            quote(stage, s, mid - 500, mid + 500);
            for (int part = 0; part < 60; part++) /* of 60 ms, so one parent each */
                trade(stage, s + 0.01 + part * 0.01,
                      (struct sale){mid + 500 * side, size, TL_EV_NASDAQ, "@   ", side});
            /* A package's stock the other way, a thousand times as large: nobody's aggression. */
            trade(stage, s + 2, (struct sale){mid, 1000 * size, TL_EV_OTC, "@7  ", -side});
            mid += side * move;
            quote(stage, s + 5, mid - 500, mid + 500);
        }
    }
}

TL_TEST("impact rises with the power of size that was made, and by the part of the half-spread")
{
    struct stage stage;
    struct tl_symbol symbol = WIDE;
    symbol.spread_usd = 0.10;
    symbol.price = 400;
    double moves = 0;
    REQUIRE(stage_open(&stage, symbol));
    impact_session(&stage, 20, false);
    stage_rows(&stage);
    for (int i = 0; i < 5; i++)
        moves += 20 * tl_pow(100 << i, 0.3) / 5;
    CHECK_NEAR(value_of(&stage, "E47", 0), 0.3, 0.01);
    CHECK_NEAR(value_of(&stage, "E48", 0), moves / 500, 0.01);
    /* Flows of 1 2 4 8 16 against moves of their powers .3: 61.3 / sqrt(341 x 13.6). */
    CHECK_NEAR(value_of(&stage, "E49", 0), 0.900, 0.01);
    stage_close(&stage);
}

TL_TEST("impact that half hours do not agree on is unknown, whatever its mean")
{
    struct tl_symbol symbol = WIDE;
    symbol.spread_usd = 0.10;
    symbol.price = 400;
    /* Mean move 128 or 1280 units, half hours of alternating sign: an error of sd / sqrt 13, .07 or .7
     * of the half-spread of 500. Half of the band's width is .425. */
    for (int loud = 0; loud <= 1; loud++) {
        struct stage stage;
        REQUIRE(stage_open(&stage, symbol));
        impact_session(&stage, loud ? 200 : 20, true);
        stage_rows(&stage);
        CHECK(tl_is_finite(value_of(&stage, "E48", 0)) == !loud);
        CHECK(tl_is_finite(value_of(&stage, "E48", 1)) == !loud);
        stage_close(&stage);
    }
}

TL_TEST("orders that follow the square-root law give its exponent and its factor")
{
    struct stage stage;
    REQUIRE(stage_open(&stage, WIDE));
    double sigma = WIDE.iv28 / tl_sqrt(252.0);
    tl_px mid = 2000000;
    for (int i = 0; i < 400; i++) {
        tl_lots part = 10000 << (i % 4); /* of ten prints */
        double impact = 0.8 * sigma * tl_sqrt(10.0 * part / WIDE.adv_shares);
        for (int c = 0; c < 10; c++) {
            double s = 20 + 50 * i + c;
            tl_px now = mid + (c == 9 ? (tl_px)(impact * (double)mid + 0.5) : 0);
            quote(&stage, s - 0.5, now - 100, now + 100);
            struct tl_event event = {.ts = at(s), .stream = TL_STREAM_EQUITY_PRINT};
            event.u.trade =
                (struct tl_equity_trade){now + 100, part, TL_EV_NYSE, false, "@   ", event.ts};
            struct tl_truth truth = {.parent_id = 1000 + (uint64_t)i, .side = 1};
            tl_score_equities_event(stage.acc, &event, &truth);
        }
    }
    stage_rows(&stage);
    CHECK_NEAR(value_of(&stage, "E50", 0), 0.5, 0.002);
    CHECK_NEAR(value_of(&stage, "E50", 1), 0.8, 0.001);
    stage_close(&stage);
}

TL_TEST(
    "orders of latent sessions give the law of their children, and stand before those of the tape")
{
    struct tl_score_latent_orders *sessions = calloc(2, sizeof *sessions);
    struct stage stage;
    REQUIRE(sessions && stage_open(&stage, WIDE));
    double sigma = WIDE.iv28 / tl_sqrt(252.0), mid = 2000000;
    for (uint32_t i = 0; i < 400; i++) {
        int8_t side = i % 3 ? 1 : -1;
        struct tl_child child = {
            .parent_id = 7 + i, .stock = true, .side = side, .size = 20000 << (i % 4)};
        double impact = 0.8 * sigma * tl_sqrt(5.0 * (double)child.size / WIDE.adv_shares);
        for (int c = 0; c < 5; c++)
            tl_score_latent_orders_child(&sessions[i % 2], 0, &child,
                                         c == 4 ? mid * (1 + side * impact) : mid);
        /* Neither contingent legs nor options nor orders of few children count. */
        child.condition = '7';
        tl_score_latent_orders_child(&sessions[i % 2], 0, &child, 3 * mid);
        child = (struct tl_child){.parent_id = 7 + i, .side = side, .size = 10};
        tl_score_latent_orders_child(&sessions[i % 2], 0, &child, 3 * mid);
        child = (struct tl_child){.parent_id = 5000 + i, .stock = true, .side = 1, .size = 900000};
        tl_score_latent_orders_child(&sessions[i % 2], 0, &child, mid);
    }
    tl_score_latent_orders_rows(sessions, 2, &stage.symbol, stage.report);
    stage_rows(&stage);
    CHECK_INT(tl_score_row(stage.report, "E50", "", 'H', 0)->count, 2);
    CHECK_NEAR(value_of(&stage, "E50", 0), 0.5, 0.001);
    CHECK_NEAR(value_of(&stage, "E50", 1), 0.8, 0.001);
    stage_close(&stage);
    free(sessions);
}

TL_TEST("quotes of earlier are found by time, strictly before, as far back as they are kept")
{
    struct tl_score_quotes *quotes = calloc(1, sizeof *quotes);
    REQUIRE(quotes);
    CHECK(!tl_score_quotes_last(quotes) && !tl_score_quotes_before(quotes, 5));
    for (int i = 1; i <= 3 * TL_SCORE_QUOTES; i++)
        tl_score_quotes_push(quotes, &(struct tl_quote_point){.ts = 10 * i, .bid = i});
    CHECK_INT(tl_score_quotes_last(quotes)->bid, 3 * TL_SCORE_QUOTES);
    CHECK_INT(tl_score_quotes_before(quotes, 30 * TL_SCORE_QUOTES)->bid, 3 * TL_SCORE_QUOTES - 1);
    CHECK_INT(tl_score_quotes_before(quotes, 30 * TL_SCORE_QUOTES + 1)->bid, 3 * TL_SCORE_QUOTES);
    CHECK_INT(tl_score_quotes_before(quotes, 20 * TL_SCORE_QUOTES + 11)->bid,
              2 * TL_SCORE_QUOTES + 1);
    CHECK(!tl_score_quotes_before(quotes, 20 * TL_SCORE_QUOTES + 10));
    free(quotes);
}

TL_TEST("a tape that does not say sizes, venues or what is off exchange has no such rows")
{
    struct stage stage;
    struct tl_symbol symbol = WIDE;
    symbol.iv28 = 0; /* not of the universe */
    REQUIRE(stage_open(&stage, symbol));
    struct tl_event event = {.ts = at(0), .stream = TL_STREAM_EQUITY_QUOTE};
    event.u.quote = (struct tl_equity_quote){2000000, 2000400, 0, 0};
    tl_score_equities_event(stage.acc, &event, NULL);
    for (int i = 0; i < 20000; i++)
        trade(&stage, 1 + i, (struct sale){2000400, 10, TL_EV_NYSE, "    ", 2});
    stage_rows(&stage);
    static const char *const absent[] = {"E17", "E20", "E21", "E22", "E25", "E26", "E27", "E34",
                                         "E39", "E40", "E43", "E44", "E45", "E46", "E50"};
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++)
        if (tl_is_finite(value_of(&stage, absent[i], 0)))
            test_fail(__FILE__, __LINE__, "%s has a value", absent[i]);
    CHECK_NEAR(value_of(&stage, "E19", 0), 1.0, 1e-12);
    CHECK_NEAR(value_of(&stage, "E30", 0), 1.0, 1e-12);
    stage_close(&stage);
}

TL_TEST("plots of the stock tape show the names that have lines of their own, and no others")
{
    struct stage stage;
    struct tl_symbol symbol = WIDE;
    for (int i = 0; i < 5; i++)
        symbol.ticker[i] = "MSFT"[i];
    REQUIRE(stage_open(&stage, symbol));
    quote(&stage, 0, 2000000, 2000400);
    cast_of_prints(&stage);
    tl_score_equities_end(stage.acc);
    struct tl_score_curves *curves = tl_score_curves_create();
    REQUIRE(curves);
    tl_score_equities_curves(stage.acc, &symbol, 1, curves);
    CHECK_INT(tl_score_curves_count(curves), 6);
    for (uint32_t i = 0; i < tl_score_curves_count(curves); i++) {
        const struct tl_score_curve *plot = tl_score_curves_get(curves, i);
        bool own = false;
        for (uint32_t l = 0; l < plot->count; l++)
            own |= !plot->lines[l].reference && plot->lines[l].count > 0;
        if (!own && plot->id[0] != 'i') /* nothing moves, so there is no impact to draw */
            test_fail(__FILE__, __LINE__, "plot %s has no line of its own", plot->id);
    }
    tl_score_curves_destroy(curves);
    stage_close(&stage);
}
