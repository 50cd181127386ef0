/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/eval_print.h"

#include <math.h>
#include <stdio.h>

#include "cli/json_put.h"
#include "tape/scenario_family.h"

static const char *const SHORT[TL_PROFILE_COUNT + 2] = {"inst", "retail", "event", "seller",
                                                        "arb",  "hedge",  "noise", "nobody"};

static const char *profile_of(int subtype)
{
    int profile = tl_families[subtype - 1].profile;
    return profile == TL_PROFILE_COUNT ? "neutral_noise"
                                       : tl_profile_name((enum tl_profile)profile);
}

static double share(double part, double whole)
{
    return whole > 0 ? part / whole : (double)NAN;
}

/* ---- table ---- */

static void print_subtypes(const struct tl_eval_figures *figures)
{
    printf("%-26s %5s %7s %7s  named, %% of instances\n%-26s %5s %7s %7s ", "subtype", "n",
           "recall", "silent", "", "", "", "");
    for (int p = 0; p < TL_PROFILE_COUNT; p++)
        printf("%7s", SHORT[p]);
    printf("%9s %9s %10s\n", "prints", "k USD", "first hit");
    for (int s = 1; s < TL_SUB_COUNT; s++) {
        const struct tl_eval_subtype *subtype = &figures->subtypes[s];
        if (subtype->instances == 0) continue;
        printf("%-26s %5u %7.3f %7.3f ", tl_subtype_name((enum tl_subtype)s), subtype->instances,
               share(subtype->found, subtype->instances),
               share(subtype->silent, subtype->instances));
        for (int p = 0; p < TL_PROFILE_COUNT; p++)
            printf("%7.1f", 100 * share(subtype->named[p], subtype->instances));
        printf("%9.1f %9.0f %8.1f s\n", subtype->prints, subtype->usd / 1000, subtype->hit_s);
    }
}

static void print_profiles(const struct tl_eval_figures *figures)
{
    printf("\n%-26s %7s %9s %7s  whose they are, %%\n%-26s %7s %9s %7s ", "profile", "recall",
           "precision", "events", "", "", "", "");
    for (int p = 0; p < TL_PROFILE_COUNT + 2; p++)
        printf("%7s", SHORT[p]);
    printf("\n");
    for (int p = 0; p < TL_PROFILE_COUNT; p++) {
        printf("%-26s %7.3f %9.3f %7llu ", tl_profile_name((enum tl_profile)p), figures->recall[p],
               figures->precision[p], (unsigned long long)figures->named[p]);
        for (int owner = 0; owner < TL_PROFILE_COUNT + 2; owner++)
            printf("%7.1f",
                   100 * share((double)figures->named_of[p][owner], (double)figures->named[p]));
        printf("\n");
    }
}

void tl_eval_print_table(const char *source, const struct tl_eval_figures *figures)
{
    printf("%s\n\n", source);
    print_subtypes(figures);
    print_profiles(figures);
    printf("\nmacro recall %.3f, macro precision %.3f, precision of all events %.3f\n"
           "noise instances that raised an event %.4f\n"
           "background events %.3f a minute; %llu events, %.1f %% abstained\n"
           "20-minute windows with all six profiles: %u of %u\n\n",
           figures->macro_recall, figures->macro_precision, figures->precision_all,
           figures->noise_false_alarm, figures->background_a_minute,
           (unsigned long long)figures->events,
           100 * share((double)figures->abstained, (double)figures->events),
           figures->windows_all_six, figures->windows);
    if (figures->hidden_usd > 0)
        printf("hidden orders: %.1f %% of prints, %.1f %% of contracts, %.1f %% of premium\n\n",
               100 * figures->hidden_prints, 100 * figures->hidden_lots, 100 * figures->hidden_usd);
    printf("calibration: probability said, share right, events\n");
    for (int b = 0; b < TL_EVAL_BINS; b++)
        if (figures->bins[b].events > 0)
            printf("  %5.3f  %5.3f  %8llu\n", figures->bins[b].probability,
                   (double)figures->bins[b].right / (double)figures->bins[b].events,
                   (unsigned long long)figures->bins[b].events);
    printf("expected calibration error %.4f\n", figures->ece);
}

/* ---- JSON ---- */

