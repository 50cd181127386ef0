/* SPDX-License-Identifier: Apache-2.0
 * The operator's endpoints: every row of their table, over real sockets. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/api_fixture.h"
#include "lib/harness.h"
#include "services/api/admin.h"

#define AUTH "Authorization: Bearer secret-token\r\n"
#define STATUS "/admin/synthetic/status"
#define CONTROL "/admin/synthetic/control"

static const char payload[] =
    "{\"preset_id\":\"event_day\",\"coverage_assist\":false,\"coverage_window_minutes\":10,"
    "\"shared_seed\":5,\"profile_weights\":{\"institutional_directional\":1,\"retail_whale\":1.6,"
    "\"event_driven\":1,\"vol_seller\":0.6,\"arbitrage\":1,\"hedge_reactive\":1},\"updated_at\":1,"
    "\"updated_by\":\"desk\"}";

TL_TEST("api admin: tokens, bearers and If-Match are read as the contract says")
{
    struct tl_str token = tl_str_from("abc");
    CHECK(tl_admin_token_equal(tl_str_from("abc"), token));
    CHECK(!tl_admin_token_equal(tl_str_from("ab"), token));
    CHECK(!tl_admin_token_equal(tl_str_from("abcabc"), token));
    CHECK(!tl_admin_token_equal(tl_str_from(""), token));
    CHECK(!tl_admin_token_equal(tl_str_from(""), tl_str_from("")));
    CHECK(tl_str_is(tl_admin_bearer(tl_str_from("bearer  x ")), "x"));
    CHECK(tl_admin_bearer(tl_str_from("Basic x")).size == 0);
    CHECK(tl_admin_bearer(tl_str_from("Bearerx")).size == 0);
    CHECK(tl_admin_if_match(tl_str_from(""), 7));
    CHECK(tl_admin_if_match(tl_str_from("*"), 7));
    CHECK(tl_admin_if_match(tl_str_from("\"6\", W/\"7\""), 7));
    CHECK(!tl_admin_if_match(tl_str_from("\"77\""), 7));
    CHECK(!tl_admin_if_match(tl_str_from("junk"), 7));
}

TL_TEST("api admin: switched off, the endpoints are unknown paths")
{
    struct api_fixture fixture;
    REQUIRE(api_fixture_open(&fixture, NULL));
    CHECK_INT(api_get(&fixture, STATUS, AUTH), 404);
    CHECK_STR(api_body(&fixture), "{\"error\":\"not found\"}");
    CHECK_INT(api_get(&fixture, CONTROL, AUTH), 404);
    CHECK_INT(api_send(&fixture, "PUT", CONTROL, AUTH, payload), 404);
    api_fixture_close(&fixture);
}

TL_TEST("api admin: enabled without a token, the service refuses to start")
{
    struct tl_bus_options bus_options = {.url = "memory:", .name = "test"};
    struct tl_net_options net_options = {.host = "127.0.0.1"};
    struct tl_error error = {0};
    struct tl_service service = {.name = "api", .control_enabled = true, .admin_token = ""};
    struct tl_api *api = NULL;
    REQUIRE(tl_bus_open(&bus_options, &service.bus, &error) == TL_OK);
    REQUIRE(tl_net_open(&net_options, &service.net, &error) == TL_OK);
    service.market = tl_market_options_default();
    service.data_dir = test_tmp_dir();
    CHECK_INT(tl_api_mount(&service, &api, &error), TL_INVALID);
    CHECK(strstr(error.text, "SYNTHETIC_ADMIN_TOKEN"));
    tl_net_close(service.net);
    tl_bus_close(service.bus);
}

TL_TEST("api admin: no token or a wrong one is 401, without a hint which")
{
    static const char *const headers[] = {"",
                                          "Authorization: Bearer secret-toke\r\n",
                                          "Authorization: Bearer secret-token2\r\n",
                                          "Authorization: secret-token\r\n",
                                          "Authorization: Bearer \r\n",
                                          "x-synthetic-admin-token: nope\r\n"};
    struct api_fixture fixture;
    REQUIRE(api_fixture_open(&fixture, "secret-token"));
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        CHECK_INT(api_get(&fixture, STATUS, headers[i]), 401);
        CHECK_STR(api_body(&fixture), "{\"error\":\"unauthorized\"}");
        CHECK_INT(api_send(&fixture, "PUT", CONTROL, headers[i], payload), 401);
    }
    CHECK_INT(api_get(&fixture, CONTROL, "x-synthetic-admin-token: secret-token\r\n"), 200);
    api_fixture_close(&fixture);
}

TL_TEST("api admin: status and control of a fresh service show the defaults")
{
    struct api_fixture fixture;
    REQUIRE(api_fixture_open(&fixture, "secret-token"));
    CHECK_INT(api_get(&fixture, STATUS, AUTH), 200);
    const char *body = api_body(&fixture);
    CHECK(api_starts(body,
                     "{\"enabled\":true,\"backend_mode\":\"synthetic\",\"adapters\":{\"options\":"
                     "\"synthetic\",\"equities\":\"synthetic\"},\"control\":{\"preset_id\":"
                     "\"balanced_demo\""));
    CHECK(strstr(body, "\"profile_hit_counts\":{\"institutional_directional\":0,"));
    CHECK(strstr(body, "\"coverage_window_minutes\":20}"));
    CHECK(strstr(body, "\"applied\":{\"options\":null,\"equities\":null}"));
    CHECK(!strstr(body, "disabled_reason"));
    CHECK_INT(api_get(&fixture, CONTROL, AUTH), 200);
    CHECK(api_starts(api_body(&fixture), "{\"control\":{\"preset_id\":\"balanced_demo\""));
    CHECK(client_header(fixture.answer, "etag: ")[0] == '"');
    CHECK_STR(client_header(fixture.answer, "cache-control: "), "no-store");
    api_fixture_close(&fixture);
}

TL_TEST("api admin: a valid PUT stores, stamps and answers with the derived state and an ETag")
{
    struct api_fixture fixture;
    REQUIRE(api_fixture_open(&fixture, "secret-token"));
    int64_t before = api_now_ms();
    CHECK_INT(api_send(&fixture, "PUT", CONTROL, AUTH, payload), 200);
    const char *body = api_body(&fixture);
    CHECK(strstr(body, "\"preset_id\":\"event_day\""));
    CHECK(strstr(body, "\"updated_by\":\"desk\""));
    CHECK(strstr(body, "\"derived\":{\"session_phase\":"));
    const char *stamp = strstr(body, "\"updated_at\":");
    CHECK(stamp && atoll(stamp + 13) >= before && atoll(stamp + 13) <= api_now_ms());
    char etag[64];
    snprintf(etag, sizeof etag, "%s", client_header(fixture.answer, "etag: "));
    CHECK_INT(api_get(&fixture, CONTROL, AUTH), 200);
    CHECK(strstr(api_body(&fixture), "\"preset_id\":\"event_day\""));
    CHECK_STR(client_header(fixture.answer, "etag: "), etag);
    struct tl_kv_entry *entry = malloc(sizeof *entry);
    CHECK_INT(tl_kv_get(fixture.bus, "global", entry, NULL), TL_OK);
    CHECK(strncmp(entry->value, "{\"preset_id\":\"event_day\"", 24) == 0);
    free(entry);
    api_fixture_close(&fixture);
}

TL_TEST("api admin: an If-Match of another revision is 412 with the current state, nothing stored")
{
    struct api_fixture fixture;
    char headers[256], etag[64];
    REQUIRE(api_fixture_open(&fixture, "secret-token"));
    CHECK_INT(api_send(&fixture, "PUT", CONTROL, AUTH, payload), 200);
    snprintf(etag, sizeof etag, "%s", client_header(fixture.answer, "etag: "));
    CHECK_INT(api_send(&fixture, "PUT", CONTROL, AUTH "If-Match: \"999999\"\r\n", payload), 412);
    CHECK(strstr(api_body(&fixture), "\"control\":{\"preset_id\":\"event_day\""));
    CHECK_STR(client_header(fixture.answer, "etag: "), etag);
    snprintf(headers, sizeof headers, AUTH "If-Match: %s\r\n", etag);
    CHECK_INT(api_send(&fixture, "PUT", CONTROL, headers, payload), 200);
    CHECK_INT(api_send(&fixture, "PUT", CONTROL, headers, payload), 412); /* now it is stale */
    api_fixture_close(&fixture);
}

