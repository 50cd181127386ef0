/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as a CSV event file. What is accepted must be written back as a row that reads as the
 * same event. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "wire/csv.h"
#include "wire/csv_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_back(const struct tl_event *event, struct tl_str symbol)
{
    static char bytes[2 * TL_CSV_ROW_MAX];
    struct tl_text out = {bytes, 0, sizeof bytes, false};
    struct tl_csv_reader reader;
    struct tl_error error;
    struct tl_event again;
    struct tl_str name;
    tl_csv_put_header(&out);
    enum tl_status status =
        tl_csv_read_header(&reader, (struct tl_str){bytes, out.size - 1}, &error);
    assert(status == TL_OK);
    size_t header = out.size;
    tl_csv_put_event(&out, event, symbol);
    assert(!out.overflow);
    status = tl_csv_read_row(&reader, (struct tl_str){bytes + header, out.size - header - 1},
                             &again, &name, &error);
    assert(status == TL_OK && tl_str_equal(name, symbol));
    assert(tl_event_hash(event, symbol) == tl_event_hash(&again, symbol));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tl_str rest = {(const char *)data, size}, line, symbol;
    struct tl_csv_reader reader;
    struct tl_error error;
    struct tl_event event;
    if (!tl_str_cut(&rest, '\n', &line)) return 0;
    if (tl_csv_read_header(&reader, line, &error) != TL_OK) return 0;
    while (tl_str_cut(&rest, '\n', &line)) {
        error.text[0] = '\0';
        if (tl_csv_read_row(&reader, line, &event, &symbol, &error) == TL_OK)
            check_back(&event, symbol);
        else
            assert(error.text[0] != '\0');
    }
    return 0;
}
