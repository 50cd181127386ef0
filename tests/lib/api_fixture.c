/* SPDX-License-Identifier: Apache-2.0
 * See api_fixture.h. */
#include "lib/api_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "lib/harness.h"
#include "os/os.h"
#include "wire/market_json.h"

static void *loop(void *context)
{
    tl_net_run(context);
    return NULL;
}

static bool failed(const char *what, const struct tl_error *error)
{
    test_fail(__FILE__, __LINE__, "%s: %s", what, error->text);
    return false;
}

bool api_fixture_prepare(struct api_fixture *fixture)
{
    struct tl_error error = {0};
    memset(fixture, 0, sizeof *fixture);
    fixture->dir = strdup(test_tmp_dir());
    fixture->answer = malloc(sizeof *fixture->answer);
    struct tl_bus_options bus = {.url = "memory:", .name = "test"};
    struct tl_store_options store = {.dir = fixture->dir};
    if (tl_bus_open(&bus, &fixture->bus, &error) != TL_OK) return failed("bus", &error);
    if (tl_store_open(&store, &fixture->store, &error) != TL_OK) return failed("store", &error);
    return true;
}

bool api_fixture_mount(struct api_fixture *fixture, const char *token, const char *data_dir)
{
    struct tl_error error = {0};
    struct tl_net_options net = {.host = "127.0.0.1", .body_max = 64 * 1024};
    if (tl_net_open(&net, &fixture->net, &error) != TL_OK) return failed("net", &error);
    struct tl_service service = {.name = "api",
                                 .bus = fixture->bus,
                                 .data_dir = data_dir ? data_dir : fixture->dir,
                                 .net = fixture->net,
                                 .market = tl_market_options_default(),
                                 .admin_token = token,
                                 .control_enabled = token != NULL};
    if (tl_api_mount(&service, &fixture->api, &error) != TL_OK) return failed("mount", &error);
    return pthread_create(&fixture->thread, NULL, loop, fixture->net) == 0;
}

bool api_fixture_open(struct api_fixture *fixture, const char *token)
{
    return api_fixture_prepare(fixture) && api_fixture_mount(fixture, token, NULL);
}

void api_fixture_close(struct api_fixture *fixture)
{
    if (fixture->api) {
        tl_net_stop(fixture->net);
        pthread_join(fixture->thread, NULL);
        tl_api_unmount(fixture->api);
    }
    tl_net_close(fixture->net);
    tl_bus_close(fixture->bus);
    if (fixture->store) tl_store_close(fixture->store);
    free(fixture->answer);
    free((void *)(uintptr_t)fixture->dir);
}

int api_send(struct api_fixture *fixture, const char *method, const char *path, const char *headers,
             const char *body)
{
    size_t size = strlen(path) + strlen(headers) + strlen(body) + 256;
    char *text = malloc(size);
    snprintf(text, size,
             "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n%s"
             "Content-Length: %zu\r\n\r\n%s",
             method, path, headers, strlen(body), body);
    int status = client_ask(tl_net_port(fixture->net), text, fixture->answer);
    free(text);
    return status;
}

int api_get(struct api_fixture *fixture, const char *path, const char *headers)
{
    return api_send(fixture, "GET", path, headers, "");
}

const char *api_body(const struct api_fixture *fixture)
{
    return client_body(fixture->answer);
}

