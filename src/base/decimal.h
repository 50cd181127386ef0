/* SPDX-License-Identifier: Apache-2.0
 * Between doubles and decimal digits, exactly: the shortest digits that read back as the same
 * double, and the double nearest to given digits (ties to even). */
#ifndef TL_BASE_DECIMAL_H
#define TL_BASE_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TL_DECIMAL_DIGITS_MAX 17

/* value > 0, finite. Writes digit characters (no leading or trailing zero), returns how many;
 * value = 0.DIGITS x 10^*point. Among the shortest the one nearest to the value. About 10 ns for
 * values of up to 15 digits and 8 decimals, about 1 us for others. */
int tl_decimal_shortest(double value, char digits[TL_DECIMAL_DIGITS_MAX], int *point);

/* The double nearest to DIGITS x 10^exponent; digits are '0'..'9', any count. false: too large for
 * a double (*value is then not set). About 5 ns up to 15 digits, microseconds else. */
bool tl_decimal_to_double(const char *digits, size_t count, int64_t exponent, double *value);

#endif
