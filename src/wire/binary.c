/* SPDX-License-Identifier: Apache-2.0
 * The binary file of engine events: format and readers' rules stand in binary.h. Encoding goes
 * through one bounds check an event (TL_BINARY_EVENT_MAX), decoding through one a field. */
#include "wire/binary.h"

#include <string.h>
#include "base/math.h"
#include "base/rng.h"

static const char magic[8] = "TLTAPE1\n";

enum tag {
    TAG_STREAM = 3,
    TAG_PUT = 4,
    TAG_NBBO_KNOWN = 8,
    TAG_MULTI_VENUE = 16,
    TAG_OFF_EXCHANGE = 32,
    TAG_TRUTH = 64,
    TAG_ZERO = 128
};

static uint64_t load_u64(const unsigned char *at, size_t size)
{
    uint64_t value = 0;
    for (size_t i = 0; i < size; i++)
        value |= (uint64_t)at[i] << (8 * i);
    return value;
}

static void store_u64(unsigned char *at, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        at[i] = (unsigned char)(value >> (8 * i));
}

static uint64_t checksum_add(uint64_t hash, const unsigned char *bytes, size_t size)
{
    size_t at = 0;
    for (; at + 8 <= size; at += 8)
        hash = tl_mix64(hash ^ load_u64(bytes + at, 8));
    if (at < size) hash = tl_mix64(hash ^ load_u64(bytes + at, size - at));
    return hash;
}

static uint64_t checksum(const unsigned char *bytes, size_t size, const unsigned char *more,
                         size_t more_size)
{
    uint64_t hash = checksum_add(0xcbf29ce484222325ULL, bytes, size);
    hash = checksum_add(hash, more, more_size);
    return tl_mix64(hash ^ (size + more_size));
}

/* ---- encode ---- */

static unsigned char *put_v(unsigned char *at, uint64_t value)
{
    while (value >= 0x80) {
        *at++ = (unsigned char)(value | 0x80);
        value >>= 7;
    }
    *at++ = (unsigned char)value;
    return at;
}

static unsigned char *put_z(unsigned char *at, int64_t value)
{
    return put_v(at, (uint64_t)value << 1 ^ (value < 0 ? UINT64_MAX : 0));
}

/* Differences of ns wrap instead of overflowing: the reader adds them back the same way. */
static int64_t difference(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a - (uint64_t)b);
}

static uint64_t seq_base(tl_ns ts, uint32_t sym)
{
    uint64_t second = (uint64_t)(tl_floor_div(ts, TL_NS_PER_S) - TL_SEQ_EPOCH_S);
    return second << (TL_SEQ_SYMBOL_BITS + TL_SEQ_INDEX_BITS) | (uint64_t)sym << TL_SEQ_INDEX_BITS;
}

static unsigned char *put_contract(unsigned char *at, const struct tl_contract *contract)
{
    at = put_z(at, contract->expiry_day);
    return put_v(at, (uint64_t)(uint32_t)contract->strike_milli);
}

static unsigned char *put_inside(unsigned char *at, tl_px bid, tl_px ask, tl_lots bid_size,
                                 tl_lots ask_size)
{
    at = put_v(at, (uint64_t)bid);
    at = put_v(at, (uint64_t)ask);
    at = put_v(at, (uint64_t)(uint32_t)bid_size);
    return put_v(at, (uint64_t)(uint32_t)ask_size);
}

static unsigned char *put_option_print(unsigned char *at, tl_ns ts,
                                       const struct tl_option_trade *trade)
{
    at = put_contract(at, &trade->contract);
    at = put_v(at, (uint64_t)trade->price);
    at = put_v(at, (uint64_t)(uint32_t)trade->size);
    *at++ = trade->venue;
    *at++ = (unsigned char)trade->condition;
    at = put_z(at, difference(ts, trade->executed));
    if (trade->nbbo_known) {
        at = put_inside(at, trade->bid, trade->ask, trade->bid_size, trade->ask_size);
        at = put_z(at, difference(ts, trade->nbbo_ts));
    }
    at = put_v(at, (uint64_t)trade->spot_bid);
    at = put_v(at, (uint64_t)trade->spot_ask);
    at = put_z(at, difference(ts, trade->spot_ts));
    return put_v(at, (uint64_t)(uint32_t)trade->iv_e6);
}

static unsigned char *put_equity_print(unsigned char *at, tl_ns ts,
                                       const struct tl_equity_trade *trade)
{
    at = put_v(at, (uint64_t)trade->price);
    at = put_v(at, (uint64_t)(uint32_t)trade->size);
    *at++ = trade->venue;
    memcpy(at, trade->conditions, sizeof trade->conditions);
    return put_z(at + sizeof trade->conditions, difference(ts, trade->executed));
}

