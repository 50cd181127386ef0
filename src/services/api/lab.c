/* SPDX-License-Identifier: Apache-2.0
 * Two locks, each held for a copy: of the print sums (8 KiB) and of the finished JSON. */
#include "services/api/lab.h"

#include "base/math.h"
#include "os/os.h"
#include "score/estimate.h"
#include "score/lab.h"

#include <pthread.h>
#include <stdlib.h>

#define PERIOD_NS (5 * TL_NS_PER_S)

struct tl_api_lab {
    struct tl_lab facts; /* session's thread */
    int64_t session_start_s;
    tl_ns due;
    struct tl_api_buffer draft;
    pthread_mutex_t tape_lock, json_lock;
    struct tl_lab_tape tape;   /* under tape_lock */
    struct tl_api_buffer json; /* under json_lock */
};

struct tl_api_lab *tl_api_lab_create(void)
{
    struct tl_api_lab *lab = calloc(1, sizeof *lab);
    if (!lab) return NULL;
    pthread_mutex_init(&lab->tape_lock, NULL);
    pthread_mutex_init(&lab->json_lock, NULL);
    return lab;
}

void tl_api_lab_destroy(struct tl_api_lab *lab)
{
    if (!lab) return;
    tl_lab_deinit(&lab->facts);
    tl_api_buffer_deinit(&lab->draft);
    tl_api_buffer_deinit(&lab->json);
    pthread_mutex_destroy(&lab->tape_lock);
    pthread_mutex_destroy(&lab->json_lock);
    free(lab);
}

static enum tl_nbbo_side side_of(uint16_t sides)
{
    for (int side = 0; side < TL_SIDE_COUNT; side++)
        if (sides & (1u << side)) return (enum tl_nbbo_side)side;
    return TL_SIDE_ABSENT;
}

void tl_api_lab_print(struct tl_api_lab *lab, const struct tl_api_item *item)
{
    if (item->feed != TL_API_RAW && item->feed != TL_API_EQUITIES) return;
    pthread_mutex_lock(&lab->tape_lock);
    if (item->feed == TL_API_RAW)
        tl_lab_option_print(&lab->tape, side_of(item->match.sides), item->match.notional);
    else
        tl_lab_stock_print(&lab->tape, item->ts);
    pthread_mutex_unlock(&lab->tape_lock);
}

void tl_api_lab_second(struct tl_api_lab *lab, const struct tl_market *market,
                       int64_t session_start_s, int64_t second)
{
    double mids[TL_LAB_NAMES_MAX], iv[TL_LAB_NAMES_MAX];
    if (!lab->facts.names && !tl_lab_init(&lab->facts, tl_market_symbol_count(market))) return;
    if (session_start_s != lab->session_start_s || second == session_start_s)
        tl_lab_restart(&lab->facts);
    lab->session_start_s = session_start_s;
    if (second - session_start_s != (int64_t)lab->facts.steps * TL_LAB_STEP_S) return;
    for (uint32_t i = 0; i < lab->facts.names; i++) {
        struct tl_underlying_state state;
        tl_underlying_state(market, i, &state);
        mids[i] = tl_log((double)state.mid);
        iv[i] = state.atm_iv;
    }
    tl_lab_step(&lab->facts, mids, iv);
}

/* --- JSON ------------------------------------------------------------------------------------ */

static void put_number(struct tl_api_buffer *out, double value)
{
    bool plain = tl_is_finite(value) && tl_abs(value) < 1e12;
    if (plain && tl_api_buffer_reserve(out, 40))
        tl_text_double(&out->text, (double)(int64_t)(value * 1e6 + (value < 0 ? -0.5 : 0.5)) / 1e6);
    else
        tl_api_buffer_lit(out, "null");
}

static void put_text(struct tl_api_buffer *out, const char *before, const char *value)
{
    tl_api_buffer_lit(out, before);
    tl_api_buffer_json(out, tl_str_from(value));
}

static void put_line(struct tl_api_buffer *out, const struct tl_curve_line *line)
{
    static const char *const styles[] = {"line", "dots", "bars"};
    put_text(out, "{\"label\":", line->label);
    put_text(out, ",\"style\":", styles[line->style]);
    tl_api_buffer_lit(out, line->reference ? ",\"reference\":true" : ",\"reference\":false");
    tl_api_buffer_lit(out, ",\"points\":[");
    for (uint32_t i = 0; i < line->count; i++) {
        tl_api_buffer_lit(out, i ? ",[" : "[");
        put_number(out, line->x[i]);
        tl_api_buffer_lit(out, ",");
        put_number(out, line->y[i]);
        tl_api_buffer_lit(out, "]");
    }
    tl_api_buffer_lit(out, "]}");
}

static void put_band(struct tl_api_buffer *out, const struct tl_curve_line *line)
{
    tl_api_buffer_lit(out, "[");
    for (uint32_t i = 0; i < line->count; i++) {
        tl_api_buffer_lit(out, i ? ",[" : "[");
        put_number(out, line->x[i]);
        tl_api_buffer_lit(out, ",");
        put_number(out, line->y[i]);
        tl_api_buffer_lit(out, ",");
        put_number(out, line->high[i]);
        tl_api_buffer_lit(out, "]");
    }
    tl_api_buffer_lit(out, "]");
}

