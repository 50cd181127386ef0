/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/json_put.h"

#include <math.h>

static char last_of(const struct tl_text *out)
{
    return out->size > 0 ? out->data[out->size - 1] : '[';
}

void tl_json_put_key(struct tl_text *out, const char *key)
{
    char before = last_of(out);
    if (before != '{' && before != '[') tl_text_byte(out, ',');
    tl_text_json_string(out, tl_str_from(key));
    tl_text_byte(out, ':');
}

void tl_json_put_string(struct tl_text *out, const char *key, const char *value)
{
    tl_json_put_key(out, key);
    if (value)
        tl_text_json_string(out, tl_str_from(value));
    else
        tl_text_lit(out, "null");
}

void tl_json_put_real(struct tl_text *out, const char *key, double value)
{
    tl_json_put_key(out, key);
    if (isfinite(value))
        tl_text_double(out, value);
    else
        tl_text_lit(out, "null");
}

void tl_json_put_open(struct tl_text *out)
{
    if (last_of(out) != '[') tl_text_byte(out, ',');
    tl_text_byte(out, '{');
}
