/* SPDX-License-Identifier: Apache-2.0
 * Neighbouring profiles: a mean instance of each hidden family, alone on the tape, and the same
 * smaller and larger, in three tenors, in tight and wide quotes. Its own profile must speak and
 * no other may, in nine of ten (the rest are true borders: small, wide, next to another's tenor). */
#include <stdio.h>
#include <stdlib.h>

#include "lib/flow_story.h"
#include "lib/harness.h"

struct variation {
    double size; /* times the mean premium */
    int tenor;   /* 0..2 */
    double half; /* half-spread over the usual */
};

struct template_row {
    const char *name;
    enum tl_profile profile;
    void (*play)(struct story *story, const struct variation *variation);
};

static const char *const months[] = {"06-05", "06-12", "06-19"};
static const char *const days[] = {"05-15", "05-18", "05-20"};

struct order { /* one print and the quote it met */
    const char *id;
    double price, usd, at; /* middle; premium; -1 the bid .. 1 the ask */
    const char *venue, *conditions;
};

static void trade(struct story *story, const struct variation *v, int64_t ms,
                  const struct order *order)
{
    double half = 0.01 * order->price * v->half + 0.01;
    int64_t lots = (int64_t)(v->size * order->usd / (100 * order->price) + 0.5);
    story_nbbo(story, ms > 0 ? ms - 1 : ms, order->id, order->price - half, order->price + half);
    /* Below these premiums the ingest side keeps a print from the signal stream. */
    bool signal = v->size * order->usd >= 15000;
    story_print(story, ms, order->id, order->price + order->at * half, lots > 0 ? lots : 1,
                order->venue, order->conditions, signal);
}

static void spot(struct story *story, int64_t ms, const char *symbol, double mid)
{
    story_quote(story, ms, symbol, mid - 0.02, mid + 0.02);
}

static void sweep(struct story *story, const struct variation *v, char right, double strike)
{
    static const char *const venues[] = {"CBOE", "PHLX", "ISE", "ARCA", "BOX"};
    char id[64];
    snprintf(id, sizeof id, "AMD-2026-%s-%.0f-%c", months[v->tenor], strike, right);
    story->iv = 0.45;
    for (int clip = 0; clip < 4; clip++) {
        spot(story, clip * 70000, "AMD", 160 + 0.02 * clip);
        for (int i = 0; i < 11; i++)
            trade(story, v, clip * 70000 + 10 + 2 * i,
                  &(struct order){id, 3.2, 25e3 - 1.1e3 * i, i < 7 ? 1 : 1.6, venues[i % 5],
                                  "SWEEP,ISO"});
    }
}

static void call_sweep(struct story *story, const struct variation *v)
{
    sweep(story, v, 'C', 170);
}

static void put_sweep(struct story *story, const struct variation *v)
{
    sweep(story, v, 'P', 152);
}

static void accumulation_of(struct story *story, const struct variation *v, const char *symbol)
{
    char id[64];
    snprintf(id, sizeof id, "%s-2026-%s-170-C", symbol, months[v->tenor]);
    story->iv = 0.45;
    for (int i = 0; i < 38; i++) {
        int64_t ms = 23000 * i + 900 * (i % 7);
        spot(story, ms, symbol, 160 + 0.003 * i);
        trade(story, v, ms + 10,
              &(struct order){id, 4.1, 24e3 + 9e3 * (i % 5), i % 5 ? 1 : 0.45, "ISE",
                              i % 5 ? "FILL" : "AUCTION"});
    }
}

static void accumulation(struct story *story, const struct variation *v)
{
    accumulation_of(story, v, "AMD");
}

static void far_dated(struct story *story, const struct variation *v)
{
    static const char *const far[] = {"2026-12-18", "2027-01-15", "2027-06-18"};
    char id[64];
    snprintf(id, sizeof id, "AMD-%s-170-C", far[v->tenor]);
    story->iv = 0.45;
    for (int i = 0; i < 12; i++) {
        int64_t ms = 40000 * (i / 2) + 60 * (i % 2);
        spot(story, ms, "AMD", 160);
        trade(story, v, ms + 10,
              &(struct order){id, 21, 190e3 + 25e3 * (i % 3), i % 3 ? 1 : 0.4, "PHLX",
                              i % 4 ? "AUCTION" : "CROSS"});
    }
}

