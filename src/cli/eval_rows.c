/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/eval_rows.h"

#include "flow/evidence_fields.h"

#define ROW_BYTES 8192 /* 140 fields of at most 13 bytes */

void tl_eval_row_header(FILE *out)
{
    fputc('F', out);
    for (size_t i = 0; i < tl_evidence_field_count(); i++)
        fprintf(out, "\t%s", tl_evidence_field_name(i));
    fputc('\n', out);
}

void tl_eval_row_judged(FILE *out, const struct tl_eval_session *session,
                        const struct tl_smart_money *event, const struct tl_evidence *evidence)
{
    char row[ROW_BYTES];
    double usd;
    uint32_t owner = tl_eval_owner(session, event, &usd);
    int size =
        snprintf(row, sizeof row, "P\t%lld\t%lld\t%.*s\t%lld\t%.6g", (long long)session->seed,
                 (long long)event->features.end_ts, (int)event->underlying_id.size,
                 event->underlying_id.data, owner == TL_EVAL_NOBODY ? -1LL : (long long)owner, usd);
    for (size_t i = 0; i < tl_evidence_field_count() && size < ROW_BYTES - 32; i++)
        size += snprintf(row + size, sizeof row - (size_t)size, "\t%.6g",
                         tl_evidence_field(evidence, i));
    row[size++] = '\n';
    fwrite(row, 1, (size_t)size, out); /* one call: a whole line, whatever other threads write */
}

void tl_eval_row_session(FILE *out, const struct tl_eval_session *session)
{
    for (uint32_t i = 0; i < session->instance_count; i++) {
        const struct tl_eval_instance *instance = &session->instances[i];
        fprintf(out, "I\t%lld\t%u\t%u\t%u\t%lld\t%.6g\n", (long long)session->seed, i,
                instance->subtype, instance->prints, (long long)instance->first_ms, instance->usd);
    }
    fprintf(out, "S\t%lld\t%lld\t%lld\t%llu\n", (long long)session->seed,
            (long long)session->start_s, (long long)session->seconds,
            (unsigned long long)session->option_prints);
}
