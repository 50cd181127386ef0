/* SPDX-License-Identifier: Apache-2.0
 * Writing panels; see panel.h. */
#include "lab/panel.h"

#include "base/math.h"

static const char *const WORDS[] = {"pass", "watch", "fail"};

const char *tl_panel_word_name(enum tl_panel_word word)
{
    return WORDS[word];
}

enum tl_panel_word tl_panel_judge(const struct tl_panel_number *number)
{
    double width = number->high - number->low;
    if (!tl_is_finite(width))
        width = tl_abs(tl_is_finite(number->low) ? number->low : number->high);
    if (!tl_is_finite(number->value) || number->n < number->n_min) return TL_PANEL_WATCH;
    if (number->value >= number->low && number->value <= number->high) return TL_PANEL_PASS;
    double off = tl_max(number->low - number->value, number->value - number->high);
    return off <= width / 4 ? TL_PANEL_WATCH : TL_PANEL_FAIL;
}

void tl_panel_put_double(struct tl_text *out, double value)
{
    if (!tl_is_finite(value)) {
        tl_text_lit(out, "null");
        return;
    }
    /* Powers of ten up to 1e22 are exact, so that the quotient prints short. */
    double size = tl_abs(value), power = 1;
    int decimals = 6;
    for (; size >= 10 && decimals > 0; size /= 10)
        decimals--;
    for (; size > 0 && size < 1 && decimals < 18; size *= 10)
        decimals++;
    for (int i = 0; i < decimals; i++)
        power *= 10;
    double steps = tl_abs(value) * power;
    if (steps < 4e15) steps = tl_floor(steps + 0.5);
    tl_text_double(out, (value < 0 ? -steps : steps) / power);
}

static void put_string(struct tl_text *out, const char *key, const char *value)
{
    tl_text_lit(out, ",\"");
    tl_text_lit(out, key);
    tl_text_lit(out, "\":");
    if (value)
        tl_text_json_string(out, tl_str_from(value));
    else
        tl_text_lit(out, "null");
}

static void put_number(struct tl_text *out, const char *key, double value)
{
    tl_text_lit(out, ",\"");
    tl_text_lit(out, key);
    tl_text_lit(out, "\":");
    tl_panel_put_double(out, value);
}

static void put_axis(struct tl_text *out, const char *key, const char *label, bool log)
{
    tl_text_lit(out, ",\"");
    tl_text_lit(out, key);
    tl_text_lit(out, "\":{\"label\":");
    tl_text_json_string(out, tl_str_from(label));
    tl_text_lit(out, log ? ",\"log\":true}" : ",\"log\":false}");
}

static void put_numbers(struct tl_text *out, const struct tl_panel_number *numbers, size_t count)
{
    tl_text_lit(out, ",\"numbers\":[");
    for (size_t i = 0; i < count; i++) {
        tl_text_lit(out, i ? ",{\"label\":" : "{\"label\":");
        tl_text_json_string(out, tl_str_from(numbers[i].label));
        put_number(out, "value", numbers[i].value);
        put_number(out, "low", numbers[i].low);
        put_number(out, "high", numbers[i].high);
        put_number(out, "n", numbers[i].n);
        put_number(out, "n_min", numbers[i].n_min);
        put_string(out, "word", WORDS[tl_panel_judge(&numbers[i])]);
        tl_text_byte(out, '}');
    }
    tl_text_byte(out, ']');
}

void tl_panel_open(const struct tl_panel *panel, const struct tl_lab_work *work,
                   const struct tl_panel_number *numbers, size_t count)
{
    struct tl_text *out = panel->out;
    enum tl_panel_word word = count ? TL_PANEL_PASS : TL_PANEL_WATCH;
    for (size_t i = 0; i < count; i++) {
        enum tl_panel_word one = tl_panel_judge(&numbers[i]);
        if (one > word) word = one;
    }
    tl_text_lit(out, "{\"id\":");
    tl_text_json_string(out, tl_str_from(panel->id));
    put_string(out, "title", panel->title);
    put_string(out, "what", panel->what);
    put_string(out, "word", WORDS[word]);
    put_string(out, "sample", panel->sample);
    put_number(out, "n", panel->n);
    put_string(out, "note", panel->note);
    tl_text_lit(out, ",\"computed_at\":");
    tl_text_i64(out, work->now_ms);
    put_numbers(out, numbers, count);
    tl_text_lit(out, ",\"sets\":[");
}

static void put_array(struct tl_text *out, const double *values, size_t count)
{
    tl_text_byte(out, '[');
    for (size_t i = 0; i < count; i++) {
        if (i) tl_text_byte(out, ',');
        tl_panel_put_double(out, values[i]);
    }
    tl_text_byte(out, ']');
}

void tl_panel_set_open(struct tl_text *out, const struct tl_panel_set *set)
{
    if (out->size && out->data[out->size - 1] == '}') tl_text_byte(out, ',');
    tl_text_lit(out, "{\"name\":");
    tl_text_json_string(out, tl_str_from(set->name));
    put_axis(out, "x_axis", set->x_label, set->x_log);
    put_axis(out, "y_axis", set->y_label, set->y_log);
    tl_text_lit(out, ",\"x\":");
    put_array(out, set->x, set->count);
    tl_text_lit(out, set->categories ? ",\"categories\":[" : ",\"categories\":null");
    for (size_t i = 0; i < set->count && set->categories; i++) {
        if (i) tl_text_byte(out, ',');
        tl_text_json_string(out, tl_str_from(set->categories[i]));
    }
    tl_text_lit(out, set->categories ? "],\"series\":[" : ",\"series\":[");
}

void tl_panel_series(struct tl_text *out, const char *label, const char *style, const double *y,
                     size_t count)
{
    if (out->size && out->data[out->size - 1] == '}') tl_text_byte(out, ',');
    tl_text_lit(out, "{\"label\":");
    tl_text_json_string(out, tl_str_from(label));
    put_string(out, "style", style);
    tl_text_lit(out, ",\"y\":");
    put_array(out, y, count);
    tl_text_byte(out, '}');
}

void tl_panel_set_close(struct tl_text *out)
{
    tl_text_lit(out, "]}");
}

void tl_panel_close(struct tl_text *out)
{
    tl_text_lit(out, "]}");
}
