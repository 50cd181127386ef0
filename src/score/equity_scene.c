/* SPDX-License-Identifier: Apache-2.0
 * Room for one number over names, and the classes of names. */
#include "score/equity_scene.h"

#include "base/text.h"

#define MEGA_USD_A_DAY 5e9
#define TICK_BOUND_TICKS 1.3

void tl_score_scene_clear(struct tl_score_scene *scene)
{
    for (uint32_t i = 0; i < scene->count; i++) {
        scene->value[i] = TL_NAN;
        scene->n[i] = 0;
        scene->low[i] = scene->high[i] = 0;
    }
}

void tl_score_scene_set(struct tl_score_scene *scene, uint32_t name, double value, double n)
{
    scene->value[name] = value;
    scene->n[name] = n;
}

void tl_score_scene_band(struct tl_score_scene *scene, uint32_t name, double low, double high)
{
    scene->low[name] = low;
    scene->high[name] = high;
}

void tl_score_scene_bands(struct tl_score_scene *scene, double low, double high)
{
    for (uint32_t i = 0; i < scene->count; i++)
        tl_score_scene_band(scene, i, low, high);
}

void tl_score_scene_put(struct tl_score_scene *scene, struct tl_score_row *row, const char *label)
{
    tl_score_put_names(row, label, scene->value, scene->low, scene->high, scene->n, scene->count);
    tl_score_scene_clear(scene);
}

void tl_score_scene_put_mean(struct tl_score_scene *scene, struct tl_score_row *row,
                             const char *label, double low, double high)
{
    double sum = 0, n = 0, names = 0;
    for (uint32_t i = 0; i < scene->count; i++) {
        if (!tl_is_finite(scene->value[i])) continue;
        sum += scene->value[i];
        n += scene->n[i];
        names++;
    }
    tl_score_put(row, label, names > 0 ? sum / names : TL_NAN, low, high, n);
    tl_score_scene_clear(scene);
}

double tl_score_ticks(const struct tl_symbol *symbol)
{
    return symbol->spread_usd * (double)TL_PX_PER_USD / (double)symbol->tick;
}

bool tl_score_is_mega(const struct tl_symbol *symbol)
{
    return symbol->price * symbol->adv_shares >= MEGA_USD_A_DAY;
}

bool tl_score_is_tick_bound(const struct tl_symbol *symbol)
{
    return tl_score_ticks(symbol) <= TICK_BOUND_TICKS;
}

bool tl_score_has_reference(const struct tl_symbol *symbol)
{
    return symbol->iv28 > 0;
}

bool tl_score_is_shown(const struct tl_score_scene *scene, uint32_t name)
{
    static const char *const shown[] = {"SPY", "NVDA", "MSFT", "BAC", "LLY"};
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++)
        if (tl_str_is(tl_str_from(shown[i]), scene->symbols[name].ticker)) return true;
    return false;
}