TL_TEST("api admin: an invalid payload is 400 with its issues, and nothing is stored")
{
    static const char *const bad[][2] = {
        {"", ""},
        {"not json", ""},
        {"{}", "preset_id"},
        {"[]", ""},
    };
    struct api_fixture fixture;
    char etag[64];
    REQUIRE(api_fixture_open(&fixture, "secret-token"));
    CHECK_INT(api_get(&fixture, CONTROL, AUTH), 200);
    snprintf(etag, sizeof etag, "%s", client_header(fixture.answer, "etag: "));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char path[64];
        CHECK_INT(api_send(&fixture, "PUT", CONTROL, AUTH, bad[i][0]), 400);
        CHECK(api_starts(api_body(&fixture),
                         "{\"error\":\"invalid synthetic control payload\",\"detail\":\""));
        snprintf(path, sizeof path, "{\"path\":\"%s\",\"message\":\"", bad[i][1]);
        CHECK(strstr(api_body(&fixture), path));
    }
    char unknown[1024];
    snprintf(unknown, sizeof unknown, "{\"extra\":1,%s", payload + 1);
    CHECK_INT(api_send(&fixture, "PUT", CONTROL, AUTH, unknown), 400);
    CHECK(strstr(api_body(&fixture), "\"path\":\"extra\""));
    CHECK_INT(api_get(&fixture, CONTROL, AUTH), 200);
    CHECK_STR(client_header(fixture.answer, "etag: "), etag);
    api_fixture_close(&fixture);
}

