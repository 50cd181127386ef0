/* SPDX-License-Identifier: Apache-2.0
 * What the environment says to the ingest services: adapter, mode, signal gate, ETF list. */
#ifndef TL_SERVICES_INGEST_SETTINGS_H
#define TL_SERVICES_INGEST_SETTINGS_H

#include "services/service.h"
#include "wire/from_tape.h"

struct tl_ingest_settings {
    struct tl_market_options market;
    struct tl_signal_gate gate;
    char etf_text[2048]; /* what gate.etfs borrows, when the environment names the funds */
    int64_t retention_s; /* how far back a restart catches up */
    int64_t throttle_ms; /* TESTING_MODE; 0: off */
};

/* TL_INVALID: an adapter that is not synthetic (it is not built here). Other bad values fall back
 * to their defaults. Logs one warning for EMIT_INTERVAL_MS, which is accepted and ignored. */
enum tl_status tl_ingest_settings_read(const struct tl_service *service, uint32_t streams,
                                       struct tl_ingest_settings *settings,
                                       struct tl_error *error) TL_MUST_USE;

/* What the calendar file holds. */
struct tl_ingest_calendar {
    int64_t session; /* its start, s since 1970; -1: not written yet */
    size_t count;    /* events that were known */
};

/* Writes data_dir/event-calendar.json (the public event calendar: earnings and news known now) when
 * a session begins and when news is announced within it. */
void tl_ingest_write_calendar(const struct tl_service *service, struct tl_market *market,
                              struct tl_ingest_calendar *written);

#endif