static unsigned char *put_truth(unsigned char *at, const struct tl_truth *truth)
{
    store_u64(at, truth->parent_id, 8);
    at[8] = truth->subtype;
    at[9] = (unsigned char)(truth->side + 1);
    return put_v(at + 10, truth->package);
}

static int tag_of(const struct tl_event *event, bool truth)
{
    int tag = event->stream | (truth ? TAG_TRUTH : 0);
    if (event->stream == TL_STREAM_OPTION_NBBO && event->u.nbbo.contract.right == 'P')
        tag |= TAG_PUT;
    if (event->stream == TL_STREAM_OPTION_PRINT) {
        tag |= event->u.option.contract.right == 'P' ? TAG_PUT : 0;
        tag |= event->u.option.nbbo_known ? TAG_NBBO_KNOWN : 0;
        tag |= event->u.option.multi_venue ? TAG_MULTI_VENUE : 0;
    }
    if (event->stream == TL_STREAM_EQUITY_PRINT && event->u.trade.off_exchange)
        tag |= TAG_OFF_EXCHANGE;
    return tag;
}

static unsigned char *put_event(unsigned char *at, tl_ns before, const struct tl_event *event,
                                const struct tl_truth *truth)
{
    *at++ = (unsigned char)tag_of(event, truth != NULL);
    at = put_z(at, difference(event->ts, before));
    at = put_v(at, event->sym);
    at = put_z(at, (int64_t)(event->seq - seq_base(event->ts, event->sym)));
    switch ((enum tl_stream)event->stream) {
    case TL_STREAM_OPTION_NBBO: {
        const struct tl_option_nbbo *nbbo = &event->u.nbbo;
        at = put_contract(at, &nbbo->contract);
        at = put_inside(at, nbbo->bid, nbbo->ask, nbbo->bid_size, nbbo->ask_size);
        break;
    }
    case TL_STREAM_OPTION_PRINT:
        at = put_option_print(at, event->ts, &event->u.option);
        break;
    case TL_STREAM_EQUITY_QUOTE: {
        const struct tl_equity_quote *quote = &event->u.quote;
        at = put_inside(at, quote->bid, quote->ask, quote->bid_size, quote->ask_size);
        break;
    }
    case TL_STREAM_EQUITY_PRINT:
        at = put_equity_print(at, event->ts, &event->u.trade);
        break;
    case TL_STREAM_COUNT:
        break;
    }
    return truth ? put_truth(at, truth) : at;
}

enum tl_status tl_binary_put_header(struct tl_text *out, const struct tl_str *symbols, size_t count,
                                    struct tl_error *error)
{
    struct tl_text draft = *out;
    unsigned char word[8];
    if (count == 0 || count > TL_SYMBOLS_MAX)
        return tl_error_set(error, TL_INVALID, "binary file: 1 to %d symbols, not %zu",
                            TL_SYMBOLS_MAX, count);
    tl_text_str(&draft, (struct tl_str){magic, sizeof magic});
    store_u64(word, count, 4);
    tl_text_str(&draft, (struct tl_str){(const char *)word, 4});
    for (size_t i = 0; i < count; i++) {
        if (symbols[i].size == 0 || symbols[i].size > 11)
            return tl_error_set(error, TL_INVALID, "binary file: a ticker has 1 to 11 bytes");
        tl_text_byte(&draft, (char)symbols[i].size);
        tl_text_str(&draft, symbols[i]);
    }
    if (!draft.overflow) {
        const unsigned char *start = (const unsigned char *)draft.data + out->size;
        store_u64(word, checksum(start, draft.size - out->size, NULL, 0), 8);
        tl_text_str(&draft, (struct tl_str){(const char *)word, 8});
    }
    if (draft.overflow)
        out->overflow = true;
    else
        *out = draft;
    return TL_OK;
}

void tl_binary_put_block(struct tl_text *out, const struct tl_event *events,
                         const struct tl_truth *truth, size_t count)
{
    if (count == 0) return;
    if (count > TL_BINARY_BLOCK_EVENTS_MAX || out->overflow ||
        out->capacity - out->size < TL_BINARY_BLOCK_HEAD + TL_BINARY_EVENT_MAX * count) {
        out->overflow = true;
        return;
    }
    unsigned char *head = (unsigned char *)out->data + out->size;
    unsigned char *payload = head + TL_BINARY_BLOCK_HEAD, *at = payload;
    tl_ns before = events[0].ts;
    for (size_t i = 0; i < count; i++) {
        at = put_event(at, before, &events[i], truth ? &truth[i] : NULL);
        before = events[i].ts;
    }
    store_u64(head, count, 4);
    store_u64(head + 4, (uint64_t)(at - payload), 4);
    store_u64(head + 8, (uint64_t)events[0].ts, 8);
    store_u64(head + 16, checksum(head, 16, payload, (size_t)(at - payload)), 8);
    out->size += (size_t)(at - head);
}

