/* SPDX-License-Identifier: Apache-2.0
 * Option contract ids, both forms. The dashed form is read from its end, because the root may hold
 * dashes; whether its date exists is not checked (a date such as 02-31 runs on into March). */
#include "base/contract_id.h"

#include "base/date.h"

void tl_contract_id_put(struct tl_text *out, struct tl_str symbol,
                        const struct tl_contract *contract)
{
    struct tl_date date = tl_date_from_day(contract->expiry_day);
    tl_text_str(out, symbol);
    tl_text_byte(out, '-');
    tl_text_pad_u64(out, (uint64_t)date.year, 4);
    tl_text_byte(out, '-');
    tl_text_pad_u64(out, (uint64_t)date.month, 2);
    tl_text_byte(out, '-');
    tl_text_pad_u64(out, (uint64_t)date.day, 2);
    tl_text_byte(out, '-');
    tl_text_fixed(out, contract->strike_milli, 3);
    tl_text_byte(out, '-');
    tl_text_byte(out, contract->right);
}

static bool number(struct tl_str str, size_t size_max, int32_t *value)
{
    if (str.size < 1 || str.size > size_max) return false;
    *value = 0;
    for (size_t i = 0; i < str.size; i++) {
        if (str.data[i] < '0' || str.data[i] > '9') return false;
        *value = *value * 10 + (str.data[i] - '0');
    }
    return true;
}

/* Takes the part after the last dash off rest. */
static bool cut_last(struct tl_str *rest, struct tl_str *part)
{
    for (size_t i = rest->size; i > 0; i--) {
        if (rest->data[i - 1] != '-') continue;
        *part = (struct tl_str){rest->data + i, rest->size - i};
        rest->size = i - 1;
        return true;
    }
    return false;
}

static bool parse_dashed(struct tl_str text, struct tl_contract_id *id)
{
    struct tl_str right, strike, day, month, year;
    if (!cut_last(&text, &right) || !cut_last(&text, &strike) || !cut_last(&text, &day) ||
        !cut_last(&text, &month) || !cut_last(&text, &year))
        return false;
    if (text.size == 0 || right.size != 1 || (right.data[0] != 'C' && right.data[0] != 'P'))
        return false;
    if (!number(day, 2, &id->day) || !number(month, 2, &id->month) || !number(year, 4, &id->year) ||
        !tl_parse_double(strike, &id->strike))
        return false;
    id->root = text;
    id->right = right.data[0];
    return true;
}

static bool parse_occ(struct tl_str text, struct tl_contract_id *id)
{
    if (text.size < 16) return false;
    const char *tail = text.data + text.size - 15;
    int32_t strike_milli;
    if (tail[6] != 'C' && tail[6] != 'P') return false;
    if (!number((struct tl_str){tail, 2}, 2, &id->year) ||
        !number((struct tl_str){tail + 2, 2}, 2, &id->month) ||
        !number((struct tl_str){tail + 4, 2}, 2, &id->day) ||
        !number((struct tl_str){tail + 7, 8}, 8, &strike_milli))
        return false;
    id->root = tl_str_trim((struct tl_str){text.data, text.size - 15});
    id->year += 2000;
    id->strike = (double)strike_milli / 1000.0;
    id->right = tail[6];
    return id->root.size > 0;
}

bool tl_contract_id_parse(struct tl_str text, struct tl_contract_id *id)
{
    if (!parse_dashed(text, id) && !parse_occ(text, id)) return false;
    id->expiry_day = tl_date_to_day((struct tl_date){id->year, id->month, id->day});
    return true;
}