/* The profile most often named instead; NULL: never another. */
static const char *confused_with(const struct tl_eval_subtype *subtype, int intended)
{
    int most = -1;
    for (int p = 0; p < TL_PROFILE_COUNT; p++)
        if (p != intended && subtype->named[p] > 0 &&
            (most < 0 || subtype->named[p] > subtype->named[most]))
            most = p;
    return most < 0 ? NULL : tl_profile_name((enum tl_profile)most);
}

static void put_subtypes(struct tl_text *out, const struct tl_eval_figures *figures)
{
    tl_json_put_key(out, "subtypes");
    tl_text_byte(out, '[');
    for (int s = 1; s < TL_SUB_COUNT; s++) {
        const struct tl_eval_subtype *subtype = &figures->subtypes[s];
        int intended = tl_families[s - 1].profile;
        tl_json_put_open(out);
        tl_json_put_string(out, "subtype", tl_subtype_name((enum tl_subtype)s));
        tl_json_put_string(out, "profile", profile_of(s));
        tl_json_put_real(out, "instances", subtype->instances);
        tl_json_put_real(out, "recall",
                         intended == TL_PROFILE_COUNT ? (double)NAN
                                                      : share(subtype->found, subtype->instances));
        tl_json_put_real(out, "abstained", share(subtype->silent, subtype->instances));
        tl_json_put_string(out, "confused_with", confused_with(subtype, intended));
        tl_json_put_key(out, "named");
        tl_text_byte(out, '{');
        for (int p = 0; p < TL_PROFILE_COUNT; p++)
            tl_json_put_real(out, tl_profile_name((enum tl_profile)p), subtype->named[p]);
        tl_text_byte(out, '}');
        tl_json_put_real(out, "prints", subtype->prints);
        tl_json_put_real(out, "premium_usd", subtype->usd);
        tl_json_put_real(out, "first_hit_s", subtype->hit_s);
        tl_text_byte(out, '}');
    }
    tl_text_byte(out, ']');
}

void tl_eval_put_json(struct tl_text *out, const char *source,
                      const struct tl_eval_figures *figures)
{
    tl_text_byte(out, '{');
    tl_json_put_string(out, "source", source);
    put_subtypes(out, figures);
    tl_json_put_key(out, "profiles");
    tl_text_byte(out, '[');
    for (int p = 0; p < TL_PROFILE_COUNT; p++) {
        tl_json_put_open(out);
        tl_json_put_string(out, "profile", tl_profile_name((enum tl_profile)p));
        tl_json_put_real(out, "recall", figures->recall[p]);
        tl_json_put_real(out, "precision", figures->precision[p]);
        tl_json_put_real(out, "events", (double)figures->named[p]);
        tl_text_byte(out, '}');
    }
    tl_text_byte(out, ']');
    tl_json_put_real(out, "macro_recall", figures->macro_recall);
    tl_json_put_real(out, "precision", figures->precision_all);
    tl_json_put_real(out, "noise_false_alarm", figures->noise_false_alarm);
    tl_json_put_real(out, "background_events_per_minute", figures->background_a_minute);
    tl_json_put_real(out, "events", (double)figures->events);
    tl_json_put_real(out, "abstained", (double)figures->abstained);
    tl_json_put_real(out, "coverage_windows_all_six",
                     share(figures->windows_all_six, figures->windows));
    tl_json_put_real(out, "coverage_windows", figures->windows);
    tl_json_put_real(out, "ece", figures->ece);
    tl_json_put_real(out, "hidden_share_prints", figures->hidden_prints);
    tl_json_put_real(out, "hidden_share_contracts", figures->hidden_lots);
    tl_json_put_real(out, "hidden_share_premium", figures->hidden_usd);
    tl_json_put_key(out, "calibration");
    tl_text_byte(out, '[');
    for (int b = 0; b < TL_EVAL_BINS; b++) {
        tl_json_put_open(out);
        tl_json_put_real(out, "probability",
                         figures->bins[b].events ? figures->bins[b].probability : (double)NAN);
        tl_json_put_real(out, "right",
                         share((double)figures->bins[b].right, (double)figures->bins[b].events));
        tl_json_put_real(out, "events", (double)figures->bins[b].events);
        tl_text_byte(out, '}');
    }
    tl_text_lit(out, "]}\n");
}
