/* SPDX-License-Identifier: Apache-2.0
 * option_contract_id: dashed ROOT-YYYY-MM-DD-STRIKE-R (root may hold dashes), and the OCC
 * 21-character form. Strike text has at most three decimals, zeros trimmed. */
#ifndef TL_BASE_CONTRACT_ID_H
#define TL_BASE_CONTRACT_ID_H

#include <tapeloom/event.h>
#include "base/text.h"

/* "NVDA-2026-06-19-290-C" */
void tl_contract_id_put(struct tl_text *out, struct tl_str symbol,
                        const struct tl_contract *contract);
/* Parses dashed and OCC forms; root borrowed (may be lower case). false: not a contract. */
struct tl_contract_id {
    struct tl_str root;
    int32_t expiry_day, year, month, day;
    double strike;
    char right;
};
bool tl_contract_id_parse(struct tl_str text, struct tl_contract_id *id);

#endif
