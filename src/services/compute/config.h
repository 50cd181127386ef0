/* SPDX-License-Identifier: Apache-2.0
 * The environment of compute and candles. A value that does not parse, or is out of its range,
 * gives the default, with one warning. Fractions are floored. */
#ifndef TL_SERVICES_COMPUTE_CONFIG_H
#define TL_SERVICES_COMPUTE_CONFIG_H

#include "bus/bus.h"
#include "flow/candle.h"
#include "flow/flow.h"

struct tl_compute_config {
    struct tl_flow_options flow;      /* sink left empty */
    struct tl_candle_options candles; /* emit left empty */
    enum tl_deliver deliver, candle_deliver;
    bool reset, candle_reset;
    const char *calendar_path; /* NULL: data_dir/event-calendar.json, watched */
    uint32_t bad_values;       /* how many variables fell back */
};

/* env: name -> value, or NULL where unset; tl_compute_env for the process's own. */
void tl_compute_config_read(struct tl_compute_config *config, const char *(*env)(const char *name));
const char *tl_compute_env(const char *name);

#endif
