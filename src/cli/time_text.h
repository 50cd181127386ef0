/* SPDX-License-Identifier: Apache-2.0
 * Times on the command line. */
#ifndef TL_CLI_TIME_TEXT_H
#define TL_CLI_TIME_TEXT_H

#include <tapeloom/types.h>

/* YYYY-MM-DDTHH:MM[:SS[.mmm]] in New York, the same with a final Z in UTC, or whole epoch seconds. Fractions are cut.
 * flag names the source in errors. */
enum tl_status tl_time_parse(const char *flag, const char *text, int64_t *second,
                             struct tl_error *error) TL_MUST_USE;
/* --date YYYY-MM-DD and --from HH:MM[:SS], New York. */
enum tl_status tl_time_from_date(const char *date, const char *from, int64_t *second,
                                 struct tl_error *error) TL_MUST_USE;

#endif
