/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/blind_show.h"

#include <math.h>
#include <stdio.h>

#include "cli/json_put.h"

static double share(uint64_t part, uint64_t whole)
{
    return whole > 0 ? (double)part / (double)whole : (double)NAN;
}

static void print_number(double value)
{
    if (isnan(value))
        printf("%8s", "n/a");
    else
        printf("%8.3f", value);
}

static void print_verdict(const char *name, const struct tl_blind_verdict *verdict, bool subtype)
{
    printf("%-28s %5u %9llu %8.3f", name, verdict->instances, (unsigned long long)verdict->prints,
           share(verdict->matched, verdict->prints));
    print_number(verdict->auc);
    if (subtype)
        print_number(verdict->own_auc);
    else
        printf("%8s", "");
    const char *before = "   ";
    for (int i = 0; i < TL_BLIND_TOP && verdict->gain[i] > 0; i++) {
        printf("%s%s %.0f", before, tl_blind_feature_name((enum tl_blind_feature)verdict->top[i]),
               100 * verdict->gain[i]);
        before = ", ";
    }
    printf("\n");
}

void tl_blind_print_table(const char *source, const struct tl_blind_figures *figures)
{
    printf("%s\n\n%-28s %5s %9s %8s%8s%8s   %s\n", source, "", "n", "prints", "matched", "AUC",
           "alone", "strongest features, % of gain");
    for (int scope = 0; scope < TL_BLIND_SCOPES; scope++) {
        if (scope == TL_BLIND_CONVERSION) printf("apart:\n");
        print_verdict(tl_blind_scope_name((enum tl_blind_scope)scope), &figures->scopes[scope],
                      false);
    }
    printf("\nby subtype (AUC: the learner of all; alone: one of this subtype only)\n");
    for (int s = 1; s < TL_SUB_COUNT; s++)
        if (figures->subtypes[s].prints > 0)
            print_verdict(tl_subtype_name((enum tl_subtype)s), &figures->subtypes[s], true);
    printf("\nAUC over all %.3f, allowed %.2f\n", figures->scopes[TL_BLIND_MAIN].auc,
           TL_BLIND_AUC_MAX);
}

static void put_verdict(struct tl_text *out, const char *name,
                        const struct tl_blind_verdict *verdict)
{
    tl_json_put_open(out);
    tl_json_put_string(out, "name", name);
    tl_json_put_real(out, "instances", verdict->instances);
    tl_json_put_real(out, "prints", (double)verdict->prints);
    tl_json_put_real(out, "matched", share(verdict->matched, verdict->prints));
    tl_json_put_real(out, "auc", verdict->auc);
    tl_json_put_real(out, "own_auc", verdict->own_auc);
    tl_json_put_key(out, "features");
    tl_text_byte(out, '[');
    for (int i = 0; i < TL_BLIND_TOP && verdict->gain[i] > 0; i++) {
        tl_json_put_open(out);
        tl_json_put_string(out, "name",
                           tl_blind_feature_name((enum tl_blind_feature)verdict->top[i]));
        tl_json_put_real(out, "gain", verdict->gain[i]);
        tl_text_byte(out, '}');
    }
    tl_text_lit(out, "]}");
}

void tl_blind_put_json(struct tl_text *out, const char *source,
                       const struct tl_blind_figures *figures)
{
    tl_text_byte(out, '{');
    tl_json_put_string(out, "source", source);
    tl_json_put_real(out, "option_prints", (double)figures->option_prints);
    tl_json_put_real(out, "auc", figures->scopes[TL_BLIND_MAIN].auc);
    tl_json_put_real(out, "auc_max", TL_BLIND_AUC_MAX);
    tl_json_put_key(out, "scopes");
    tl_text_byte(out, '[');
    for (int scope = 0; scope < TL_BLIND_SCOPES; scope++)
        put_verdict(out, tl_blind_scope_name((enum tl_blind_scope)scope), &figures->scopes[scope]);
    tl_text_byte(out, ']');
    tl_json_put_key(out, "subtypes");
    tl_text_byte(out, '[');
    for (int s = 1; s < TL_SUB_COUNT; s++)
        if (figures->subtypes[s].prints > 0)
            put_verdict(out, tl_subtype_name((enum tl_subtype)s), &figures->subtypes[s]);
    tl_text_lit(out, "]}\n");
}