/* 300 hands in ten minutes; one in five is a large account; a quarter of the small ones sell. */
static void crowd(struct story *story, const struct variation *v, const char *id, double drift,
                  double price)
{
    story->iv = 0.5;
    for (int i = 0; i < 300; i++) {
        int64_t ms = 2000 * i + 37 * (i % 11);
        bool large = i % 5 == 2;
        spot(story, ms, "TSLA", 400 + drift * i);
        trade(story, v, ms + 10,
              &(struct order){id, price, large ? 17e3 + 4e3 * (i % 4) : 90 * price * (1 + i % 6),
                              !large && i % 4 == 1 ? -1 : 1, "BOX", i % 3 ? "FILL" : "AUCTION"});
    }
}

static void call_chase(struct story *story, const struct variation *v)
{
    static const char *const ids[] = {"TSLA-2026-05-14-402.5-C", "TSLA-2026-05-14-405-C",
                                      "TSLA-2026-05-14-407.5-C"};
    crowd(story, v, ids[v->tenor], 0.004, 1.4);
}

static void put_panic(struct story *story, const struct variation *v)
{
    char id[64];
    snprintf(id, sizeof id, "TSLA-2026-%s-385-P", days[v->tenor]);
    crowd(story, v, id, -0.01, 2.1);
}

static void attention(struct story *story, const struct variation *v)
{
    char id[64];
    snprintf(id, sizeof id, "TSLA-2026-%s-425-C", days[v->tenor]);
    crowd(story, v, id, 0, 0.8);
}

static void straddles(struct story *story, const struct variation *v, const char *symbol,
                      double side)
{
    char call[64], put[64];
    snprintf(call, sizeof call, "%s-2026-%s-100-C", symbol, days[2 - v->tenor / 2]);
    snprintf(put, sizeof put, "%s-2026-%s-100-P", symbol, days[2 - v->tenor / 2]);
    story->iv = 0.4;
    for (int i = 0; i < 7; i++) {
        int64_t ms = 41000 * i + 300 * (i % 3);
        spot(story, ms, symbol, 100);
        trade(story, v, ms + 10, &(struct order){call, 2.1, 110e3, side, "CBOE", "COMPLEX"});
        trade(story, v, ms + 10, &(struct order){put, 2.1, 110e3, side, "CBOE", "COMPLEX"});
    }
}

static void vol_probe(struct story *story, const struct variation *v)
{
    straddles(story, v, "NFLX", 0.55);
}

static void short_straddle(struct story *story, const struct variation *v)
{
    straddles(story, v, "XLF", -0.55);
}

static void event_ramp(struct story *story, const struct variation *v)
{
    char id[64];
    snprintf(id, sizeof id, "NFLX-2026-05-%s-105-C", v->tenor == 2 ? "22" : "20");
    story->iv = 0.6;
    for (int i = 0; i < 34; i++) {
        int64_t ms = 19000 * i + 700 * (i % 5);
        spot(story, ms, "NFLX", 100 + 0.003 * i);
        trade(story, v, ms + 10,
              &(struct order){id, 1.9, 22e3 + 8e3 * (i % 4), i % 5 ? 1 : 0.45, "ISE", "FILL"});
    }
}

static void write_options(struct story *story, const struct variation *v, char right)
{
    char id[64];
    snprintf(id, sizeof id, "KO-2026-%s-%s-%c", v->tenor ? months[v->tenor] : "06-26",
             right == 'C' ? "72.5" : "67.5", right);
    story->iv = 0.22;
    for (int i = 0; i < 6; i++) {
        int64_t ms = 33000 * i;
        spot(story, ms, "KO", 70);
        trade(story, v, ms + 10,
              &(struct order){id, 0.7, 150e3, i % 3 ? -1 : -0.5, "PHLX",
                              i % 2 ? "AUCTION" : "FLOOR"});
    }
}