TL_TEST("api admin: a body over 16 KiB is 413")
{
    struct api_fixture fixture;
    size_t size = 16385;
    char *body = calloc(1, size + 1);
    REQUIRE(api_fixture_open(&fixture, "secret-token"));
    memset(body, ' ', size);
    CHECK_INT(api_send(&fixture, "PUT", CONTROL, AUTH, body), 413);
    memset(body, ' ', size);
    memcpy(body, payload, sizeof payload - 1);
    body[16384] = '\0';
    CHECK_INT(api_send(&fixture, "PUT", CONTROL, AUTH, body), 200); /* exactly the limit */
    free(body);
    api_fixture_close(&fixture);
}

TL_TEST("api admin: an adapter that is not synthetic is 409 with every field of the status")
{
    static const char *const modes[][3] = {{"synthetic", "alpaca", "mixed"},
                                           {"databento", "alpaca", "live"}};
    for (size_t i = 0; i < 2; i++) {
        struct api_fixture fixture;
        setenv("OPTIONS_INGEST_ADAPTER", modes[i][0], 1);
        setenv("EQUITIES_INGEST_ADAPTER", modes[i][1], 1);
        bool opened = api_fixture_open(&fixture, "secret-token");
        unsetenv("OPTIONS_INGEST_ADAPTER");
        unsetenv("EQUITIES_INGEST_ADAPTER");
        REQUIRE(opened);
        char want[256];
        snprintf(want, sizeof want,
                 "{\"error\":\"synthetic backend unavailable\",\"enabled\":false,\"backend_mode\":"
                 "\"%s\",\"adapters\":{\"options\":\"%s\",\"equities\":\"%s\"},\"control\":null,"
                 "\"derived\":null,\"disabled_reason\":\"",
                 modes[i][2], modes[i][0], modes[i][1]);
        CHECK_INT(api_get(&fixture, STATUS, AUTH), 409);
        CHECK(strncmp(api_body(&fixture), want, strlen(want)) == 0);
        CHECK_INT(api_send(&fixture, "PUT", CONTROL, AUTH, payload), 409);
        CHECK_INT(api_get(&fixture, STATUS, ""), 401); /* the token comes first */
        api_fixture_close(&fixture);
    }
}

