/* SPDX-License-Identifier: Apache-2.0
 * Feeding the windows; see lab.h. */
#include "lab/lab.h"

#include <stdlib.h>
#include <string.h>

#include "base/contract_id.h"
#include "base/math.h"
#include "lab/panel_arrivals.h"
#include "lab/panel_coverage.h"
#include "lab/panel_day.h"
#include "lab/panel_options.h"
#include "lab/panel_returns.h"

#define SESSION_S 23400
#define MID_MAX 2147483647.0
#define DAY_S 86400

struct tl_lab *tl_lab_create(void)
{
    return calloc(1, sizeof(struct tl_lab));
}

void tl_lab_destroy(struct tl_lab *lab)
{
    free(lab);
}

static struct tl_lab_name *name_of(struct tl_lab *lab, struct tl_str symbol)
{
    if (symbol.size == 0 || symbol.size >= sizeof lab->names[0].symbol) return NULL;
    for (uint32_t i = 0; i < lab->name_count; i++) {
        if (tl_str_is(symbol, lab->names[i].symbol)) return &lab->names[i];
    }
    if (lab->name_count == TL_LAB_NAMES) {
        lab->left_out++;
        return NULL;
    }
    struct tl_lab_name *name = &lab->names[lab->name_count++];
    memcpy(name->symbol, symbol.data, symbol.size);
    return name;
}

static void newest(struct tl_lab *lab, int64_t ms)
{
    if (ms > lab->newest_ms) lab->newest_ms = ms;
}

/* ---- sessions and minutes ---- */

static size_t place(int64_t minute)
{
    return (size_t)(minute % TL_LAB_MINUTES);
}

/* Clears the marks of minutes up to this one. */
static void mark_to(struct tl_lab *lab, int64_t minute)
{
    int64_t from = lab->marked_minute + 1;
    if (minute - from > TL_LAB_MINUTES) from = minute - TL_LAB_MINUTES;
    for (int64_t m = from; m <= minute; m++)
        lab->alive[place(m)] = lab->opening[place(m)] = 0;
    if (minute > lab->marked_minute) lab->marked_minute = minute;
}

void tl_lab_session(struct tl_lab *lab, int64_t session_start_s, bool continuous)
{
    int64_t minute = session_start_s / 60;
    lab->continuous = continuous;
    if (session_start_s == lab->session_start_s) return;
    lab->session_start_s = session_start_s;
    mark_to(lab, minute);
    if (lab->marked_minute - minute < TL_LAB_MINUTES) lab->opening[place(minute)] = 1;
}

int tl_lab_half_hour(const struct tl_lab *lab, int64_t second)
{
    int64_t in = second - lab->session_start_s;
    if (lab->session_start_s == 0) return -1;
    if (lab->continuous) in -= tl_floor_div(in, SESSION_S) * SESSION_S;
    return in >= 0 && in < SESSION_S ? (int)(in / 1800) : -1;
}

/* Carries the last mid forward to `minute`. */
static void carry(struct tl_lab_name *name, int64_t minute)
{
    int64_t from = name->minute + 1;
    if (name->last == 0 || minute - from > TL_LAB_MINUTES) from = minute - TL_LAB_MINUTES + 1;
    for (int64_t m = from; m <= minute; m++)
        name->mids[place(m)] = name->last;
    name->minute = minute;
}

/* ---- events ---- */

void tl_lab_quote(struct tl_lab *lab, int64_t ms, struct tl_str symbol, double bid, double ask)
{
    struct tl_lab_name *name = name_of(lab, symbol);
    int64_t minute = ms / 60000;
    double sum = (bid + ask) * 1e4;
    if (!name || !(bid > 0) || !(ask >= bid) || !(sum < MID_MAX) || ms <= 0) return;
    newest(lab, ms);
    if (name->last && minute < name->minute) return;
    mark_to(lab, minute);
    if (lab->first_minute == 0 || minute < lab->first_minute) lab->first_minute = minute;
    lab->alive[place(minute)] = 1;
    if (name->last == 0 || minute > name->minute) carry(name, minute);
    name->last = (int32_t)(sum + 0.5);
    name->mids[place(minute)] = name->last;
    int half_hour = tl_lab_half_hour(lab, ms / 1000);
    if (half_hour < 0) return;
    name->spread_sum[half_hour] += 2 * (ask - bid) / (bid + ask);
    name->spread_n[half_hour] += 1;
    name->tick_sum += 100 * (ask - bid);
    name->tick_n += 1;
}

