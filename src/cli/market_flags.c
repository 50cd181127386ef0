/* SPDX-License-Identifier: Apache-2.0
 * Market flags: see market_flags.h. */
#include "cli/market_flags.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "os/os.h"

#define UNIVERSE_BYTES_MAX (1 << 20) /* 1024 symbols at 1 KiB a line */

enum tl_status tl_market_flags_apply(struct tl_market_flags *flags,
                                     struct tl_market_options *options, struct tl_error *error)
{
    size_t size = 0;
    if (strcmp(flags->calendar, "continuous") == 0)
        options->calendar = TL_CALENDAR_CONTINUOUS;
    else if (strcmp(flags->calendar, "exchange") == 0)
        options->calendar = TL_CALENDAR_EXCHANGE;
    else
        return tl_error_set(error, TL_INVALID,
                            "--calendar: \"%.40s\" is neither continuous nor exchange",
                            flags->calendar);
    if (!tl_mode_parse(tl_str_from(flags->mode), &options->mode))
        return tl_error_set(error, TL_INVALID,
                            "--mode: \"%.40s\" is none of realistic, active, firehose",
                            flags->mode);
    options->rate = flags->rate;
    if (!flags->universe) return TL_OK;
    enum tl_status status =
        tl_os_read_file(flags->universe, UNIVERSE_BYTES_MAX, &flags->universe_text, &size, error);
    if (status != TL_OK) {
        tl_error_add(error, "--universe");
        return status;
    }
    options->universe.data = flags->universe_text;
    options->universe.size = size;
    return TL_OK;
}

void tl_market_flags_free(struct tl_market_flags *flags)
{
    free(flags->universe_text);
    flags->universe_text = NULL;
}

enum tl_status tl_control_flags_apply(const char *seed, const char *preset,
                                      struct tl_control *control, struct tl_error *error)
{
    int64_t number = control->shared_seed;
    if (seed && !tl_parse_i64(tl_str_from(seed), &number))
        return tl_error_set(error, TL_INVALID, "--seed: \"%.40s\" is not a whole number", seed);
    if (number > (1LL << 53) - 1 || number < -((1LL << 53) - 1))
        return tl_error_set(error, TL_INVALID, "--seed: %lld is beyond 2^53 - 1",
                            (long long)number);
    control->shared_seed = number;
    if (preset && !tl_preset_parse(tl_str_from(preset), &control->preset))
        return tl_error_set(error, TL_INVALID,
                            "--preset: \"%.40s\" is none of balanced_demo, event_day, dealer_day, "
                            "retail_chase, quiet_range",
                            preset);
    return TL_OK;
}

enum tl_status tl_seeds_parse(const char *text, int64_t *first, uint32_t *count,
                              struct tl_error *error)
{
    struct tl_str whole = tl_str_from(text), low = whole, high = whole;
    const char *dots = strstr(text, "..");
    if (dots) {
        low.size = (size_t)(dots - text);
        high = tl_str_from(dots + 2);
    }
    int64_t last;
    if (!tl_parse_i64(low, first) || !tl_parse_i64(high, &last) || last < *first ||
        last - *first >= TL_SEEDS_MAX || last > (1LL << 53) - 1 || *first < -(1LL << 53) + 1)
        return tl_error_set(error, TL_INVALID,
                            "--seed: \"%.40s\" is neither a seed nor A..B with at most %d of them",
                            text, TL_SEEDS_MAX);
    *count = (uint32_t)(last - *first + 1);
    return TL_OK;
}