static void put_lines(struct tl_api_buffer *out, const struct tl_score_curve *plot)
{
    const struct tl_curve_line *band = NULL;
    bool some = false;
    tl_api_buffer_lit(out, ",\"lines\":[");
    for (uint32_t i = 0; i < plot->count; i++) {
        const struct tl_curve_line *line = &plot->lines[i];
        if (line->band) band = line;
        if (line->band) continue;
        if (some) tl_api_buffer_lit(out, ",");
        some = true;
        put_line(out, line);
    }
    tl_api_buffer_lit(out, "],\"band\":");
    if (band)
        put_band(out, band);
    else
        tl_api_buffer_lit(out, "null");
}

static void put_numbers(struct tl_api_buffer *out, const struct tl_score_report *report,
                        const char *id)
{
    bool some = false;
    tl_api_buffer_lit(out, ",\"numbers\":[");
    for (uint32_t r = 0; r < report->count; r++) {
        const struct tl_score_row *row = &report->rows[r];
        if (!tl_str_is(tl_str_from(row->id), id)) continue;
        for (uint32_t i = 0; i < row->count; i++) {
            const struct tl_score_number *number = &row->numbers[i];
            put_text(out, some ? ",{\"label\":" : "{\"label\":", number->label);
            tl_api_buffer_lit(out, ",\"value\":");
            put_number(out, number->value);
            tl_api_buffer_lit(out, ",\"low\":");
            put_number(out, number->low);
            tl_api_buffer_lit(out, ",\"high\":");
            put_number(out, number->high);
            tl_api_buffer_lit(out, ",\"n\":");
            put_number(out, number->n);
            put_text(out, ",\"verdict\":", tl_score_verdict_name(number->verdict));
            tl_api_buffer_lit(out, "}");
            some = true;
        }
    }
    tl_api_buffer_lit(out, "]");
}

/* Words for the places of an axis that is not a number: names (L1), sides (L3). */
static void put_ticks(struct tl_api_buffer *out, const char *id, const struct tl_market *market)
{
    static const char *const sides[] = {"below bid", "bid", "mid", "ask", "above ask"};
    bool names = tl_str_is(tl_str_from(id), "L1"), side = tl_str_is(tl_str_from(id), "L3");
    uint32_t count = names ? tl_market_symbol_count(market) : 5;
    tl_api_buffer_lit(out, ",\"ticks\":");
    tl_api_buffer_lit(out, names || side ? "[" : "null");
    for (uint32_t i = 0; (names || side) && i < count && i < 16; i++) {
        if (i) tl_api_buffer_lit(out, ",");
        tl_api_buffer_json(out, names ? tl_market_symbol(market, i) : tl_str_from(sides[i]));
    }
    if (names || side) tl_api_buffer_lit(out, "]");
}

static void put_panels(struct tl_api_buffer *out, const struct tl_score_report *report,
                       const struct tl_score_curves *curves, const struct tl_market *market)
{
    tl_api_buffer_clear(out);
    tl_api_buffer_lit(out, "{\"computed\":");
    tl_api_buffer_i64(out, tl_os_now() / TL_NS_PER_MS);
    tl_api_buffer_lit(out, ",\"panels\":[");
    for (uint32_t i = 0; i < tl_score_curves_count(curves); i++) {
        const struct tl_score_curve *plot = tl_score_curves_get(curves, i);
        put_text(out, i ? ",{\"id\":" : "{\"id\":", plot->id);
        put_text(out, ",\"title\":", plot->title);
        put_text(out, ",\"x\":", plot->x_label);
        put_text(out, ",\"y\":", plot->y_label);
        tl_api_buffer_lit(out,
                          plot->x_axis == TL_AXIS_LOG ? ",\"log_x\":true" : ",\"log_x\":false");
        tl_api_buffer_lit(out,
                          plot->y_axis == TL_AXIS_LOG ? ",\"log_y\":true" : ",\"log_y\":false");
        put_ticks(out, plot->id, market);
        put_numbers(out, report, plot->id);
        put_lines(out, plot);
        tl_api_buffer_lit(out, "}");
    }
    tl_api_buffer_lit(out, "]}");
}

void tl_api_lab_compute(struct tl_api_lab *lab, const struct tl_market *market)
{
    tl_ns now = tl_os_monotonic();
    if (now < lab->due || !lab->facts.names) return;
    lab->due = now + PERIOD_NS;
    struct tl_score_curves *curves = tl_score_curves_create();
    struct tl_score_report *report = calloc(1, sizeof *report);
    struct tl_lab_tape *tape = malloc(sizeof *tape);
    if (curves && report && tape) {
        pthread_mutex_lock(&lab->tape_lock);
        *tape = lab->tape;
        pthread_mutex_unlock(&lab->tape_lock);
        tl_lab_facts(&lab->facts, tape, report, curves);
        put_panels(&lab->draft, report, curves, market);
        pthread_mutex_lock(&lab->json_lock);
        struct tl_api_buffer old = lab->json;
        lab->json = lab->draft;
        lab->draft = old;
        pthread_mutex_unlock(&lab->json_lock);
    }
    free(tape);
    free(report);
    tl_score_curves_destroy(curves);
}

bool tl_api_lab_put(struct tl_api_lab *lab, struct tl_api_buffer *out)
{
    pthread_mutex_lock(&lab->json_lock);
    struct tl_str json = tl_api_buffer_str(&lab->json);
    if (json.size) tl_api_buffer_put(out, json);
    pthread_mutex_unlock(&lab->json_lock);
    return json.size > 0;
}