bool api_starts(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

int64_t api_now_ms(void)
{
    return tl_os_now() / TL_NS_PER_MS;
}

/* --- events -------------------------------------------------------------------------------- */

static struct tl_wire_option_print wire_print(const struct api_print *print, char *trace,
                                              size_t capacity)
{
    snprintf(trace, capacity, "synthetic-options-%llu", (unsigned long long)print->seq);
    struct tl_wire_option_print wire = {
        .meta = {print->ts, print->ts, print->seq, tl_str_from(trace)},
        .ts = print->ts,
        .option_contract_id =
            tl_str_from(print->contract ? print->contract : "NVDA-2026-06-19-290-C"),
        .price = 4.1,
        .size = 300,
        .exchange = tl_str_from("CBOE"),
        .condition_count = 1,
        .conditions = {tl_str_from("SWEEP")},
        .underlying_id = tl_str_from(print->symbol ? print->symbol : "NVDA"),
        .option_type = print->put ? TL_OPTION_TYPE_PUT : TL_OPTION_TYPE_CALL,
        .has = TL_HAS_NOTIONAL | TL_HAS_IS_ETF | TL_HAS_SIGNAL_PASS,
        .notional = print->notional,
        .nbbo_side = print->side,
        .is_etf = print->etf,
        .signal_pass = print->signal,
        .signal_profile = tl_str_from("smart-money"),
    };
    return wire;
}

size_t api_print_json(const struct api_print *print, char *json, size_t capacity)
{
    char trace[64];
    struct tl_text text = {.data = json, .capacity = capacity};
    struct tl_wire_option_print wire = wire_print(print, trace, sizeof trace);
    tl_json_put_option_print(&text, &wire);
    (void)tl_text_cstr(&text);
    return text.size;
}

bool api_store_print(struct api_fixture *fixture, const struct api_print *print)
{
    char trace[64], json[2048];
    struct tl_error error = {0};
    struct tl_wire_option_print wire = wire_print(print, trace, sizeof trace);
    size_t size = api_print_json(print, json, sizeof json);
    struct tl_store_row row = {.ts = wire.ts,
                               .seq = print->seq,
                               .trace_id = wire.meta.trace_id,
                               .key = wire.option_contract_id,
                               .underlying_id = wire.underlying_id,
                               .notional = wire.notional,
                               .side = (int8_t)wire.nbbo_side,
                               .type = (int8_t)wire.option_type,
                               .is_etf = wire.is_etf,
                               .signal_pass = wire.signal_pass,
                               .json = {json, size}};
    return tl_store_append(fixture->store, TL_TABLE_OPTION_PRINTS, &row, &error) == TL_OK ||
           failed("append", &error);
}

bool api_store_row(struct api_fixture *fixture, enum tl_table table, int64_t ts, uint64_t seq,
                   const char *trace_id, const char *key, const char *underlying, const char *json)
{
    struct tl_error error = {0};
    struct tl_str member = tl_str_from("synthetic-options-901");
    struct tl_store_row row = {.ts = ts,
                               .seq = seq,
                               .trace_id = tl_str_from(trace_id),
                               .key = tl_str_from(key),
                               .underlying_id = tl_str_from(underlying),
                               .interval_ms = table == TL_TABLE_CANDLES ? 60000 : 0,
                               .json = tl_str_from(json),
                               .members = table == TL_TABLE_PACKETS ? &member : NULL,
                               .member_count = table == TL_TABLE_PACKETS};
    return tl_store_append(fixture->store, table, &row, &error) == TL_OK ||
           failed("append", &error);
}

bool api_commit(struct api_fixture *fixture)
{
    struct tl_error error = {0};
    return tl_store_commit(fixture->store, &error) == TL_OK || failed("commit", &error);
}

bool api_publish(struct api_fixture *fixture, enum tl_subject subject, const char *id,
                 const char *json)
{
    struct tl_error error = {0};
    enum tl_status status =
        tl_bus_publish(fixture->bus, subject, tl_str_from(id), tl_str_from(json), &error);
    if (status == TL_OK) status = tl_bus_flush(fixture->bus, 2000, &error);
    return status == TL_OK || failed("publish", &error);
}

bool api_ws_await(int fd, const char *needle, char *text, size_t capacity)
{
    size_t size = 0;
    tl_ns deadline = tl_os_monotonic() + 5 * TL_NS_PER_S;
    while (tl_os_monotonic() < deadline) {
        if (client_ws_read(fd, text, capacity - 1, &size) != 1) return false;
        text[size] = '\0';
        if (strstr(text, needle)) return true;
    }
    return false;
}

void api_smart_money_json(char *out, size_t capacity, int64_t ts, int seq, bool abstained)
{
    snprintf(out, capacity,
             "{\"source_ts\":%lld,\"ingest_ts\":%lld,\"seq\":%d,\"trace_id\":\"smartmoney:p%d\","
             "\"event_id\":\"smartmoney:single_leg_event:p%d\",\"packet_ids\":[\"p%d\"],"
             "\"member_print_ids\":[\"a\",\"b\"],\"underlying_id\":\"NVDA\","
             "\"event_kind\":\"single_leg_event\",\"event_window_ms\":45,"
             "\"features\":{\"total_notional\":410000,\"dte_days\":null},\"profile_scores\":["
             "{\"profile_id\":\"retail_whale\",\"probability\":0.61,\"confidence_band\":\"medium\","
             "\"direction\":\"bullish\",\"reasons\":[\"burst_print_pattern\"]}],"
             "\"primary_profile_id\":%s,\"primary_direction\":\"%s\",\"abstained\":%s,"
             "\"suppressed_reasons\":[]}",
             (long long)ts, (long long)ts, seq, seq, seq, seq,
             abstained ? "null" : "\"retail_whale\"", abstained ? "unknown" : "bullish",
             abstained ? "true" : "false");
}

void api_packet_json(char *out, size_t capacity, int64_t ts, int seq)
{
    snprintf(out, capacity,
             "{\"source_ts\":%lld,\"ingest_ts\":%lld,\"seq\":%d,\"trace_id\":\"p%d\","
             "\"id\":\"p%d\",\"members\":[\"synthetic-options-901\"],"
             "\"features\":{\"option_type\":\"call\",\"is_etf\":false,\"total_notional\":410000,"
             "\"nbbo_a_count\":2,\"nbbo_b_count\":0},\"join_quality\":{\"nbbo_age_ms\":0}}",
             (long long)ts, (long long)ts, seq, seq, seq);
}