static void overwrite(struct story *story, const struct variation *v)
{
    write_options(story, v, 'C');
}

static void put_write(struct story *story, const struct variation *v)
{
    write_options(story, v, 'P');
}

static void vertical(struct story *story, const struct variation *v)
{
    char low[64], high[64];
    snprintf(low, sizeof low, "JPM-2026-%s-300-C", months[v->tenor]);
    snprintf(high, sizeof high, "JPM-2026-%s-310-C", months[v->tenor]);
    story->iv = 0.25;
    for (int i = 0; i < 7; i++) {
        int64_t ms = 37000 * i;
        spot(story, ms, "JPM", 300);
        trade(story, v, ms + 10, &(struct order){low, 8.0, 140e3, 0.2, "CBOE", "COMPLEX"});
        trade(story, v, ms + 10, &(struct order){high, 4.0, 70e3, -0.2, "CBOE", "COMPLEX"});
    }
}

static void conversion(struct story *story, const struct variation *v)
{
    static const char *const far[] = {"07-17", "08-21", "09-18"};
    char call[64], put[64];
    snprintf(call, sizeof call, "JPM-2026-%s-300-C", far[v->tenor]);
    snprintf(put, sizeof put, "JPM-2026-%s-300-P", far[v->tenor]);
    story->iv = 0.25;
    for (int i = 0; i < 4; i++) {
        int64_t ms = 50000 * i;
        double lots = (double)(int64_t)(v->size * 250e3 / 1500 + 0.5);
        spot(story, ms, "JPM", 300);
        trade(story, v, ms + 10, &(struct order){call, 15, 250e3, -0.3, "CBOE", "COMPLEX"});
        trade(story, v, ms + 10, &(struct order){put, 15, 250e3, 0.3, "CBOE", "COMPLEX"});
        story_trade(story, ms + 14, "JPM", 300, 100 * (int64_t)lots, true);
    }
}

static void box(struct story *story, const struct variation *v)
{
    static const char *const far[] = {"07-17", "08-21", "09-18"};
    static const double mids[] = {62, 6, 0.4, 198};
    char id[4][64];
    for (int leg = 0; leg < 4; leg++)
        snprintf(id[leg], sizeof id[leg], "XSP-2026-%s-%d-%c", far[v->tenor], leg < 2 ? 650 : 900,
                 leg % 2 ? 'P' : 'C');
    story->iv = 0.2;
    for (int i = 0; i < 3; i++) {
        int64_t ms = 50000 * i;
        spot(story, ms, "XSP", 700);
        for (int leg = 0; leg < 4; leg++)
            trade(story, v, ms + 10,
                  &(struct order){id[leg], mids[leg], 6200 * mids[leg],
                                  leg == 0 || leg == 3 ? 0.25 : -0.25, "CBOE", "COMPLEX"});
    }
}

static void hedge(struct story *story, const struct variation *v, char right, double drift)
{
    char id[64];
    snprintf(id, sizeof id, "QQQ-2026-%s-600-%c", v->tenor < 2 ? days[v->tenor] : "05-14", right);
    story->iv = 0.2;
    for (int clip = 0; clip < 8; clip++) {
        int64_t ms = 120000 + 30000 * clip;
        double mid = 600 + drift * clip;
        for (int64_t at = ms - 30000; at < ms; at += 5000)
            spot(story, at, "QQQ", mid);
        for (int part = 0; part < 4; part++) {
            trade(story, v, ms + 45 * part,
                  &(struct order){id, 2.6, 40e3, 1, "CBOE", part % 2 ? "ISO" : "FILL"});
            double shares = 22 * v->size * 40e3 / 260;
            story_trade(story, ms + 45 * part + 8, "QQQ", right == 'C' ? mid + 0.02 : mid - 0.02,
                        (int64_t)shares, false);
        }
    }
}

static void gamma_pinch(struct story *story, const struct variation *v)
{
    hedge(story, v, 'C', 0.3);
}