TL_TEST("api admin: with the bus gone, every request is 503, never a fake success")
{
    struct api_fixture fixture;
    REQUIRE(api_fixture_open(&fixture, "secret-token"));
    CHECK_INT(api_get(&fixture, CONTROL, AUTH), 200);
    tl_bus_close(fixture.bus);
    CHECK_INT(api_get(&fixture, CONTROL, AUTH), 503);
    CHECK_INT(api_get(&fixture, STATUS, AUTH), 503);
    CHECK_INT(api_send(&fixture, "PUT", CONTROL, AUTH, payload), 503);
    CHECK(strstr(api_body(&fixture), "\"error\":\"control store unreachable\""));
    CHECK_INT(api_get(&fixture, "/health", ""), 200);
    fixture.bus = NULL;
    api_fixture_close(&fixture);
}

TL_TEST("api admin: the applied reports of the ingest services are in the status")
{
    struct api_fixture fixture;
    REQUIRE(api_fixture_open(&fixture, "secret-token"));
    CHECK_INT(tl_kv_put(fixture.bus, "applied.ingest-options", tl_str_from("{\"revision\":7}"),
                        UINT64_MAX, NULL, NULL),
              TL_OK);
    CHECK_INT(api_get(&fixture, STATUS, AUTH), 200);
    CHECK(strstr(api_body(&fixture), "\"applied\":{\"options\":{\"revision\":7},\"equities\":"));
    api_fixture_close(&fixture);
}

TL_TEST("api admin: who changed what and when is in the status and in the history, newest first")
{
    struct api_fixture fixture;
    REQUIRE(api_fixture_open(&fixture, "secret-token"));
    CHECK_INT(api_send(&fixture, "PUT", CONTROL, AUTH, payload), 200);
    CHECK_INT(api_get(&fixture, STATUS, AUTH), 200);
    const char *recent = strstr(api_body(&fixture), "\"recent_changes\":[{\"revision\":");
    REQUIRE(recent);
    CHECK(strstr(recent, "\"by\":\"desk\""));
    CHECK(strstr(recent,
                 "{\"field\":\"preset_id\",\"from\":\"balanced_demo\",\"to\":\"event_day\"}"));
    CHECK(strstr(recent, "{\"field\":\"profile_weights.vol_seller\",\"from\":1,\"to\":0.6}"));
    CHECK(strstr(recent, "\"by\":\"system\"") > strstr(recent, "\"by\":\"desk\""));
    CHECK_INT(api_get(&fixture, "/admin/synthetic/history?limit=1", AUTH), 200);
    CHECK(api_starts(api_body(&fixture), "{\"changes\":[{\"revision\":"));
    CHECK(strstr(api_body(&fixture), "desk") && !strstr(api_body(&fixture), "system"));
    CHECK_STR(client_header(fixture.answer, "cache-control: "), "no-store");
    CHECK_INT(api_get(&fixture, "/admin/synthetic/history", ""), 401);
    CHECK_INT(api_get(&fixture, "/admin/synthetic/history?limit=0", AUTH), 400);
    CHECK_INT(api_get(&fixture, "/admin/synthetic/history?limit=x", AUTH), 400);
    tl_bus_close(fixture.bus);
    CHECK_INT(api_get(&fixture, "/admin/synthetic/history", AUTH), 503);
    fixture.bus = NULL;
    api_fixture_close(&fixture);
}