/* ---- decode ---- */

struct reader {
    const unsigned char *at, *end;
    bool bad;
};

static uint64_t get_fixed(struct reader *reader, size_t size)
{
    if ((size_t)(reader->end - reader->at) < size) {
        reader->bad = true;
        return 0;
    }
    uint64_t value = load_u64(reader->at, size);
    reader->at += size;
    return value;
}

static uint64_t get_v(struct reader *reader)
{
    uint64_t value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
        if (reader->at == reader->end) break;
        unsigned char byte = *reader->at++;
        if (shift == 63 && byte > 1) break;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80)) return value;
    }
    reader->bad = true;
    return 0;
}

static int64_t get_z(struct reader *reader)
{
    uint64_t value = get_v(reader);
    return (int64_t)(value >> 1 ^ (0 - (value & 1)));
}

static int64_t sum(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a + (uint64_t)b);
}

/* A value that must lie in low..high. */
static int64_t get_within(struct reader *reader, int64_t low, int64_t high)
{
    uint64_t value = get_v(reader);
    if (value > (uint64_t)high || (int64_t)value < low) {
        reader->bad = true;
        return low;
    }
    return (int64_t)value;
}

static tl_px get_px(struct reader *reader)
{
    return get_within(reader, 0, INT64_MAX / 1000000);
}

static tl_lots get_lots(struct reader *reader, tl_lots low)
{
    return (tl_lots)get_within(reader, low, INT32_MAX);
}

static void get_contract(struct reader *reader, uint16_t sym, int tag, struct tl_contract *contract)
{
    int64_t day = get_z(reader);
    if (day < INT32_MIN || day > INT32_MAX) reader->bad = true;
    contract->sym = sym;
    contract->right = tag & TAG_PUT ? 'P' : 'C';
    contract->expiry_day = (int32_t)day;
    contract->strike_milli = (int32_t)get_within(reader, 1, INT32_MAX);
}

static void get_option_print(struct reader *reader, int tag, struct tl_event *event)
{
    struct tl_option_trade *trade = &event->u.option;
    get_contract(reader, event->sym, tag, &trade->contract);
    trade->price = get_px(reader);
    trade->size = get_lots(reader, 1);
    trade->venue = (uint8_t)get_fixed(reader, 1);
    if (trade->venue >= TL_OV_COUNT) reader->bad = true;
    trade->condition = (char)get_fixed(reader, 1);
    trade->multi_venue = tag & TAG_MULTI_VENUE;
    trade->executed = difference(event->ts, get_z(reader));
    trade->nbbo_known = tag & TAG_NBBO_KNOWN;
    if (trade->nbbo_known) {
        trade->bid = get_px(reader);
        trade->ask = get_px(reader);
        trade->bid_size = get_lots(reader, 0);
        trade->ask_size = get_lots(reader, 0);
        trade->nbbo_ts = difference(event->ts, get_z(reader));
    }
    trade->spot_bid = get_px(reader);
    trade->spot_ask = get_px(reader);
    trade->spot_ts = difference(event->ts, get_z(reader));
    trade->iv_e6 = (int32_t)get_within(reader, 0, INT32_MAX);
}

static void get_equity_print(struct reader *reader, int tag, struct tl_event *event)
{
    struct tl_equity_trade *trade = &event->u.trade;
    trade->price = get_px(reader);
    trade->size = get_lots(reader, 1);
    trade->venue = (uint8_t)get_fixed(reader, 1);
    if (trade->venue >= TL_EV_COUNT) reader->bad = true;
    trade->off_exchange = tag & TAG_OFF_EXCHANGE;
    for (size_t i = 0; i < sizeof trade->conditions; i++)
        trade->conditions[i] = (char)get_fixed(reader, 1);
    trade->executed = difference(event->ts, get_z(reader));
}

static void get_truth(struct reader *reader, struct tl_truth *truth)
{
    truth->parent_id = get_fixed(reader, 8);
    truth->subtype = (uint8_t)get_fixed(reader, 1);
    uint64_t side = get_fixed(reader, 1);
    truth->package = (uint16_t)get_within(reader, 0, UINT16_MAX);
    if (truth->subtype >= TL_SUB_COUNT || side > 2) reader->bad = true;
    truth->side = (int8_t)((int)(side & 3) - 1);
}