/* Zeroes the seconds between the last print and this one. */
static void advance_second(struct tl_lab_name *name, int64_t second)
{
    if (name->second == 0) name->first_second = second;
    int64_t from = name->second ? name->second + 1 : second;
    if (second - from >= TL_LAB_SECONDS) from = second - TL_LAB_SECONDS + 1;
    for (int64_t s = from; s <= second; s++)
        name->prints[s % TL_LAB_SECONDS] = 0;
    name->second = second;
}

void tl_lab_print(struct tl_lab *lab, int64_t ms, struct tl_str symbol, int64_t shares)
{
    struct tl_lab_name *name = name_of(lab, symbol);
    int64_t second = ms / 1000;
    if (!name || ms <= 0 || shares <= 0) return;
    newest(lab, ms);
    if (name->second && second + TL_LAB_SECONDS <= name->second) return; /* far too late */
    if (second > name->second) advance_second(name, second);
    uint16_t *count = &name->prints[second % TL_LAB_SECONDS];
    if (*count < UINT16_MAX) ++*count;
    /* A catch-up after an outage repeats nothing: ids are checked before the bus stores. */
    if (name->print_ms && ms >= name->print_ms) {
        int64_t gap = ms - name->print_ms;
        name->gaps[name->gap_next] = gap > 60000 ? 60000 : (uint32_t)gap;
        name->gap_next = (name->gap_next + 1) % TL_LAB_GAPS;
        if (name->gap_count < TL_LAB_GAPS) name->gap_count++;
    }
    if (ms > name->print_ms) name->print_ms = ms;
    int half_hour = tl_lab_half_hour(lab, second);
    if (half_hour >= 0) name->volume[half_hour] += (double)shares;
}

static enum tl_lab_side side_of(const struct tl_wire_option_print *print)
{
    const double tiny = 5e-5; /* half a step of the price grid of 1e-4 USD */
    if (!(print->has & TL_HAS_NBBO) || !(print->nbbo_ask > print->nbbo_bid)) return TL_LAB_NO_QUOTE;
    if (print->price > print->nbbo_ask + tiny) return TL_LAB_ABOVE;
    if (print->price > print->nbbo_ask - tiny) return TL_LAB_ASK;
    if (print->price < print->nbbo_bid - tiny) return TL_LAB_BELOW;
    return print->price < print->nbbo_bid + tiny ? TL_LAB_BID : TL_LAB_BETWEEN;
}

void tl_lab_option(struct tl_lab *lab, const struct tl_wire_option_print *print)
{
    struct tl_contract_id id;
    if (print->ts <= 0 || !tl_contract_id_parse(print->option_contract_id, &id)) return;
    struct tl_lab_name *name =
        name_of(lab, print->underlying_id.size ? print->underlying_id : id.root);
    if (!name) return;
    newest(lab, print->ts);
    if (print->has & TL_HAS_IS_ETF) name->fund = print->is_etf;
    /* Expiry at 16:00 New York is 20:00 or 21:00 UTC; half an hour either way is nothing here. */
    double expiry_s = (double)id.expiry_day * DAY_S + 20.5 * 3600;
    double spot = print->has & (TL_HAS_SPOT | TL_HAS_UNDERLYING_MID) ? print->spot_mid : 0;
    double notional =
        print->has & TL_HAS_NOTIONAL ? print->notional : print->price * (double)print->size * 100;
    lab->options[lab->option_next] = (struct tl_lab_option){
        .ms = print->ts,
        .name = (uint8_t)(name - lab->names),
        .side = (uint8_t)side_of(print),
        .days = (float)((expiry_s - (double)print->ts / 1000) / DAY_S),
        .log_moneyness =
            spot > 0 && id.strike > 0 ? (float)tl_log(id.strike / spot) : (float)TL_NAN,
        .iv = (print->has & TL_HAS_IV) && print->iv > 0 ? (float)print->iv : (float)TL_NAN,
        .premium = (float)notional,
        .size = print->size > UINT32_MAX ? UINT32_MAX : (uint32_t)print->size};
    lab->option_next = (lab->option_next + 1) % TL_LAB_OPTIONS;
    if (lab->option_count < TL_LAB_OPTIONS) lab->option_count++;
}

