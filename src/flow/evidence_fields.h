/* SPDX-License-Identifier: Apache-2.0
 * The evidence as numbers in a row, by name: for the file that weights are fitted on. What no profile
 * reads is left out. */
#ifndef TL_FLOW_EVIDENCE_FIELDS_H
#define TL_FLOW_EVIDENCE_FIELDS_H

#include "flow/evidence.h"

size_t tl_evidence_field_count(void);
const char *tl_evidence_field_name(size_t field); /* field < count; "campaign.usd" */
double tl_evidence_field(const struct tl_evidence *evidence, size_t field);
void tl_evidence_field_set(struct tl_evidence *evidence, size_t field, double value);

#endif