static void get_event(struct reader *reader, tl_ns before, size_t symbol_count,
                      struct tl_event *event, struct tl_truth *truth)
{
    int tag = (int)get_fixed(reader, 1);
    *event = (struct tl_event){.stream = (uint8_t)(tag & TAG_STREAM)};
    *truth = (struct tl_truth){0};
    if (tag & TAG_ZERO) reader->bad = true;
    event->ts = sum(before, get_z(reader));
    event->sym = (uint16_t)get_within(reader, 0, (int64_t)symbol_count - 1);
    event->seq = seq_base(event->ts, event->sym) + (uint64_t)get_z(reader);
    switch ((enum tl_stream)event->stream) {
    case TL_STREAM_OPTION_NBBO: {
        struct tl_option_nbbo *nbbo = &event->u.nbbo;
        get_contract(reader, event->sym, tag, &nbbo->contract);
        nbbo->bid = get_px(reader);
        nbbo->ask = get_px(reader);
        nbbo->bid_size = get_lots(reader, 0);
        nbbo->ask_size = get_lots(reader, 0);
        break;
    }
    case TL_STREAM_OPTION_PRINT:
        get_option_print(reader, tag, event);
        break;
    case TL_STREAM_EQUITY_QUOTE: {
        struct tl_equity_quote *quote = &event->u.quote;
        quote->bid = get_px(reader);
        quote->ask = get_px(reader);
        quote->bid_size = get_lots(reader, 0);
        quote->ask_size = get_lots(reader, 0);
        break;
    }
    case TL_STREAM_EQUITY_PRINT:
        get_equity_print(reader, tag, event);
        break;
    case TL_STREAM_COUNT:
        break;
    }
    if (tag & TAG_TRUTH) get_truth(reader, truth);
}

enum tl_status tl_binary_get_header(struct tl_str bytes, struct tl_str *symbols, size_t capacity,
                                    size_t *count, size_t *size, struct tl_error *error)
{
    const unsigned char *start = (const unsigned char *)bytes.data;
    size_t known = bytes.size < sizeof magic ? bytes.size : sizeof magic;
    if (known > 0 && memcmp(bytes.data, magic, known) != 0)
        return tl_error_set(error, TL_CORRUPT, "not a tapeloom binary file");
    if (bytes.size < 12) return TL_AGAIN;
    *count = load_u64(start + 8, 4);
    if (*count == 0 || *count > TL_SYMBOLS_MAX)
        return tl_error_set(error, TL_CORRUPT, "binary file: %zu symbols", *count);
    if (*count > capacity) return TL_FULL;
    size_t at = 12;
    for (size_t i = 0; i < *count; i++) {
        if (at >= bytes.size) return TL_AGAIN;
        size_t length = start[at];
        if (length == 0 || length > 11)
            return tl_error_set(error, TL_CORRUPT, "binary file: ticker %zu has %zu bytes", i,
                                length);
        if (bytes.size - at - 1 < length) return TL_AGAIN;
        symbols[i] = (struct tl_str){bytes.data + at + 1, length};
        at += 1 + length;
    }
    if (bytes.size - at < 8) return TL_AGAIN;
    if (load_u64(start + at, 8) != checksum(start, at, NULL, 0))
        return tl_error_set(error, TL_CORRUPT, "binary file: damaged header");
    *size = at + 8;
    return TL_OK;
}

enum tl_status tl_binary_get_block(struct tl_str bytes, size_t symbol_count, struct tl_batch *batch,
                                   size_t *size, struct tl_error *error)
{
    const unsigned char *start = (const unsigned char *)bytes.data;
    if (bytes.size < TL_BINARY_BLOCK_HEAD) return TL_AGAIN;
    uint64_t count = load_u64(start, 4), payload_size = load_u64(start + 4, 4);
    if (count == 0 || count > TL_BINARY_BLOCK_EVENTS_MAX ||
        payload_size > count * TL_BINARY_EVENT_MAX)
        return tl_error_set(error, TL_CORRUPT, "binary file: damaged block head");
    if (bytes.size - TL_BINARY_BLOCK_HEAD < payload_size) return TL_AGAIN;
    const unsigned char *payload = start + TL_BINARY_BLOCK_HEAD;
    if (load_u64(start + 16, 8) != checksum(start, 16, payload, payload_size))
        return tl_error_set(error, TL_CORRUPT, "binary file: damaged block");
    if (batch->capacity - batch->count < count) return TL_FULL;
    struct reader reader = {payload, payload + payload_size, false};
    tl_ns before = (tl_ns)load_u64(start + 8, 8);
    for (size_t i = 0; i < count && !reader.bad; i++) {
        struct tl_event *event = &batch->events[batch->count + i];
        struct tl_truth unwanted,
            *truth = batch->truth ? &batch->truth[batch->count + i] : &unwanted;
        get_event(&reader, before, symbol_count, event, truth);
        before = event->ts;
    }
    if (reader.bad || reader.at != reader.end)
        return tl_error_set(error, TL_CORRUPT, "binary file: a block holds what no writer makes");
    batch->count += count;
    *size = TL_BINARY_BLOCK_HEAD + payload_size;
    return TL_OK;
}