void tl_lab_hits(struct tl_lab *lab, const uint32_t hits[TL_PROFILE_COUNT][TL_LAB_HIT_MINUTES],
                 int64_t since_ms)
{
    lab->hits_known = true;
    lab->hits_since_ms = since_ms;
    memcpy(lab->hits, hits, sizeof lab->hits);
}

/* ---- the past ---- */

static void add_past_name(struct tl_lab *lab, const struct tl_lab_name *past)
{
    struct tl_lab_name *name = name_of(lab, tl_str_from(past->symbol));
    if (!name) return;
    int32_t live = name->last;
    int64_t minute = name->minute;
    for (int h = 0; h < TL_LAB_HALF_HOURS; h++) {
        name->spread_sum[h] += past->spread_sum[h];
        name->spread_n[h] += past->spread_n[h];
    }
    name->tick_sum += past->tick_sum;
    name->tick_n += past->tick_n;
    memcpy(name->mids, past->mids, sizeof name->mids);
    name->last = past->last;
    name->minute = past->minute;
    if (live == 0) return;
    if (minute > name->minute) carry(name, minute);
    if (minute == name->minute) name->mids[place(minute)] = name->last = live;
}

void tl_lab_add_past(struct tl_lab *lab, const struct tl_lab *past)
{
    if (past->first_minute == 0) return;
    mark_to(lab, past->marked_minute);
    for (int64_t m = past->first_minute; m <= past->marked_minute; m++) {
        if (lab->marked_minute - m >= TL_LAB_MINUTES) continue;
        lab->alive[place(m)] |= past->alive[place(m)];
        lab->opening[place(m)] |= past->opening[place(m)];
    }
    if (lab->first_minute == 0 || past->first_minute < lab->first_minute)
        lab->first_minute = past->first_minute;
    lab->recomputed_until_ms = past->newest_ms;
    newest(lab, past->newest_ms);
    for (uint32_t i = 0; i < past->name_count; i++)
        add_past_name(lab, &past->names[i]);
}

/* ---- the document ---- */

struct tl_lab_work *tl_lab_work_create(void)
{
    return calloc(1, sizeof(struct tl_lab_work));
}

void tl_lab_work_destroy(struct tl_lab_work *work)
{
    free(work);
}

void tl_lab_put(const struct tl_lab *lab, struct tl_lab_work *work, int64_t now_ms,
                struct tl_text *out)
{
    tl_text_lit(out, "{\"computed_at\":");
    tl_text_i64(out, now_ms);
    tl_text_lit(out, ",\"newest_event_at\":");
    tl_text_i64(out, lab->newest_ms);
    tl_text_lit(out, ",\"names\":");
    tl_text_u64(out, lab->name_count);
    tl_text_lit(out, ",\"names_left_out\":");
    tl_text_lit(out, lab->left_out ? "true" : "false");
    tl_text_lit(out, ",\"recomputed_until\":");
    tl_text_i64(out, lab->recomputed_until_ms);
    tl_text_lit(out, ",\"panels\":[");
    work->now_ms = now_ms;
    tl_lab_returns_prepare(lab, work);
    static void (*const panels[])(const struct tl_lab *, struct tl_lab_work *, struct tl_text *) = {
        tl_lab_panel_memory, tl_lab_panel_tail,  tl_lab_panel_kurtosis, tl_lab_panel_arrivals,
        tl_lab_panel_day,    tl_lab_panel_smile, tl_lab_panel_sides,    tl_lab_panel_coverage};
    for (size_t i = 0; i < sizeof panels / sizeof *panels; i++) {
        if (i) tl_text_byte(out, ',');
        panels[i](lab, work, out);
    }
    tl_text_lit(out, "]}");
}