static void put_wall(struct story *story, const struct variation *v)
{
    hedge(story, v, 'P', -0.3);
}

static const struct template_row templates[] = {
    {"call_sweep", TL_PROFILE_INSTITUTIONAL_DIRECTIONAL, call_sweep},
    {"put_sweep", TL_PROFILE_INSTITUTIONAL_DIRECTIONAL, put_sweep},
    {"ask_lift_accumulation", TL_PROFILE_INSTITUTIONAL_DIRECTIONAL, accumulation},
    {"far_dated_conviction", TL_PROFILE_INSTITUTIONAL_DIRECTIONAL, far_dated},
    {"0dte_call_chase", TL_PROFILE_RETAIL_WHALE, call_chase},
    {"short_dated_put_panic", TL_PROFILE_RETAIL_WHALE, put_panic},
    {"attention_contract_spike", TL_PROFILE_RETAIL_WHALE, attention},
    {"earnings_vol_probe", TL_PROFILE_EVENT_DRIVEN, vol_probe},
    {"pre_event_directional_ramp", TL_PROFILE_EVENT_DRIVEN, event_ramp},
    {"covered_call_overwrite", TL_PROFILE_VOL_SELLER, overwrite},
    {"cash_secured_put_write", TL_PROFILE_VOL_SELLER, put_write},
    {"short_straddle_harvest", TL_PROFILE_VOL_SELLER, short_straddle},
    {"parity_vertical", TL_PROFILE_ARBITRAGE, vertical},
    {"conversion_reversal", TL_PROFILE_ARBITRAGE, conversion},
    {"box_spread", TL_PROFILE_ARBITRAGE, box},
    {"gamma_pinch_call_hedge", TL_PROFILE_HEDGE_REACTIVE, gamma_pinch},
    {"reactive_put_wall", TL_PROFILE_HEDGE_REACTIVE, put_wall},
};

/* Did its own profile speak, did another? */
static void judge(const struct template_row *row, const struct variation *variation, bool *own,
                  bool *other)
{
    static struct tl_flow_calendar calendar;
    calendar.count = 1;
    calendar.events[0] = (struct tl_calendar_event){
        .symbol = "NFLX", .event_ts = STORY_T0 + 3 * 86400000LL, .announced_ts = STORY_T0 - 1000};
    struct story story;
    story_begin(&story);
    story.quiet = story.no_joins = true;
    tl_flow_set_calendar(story.flow, &calendar);
    row->play(&story, variation);
    story_end(&story);
    *own = story.primaries[row->profile] > 0;
    *other = false;
    for (int p = 0; p < TL_PROFILE_COUNT; p++)
        *other |= p != (int)row->profile && story.primaries[p] > 0;
    story_free(&story);
}

/* Every variation, or every fifth with the sanitizer, which takes a new flow's memory ten times as long. */
#ifdef __SANITIZE_ADDRESS__
#define STEP 5
#else
#define STEP 1
#endif

TL_TEST("templates of the families raise their own profile and no neighbour's, in nine of ten")
{
    static const double sizes[] = {0.7, 1, 1.6}, halves[] = {0.7, 1.8};
    int tests = 0, found = 0, clean = 0;
    for (size_t t = 0; t < sizeof templates / sizeof templates[0]; t++) {
        int row_tests = 0, row_found = 0, row_clean = 0;
        for (int i = 0; i < 18; i += STEP) {
            struct variation variation = {sizes[i % 3], i / 3 % 3, halves[i / 9]};
            bool own, other;
            judge(&templates[t], &variation, &own, &other);
            row_tests++;
            row_found += own;
            row_clean += !other;
        }
        if (row_found < row_tests || row_clean < row_tests)
            printf("    %-28s own %d, no other %d, of %d\n", templates[t].name, row_found,
                   row_clean, row_tests);
        tests += row_tests;
        found += row_found;
        clean += row_clean;
    }
    CHECK(10 * found >= 9 * tests);
    CHECK(10 * clean >= 9 * tests);
}
