/* SPDX-License-Identifier: Apache-2.0
 * Checks in the order of the contract: token (401), adapters (409), bus (503), then the request. The
 * state is read from the bucket at each request, so an answer never shows what was not stored. A
 * bucket call takes a fraction of a ms; with the bus known to be down none is made. */
#include "services/api/admin.h"

#include "json/control_json.h"
#include "os/os.h"
#include "services/control_plane.h"

#include <string.h>
#include <strings.h>

#define NO_STORE "cache-control: no-store\r\n"
#define KEY "global"
#define RECENT_CHANGES 5 /* in the status, for the page */
#define HISTORY_DEFAULT 64
#define WRITE_TRIES 8 /* of an unguarded write among others */

/* --- pure parts ---------------------------------------------------------------------------- */

bool tl_admin_token_equal(struct tl_str given, struct tl_str token)
{
    if (token.size == 0) return false;
    unsigned difference = given.size != token.size;
    for (size_t i = 0; i < given.size; i++)
        difference |= (unsigned)(unsigned char)given.data[i] ^
                      (unsigned)(unsigned char)token.data[i % token.size];
    return difference == 0;
}

struct tl_str tl_admin_bearer(struct tl_str header)
{
    static const size_t scheme = sizeof "bearer" - 1;
    struct tl_str none = {NULL, 0};
    struct tl_str text = tl_str_trim(header);
    if (text.size <= scheme || strncasecmp(text.data, "bearer", scheme) != 0) return none;
    if (text.data[scheme] != ' ' && text.data[scheme] != '\t') return none;
    return tl_str_trim((struct tl_str){text.data + scheme, text.size - scheme});
}

bool tl_admin_if_match(struct tl_str header, uint64_t revision)
{
    struct tl_str list = tl_str_trim(header), item;
    if (list.size == 0 || tl_str_is(list, "*")) return true;
    char bytes[32];
    struct tl_text text = {.data = bytes, .capacity = sizeof bytes};
    tl_text_u64(&text, revision);
    struct tl_str wanted = {text.data, text.size};
    while (tl_str_cut(&list, ',', &item)) {
        item = tl_str_trim(item);
        if (tl_str_starts(item, "W/")) item = (struct tl_str){item.data + 2, item.size - 2};
        if (item.size >= 2 && item.data[0] == '"' && item.data[item.size - 1] == '"')
            item = (struct tl_str){item.data + 1, item.size - 2};
        if (tl_str_equal(item, wanted)) return true;
    }
    return false;
}

/* --- answers ------------------------------------------------------------------------------- */

static struct tl_api_buffer *body_start(struct tl_admin *admin)
{
    tl_api_buffer_clear(&admin->responder->body);
    return &admin->responder->body;
}

static void respond(struct tl_admin *admin, struct tl_net_request *request, int status,
                    bool with_etag, uint64_t revision)
{
    char bytes[128];
    struct tl_text headers = {.data = bytes, .capacity = sizeof bytes};
    tl_text_lit(&headers, NO_STORE);
    if (with_etag) {
        tl_text_lit(&headers, "etag: \"");
        tl_text_u64(&headers, revision);
        tl_text_lit(&headers, "\"\r\n");
    }
    tl_respond_body(admin->responder, request, status, tl_text_cstr(&headers));
}

static void respond_error(struct tl_admin *admin, struct tl_net_request *request, int status,
                          const char *word)
{
    struct tl_api_buffer *body = body_start(admin);
    tl_api_buffer_lit(body, "{\"error\":");
    tl_api_buffer_json(body, tl_str_from(word));
    tl_api_buffer_lit(body, "}");
    respond(admin, request, status, false, 0);
}

static void put_control(struct tl_api_buffer *body, const struct tl_control *control)
{
    if (tl_api_buffer_reserve(body, TL_CONTROL_JSON_MAX)) tl_control_json_put(&body->text, control);
}

/* --- state --------------------------------------------------------------------------------- */

static bool synthetic(const char *adapter)
{
    return strcmp(adapter, "synthetic") == 0;
}

static int synthetic_count(const struct tl_admin *admin)
{
    const struct tl_api_config *config = admin->responder->config;
    return (int)synthetic(config->options_adapter) + (int)synthetic(config->equities_adapter);
}

/* The stored state and its revision. TL_AGAIN: nothing is stored yet (the default, revision 0).
 * TL_CORRUPT: what is stored is not a control state, and none was good before. */
static enum tl_status read_control(struct tl_admin *admin, struct tl_control *control,
                                   uint64_t *revision, struct tl_error *error)
{
    if (!tl_bus_connected(admin->bus)) return tl_error_set(error, TL_CLOSED, "bus unreachable");
    enum tl_status status = tl_kv_get(admin->bus, KEY, &admin->entry, error);
    *control = tl_control_default();
    *revision = 0;
    if (status != TL_OK) return status == TL_AGAIN ? TL_OK : status;
    *revision = admin->entry.revision;
    struct tl_str json = {admin->entry.value, admin->entry.size};
    if (tl_control_json_parse(json, control, NULL, error) == TL_OK) return TL_OK;
    tl_log_rare(TL_LOG_WARN, "api", "control-malformed",
                "the stored control state is malformed (%s): the last good one is in force",
                error ? error->text : "");
    tl_api_session_view(admin->session, &admin->view);
    *control = admin->view.known ? admin->view.control : tl_control_default();
    return TL_OK;
}

/* The plane with the newest log; NULL: the bus is away. */
static struct tl_control_plane *fresh_plane(struct tl_admin *admin, struct tl_error *error)
{
    bool changed = false;
    enum tl_status status = TL_AGAIN;
    if (!admin->plane) status = tl_control_plane_open(admin->bus, &admin->plane, error);
    if (status == TL_AGAIN) status = tl_control_plane_poll(admin->plane, 0, &changed, error);
    return status == TL_OK || status == TL_AGAIN ? admin->plane : NULL;
}

/* The newest `limit` changes as an array. */
static void put_changes(struct tl_api_buffer *body, const struct tl_control_plane *plane,
                        size_t limit)
{
    struct tl_control_change change;
    tl_api_buffer_lit(body, "[");
    for (size_t i = 0; i < limit && tl_control_plane_change(plane, i, &change); i++) {
        if (i) tl_api_buffer_lit(body, ",");
        if (tl_api_buffer_reserve(body, TL_CONTROL_CHANGE_JSON_MAX))
            tl_control_change_put(&body->text, &change);
    }
    tl_api_buffer_lit(body, "]");
}

static void put_derived(struct tl_admin *admin, struct tl_api_buffer *body,
                        const struct tl_control *control)
{
    uint32_t counts[TL_PROFILE_COUNT];
    tl_hits_count(admin->hits, tl_os_now() / TL_NS_PER_MS, control->coverage_window_minutes,
                  counts);
    tl_api_session_view(admin->session, &admin->view);
    const struct tl_session_view *view = &admin->view;
    tl_api_buffer_lit(body, "{\"session_phase\":");
    if (view->known)
        tl_api_buffer_json(body, tl_str_from(tl_phase_name(view->state.phase)));
    else
        tl_api_buffer_lit(body, "null");
    tl_api_buffer_lit(body, ",\"regime\":");
    if (view->known)
        tl_api_buffer_json(body, tl_str_from(tl_regime_name(view->state.regime)));
    else
        tl_api_buffer_lit(body, "null");
    tl_api_buffer_lit(body, ",\"focus_symbols\":");
    tl_status_put_symbols(body, (const char(*)[TL_SESSION_SYMBOL_BYTES])view->focus,
                          view->known ? view->state.focus_count : 0);
    tl_api_buffer_lit(body, ",\"profile_hit_counts\":{");
    for (int profile = 0; profile < TL_PROFILE_COUNT; profile++) {
        tl_api_buffer_lit(body, profile ? ",\"" : "\"");
        tl_api_buffer_lit(body, tl_profile_name((enum tl_profile)profile));
        tl_api_buffer_lit(body, "\":");
        tl_api_buffer_u64(body, counts[profile]);
    }
    tl_api_buffer_lit(body, "},\"coverage_window_minutes\":");
    tl_api_buffer_i64(body, control->coverage_window_minutes);
    tl_api_buffer_lit(body, "}");
}

/* What each ingest service says it has in force, as it wrote it; null: nothing said. */
static void put_applied(struct tl_admin *admin, struct tl_api_buffer *body)
{
    static const char *const services[][2] = {{"options", "ingest-options"},
                                              {"equities", "ingest-equities"}};
    char json[2048];
    tl_api_buffer_lit(body, ",\"applied\":{");
    for (size_t i = 0; i < 2; i++) {
        tl_api_buffer_lit(body, i ? ",\"" : "\"");
        tl_api_buffer_lit(body, services[i][0]);
        tl_api_buffer_lit(body, "\":");
        bool said =
            tl_control_plane_applied(admin->bus, services[i][1], json, sizeof json, NULL) == TL_OK;
        tl_api_buffer_lit(body, said ? json : "null");
    }
    tl_api_buffer_lit(body, "}");
}

static void put_backend(struct tl_admin *admin, struct tl_api_buffer *body)
{
    static const char *const modes[] = {"live", "mixed", "synthetic"};
    const struct tl_api_config *config = admin->responder->config;
    int count = synthetic_count(admin);
    tl_api_buffer_lit(body, count == 2 ? "\"enabled\":true" : "\"enabled\":false");
    tl_api_buffer_lit(body, ",\"backend_mode\":\"");
    tl_api_buffer_lit(body, modes[count]);
    tl_api_buffer_lit(body, "\",\"adapters\":{\"options\":");
    tl_api_buffer_json(body, tl_str_from(config->options_adapter));
    tl_api_buffer_lit(body, ",\"equities\":");
    tl_api_buffer_json(body, tl_str_from(config->equities_adapter));
    tl_api_buffer_lit(body, "}");
}

static void not_synthetic(struct tl_admin *admin, struct tl_net_request *request)
{
    struct tl_api_buffer *body = body_start(admin);
    tl_api_buffer_lit(body, "{\"error\":\"synthetic backend unavailable\",");
    put_backend(admin, body);
    tl_api_buffer_lit(body, ",\"control\":null,\"derived\":null,\"disabled_reason\":");
    tl_api_buffer_json(body, tl_str_from(synthetic_count(admin) ? "one adapter is not synthetic"
                                                                : "neither adapter is synthetic"));
    tl_api_buffer_lit(body, "}");
    respond(admin, request, 409, false, 0);
}

static void bus_down(struct tl_admin *admin, struct tl_net_request *request,
                     const struct tl_error *error)
{
    tl_log_rare(TL_LOG_WARN, "api", "control-bus", "control store unreachable: %s", error->text);
    respond_error(admin, request, 503, "control store unreachable");
}

/* --- requests ------------------------------------------------------------------------------ */

static bool authorised(struct tl_admin *admin, struct tl_net_request *request)
{
    struct tl_str token = tl_str_from(admin->token);
    struct tl_str bearer = tl_admin_bearer(tl_net_header(request, "authorization"));
    struct tl_str second = tl_str_trim(tl_net_header(request, "x-synthetic-admin-token"));
    /* Both are always compared, so the time does not tell which was sent. */
    bool first_good = tl_admin_token_equal(bearer, token);
    bool second_good = tl_admin_token_equal(second, token);
    return first_good || second_good;
}

/* Answers what holds for every request; false: it is answered. */
static bool admitted(struct tl_admin *admin, struct tl_net_request *request)
{
    if (!authorised(admin, request)) {
        admin->unauthorized++;
        respond_error(admin, request, 401, "unauthorized");
        return false;
    }
    if (synthetic_count(admin) != 2) {
        not_synthetic(admin, request);
        return false;
    }
    return true;
}

static bool get_status(void *context, struct tl_net_request *request)
{
    struct tl_admin *admin = context;
    struct tl_control control;
    struct tl_error error = {0};
    uint64_t revision = 0;
    if (!admitted(admin, request)) return true;
    if (read_control(admin, &control, &revision, &error) != TL_OK) {
        bus_down(admin, request, &error);
        return true;
    }
    struct tl_api_buffer *body = body_start(admin);
    tl_api_buffer_lit(body, "{");
    put_backend(admin, body);
    tl_api_buffer_lit(body, ",\"control\":");
    put_control(body, &control);
    tl_api_buffer_lit(body, ",\"derived\":");
    put_derived(admin, body, &control);
    tl_api_buffer_lit(body, ",\"revision\":");
    tl_api_buffer_u64(body, revision);
    if (admin->view.known) {
        tl_api_buffer_lit(body, ",\"session\":");
        tl_status_put_session(body, &admin->view);
    }
    tl_api_buffer_lit(body, ",\"coverage\":");
    tl_status_put_coverage(body, admin->hits, control.coverage_window_minutes);
    put_applied(admin, body);
    const struct tl_control_plane *plane = fresh_plane(admin, &error);
    tl_api_buffer_lit(body, ",\"recent_changes\":");
    if (plane)
        put_changes(body, plane, RECENT_CHANGES);
    else
        tl_api_buffer_lit(body, "null");
    tl_api_buffer_lit(body, "}");
    respond(admin, request, 200, true, revision);
    return true;
}

static void respond_control(struct tl_admin *admin, struct tl_net_request *request, int status,
                            const struct tl_control *control, uint64_t revision)
{
    struct tl_api_buffer *body = body_start(admin);
    tl_api_buffer_lit(body, status == 412 ? "{\"error\":\"control was changed\",\"control\":"
                                          : "{\"control\":");
    put_control(body, control);
    if (tl_str_is(tl_net_method(request), "PUT") && status == 200) {
        tl_api_buffer_lit(body, ",\"derived\":");
        put_derived(admin, body, control);
    }
    tl_api_buffer_lit(body, "}");
    respond(admin, request, status, true, revision);
}

static bool get_control(void *context, struct tl_net_request *request)
{
    struct tl_admin *admin = context;
    struct tl_control control;
    struct tl_error error = {0};
    uint64_t revision = 0;
    if (!admitted(admin, request)) return true;
    if (read_control(admin, &control, &revision, &error) == TL_OK)
        respond_control(admin, request, 200, &control, revision);
    else
        bus_down(admin, request, &error);
    return true;
}

static void invalid_payload(struct tl_admin *admin, struct tl_net_request *request,
                            const struct tl_control_issues *issues, const struct tl_error *error)
{
    struct tl_api_buffer *body = body_start(admin);
    admin->refused++;
    tl_api_buffer_lit(body, "{\"error\":\"invalid synthetic control payload\",\"detail\":");
    tl_api_buffer_json(body, tl_str_from(error->text));
    tl_api_buffer_lit(body, ",\"issues\":[");
    for (size_t i = 0; i < issues->count; i++) {
        tl_api_buffer_lit(body, i ? ",{\"path\":" : "{\"path\":");
        tl_api_buffer_json(body, tl_str_from(issues->items[i].path));
        tl_api_buffer_lit(body, ",\"message\":");
        tl_api_buffer_json(body, tl_str_from(issues->items[i].message));
        tl_api_buffer_lit(body, "}");
    }
    tl_api_buffer_lit(body, "]}");
    respond(admin, request, 400, false, 0);
}

/* Stores against the revision that If-Match was held to: a writer in between is a conflict. */
static enum tl_status write_control(struct tl_admin *admin, struct tl_net_request *request,
                                    struct tl_control *control, uint64_t revision)
{
    struct tl_error error = {0};
    uint64_t stored = 0;
    enum tl_status status = TL_OK;
    if (!admin->plane) status = tl_control_plane_open(admin->bus, &admin->plane, &error);
    if (status == TL_OK)
        status = tl_control_plane_put(admin->plane, control, revision, &stored, &error);
    if (status == TL_OK) {
        admin->written++;
        respond_control(admin, request, 200, control, stored);
    } else if (status != TL_CONFLICT) {
        bus_down(admin, request, &error);
    }
    return status;
}

static void conflict(struct tl_admin *admin, struct tl_net_request *request)
{
    struct tl_control control;
    struct tl_error error = {0};
    uint64_t revision = 0;
    admin->conflicts++;
    if (read_control(admin, &control, &revision, &error) == TL_OK)
        respond_control(admin, request, 412, &control, revision);
    else
        bus_down(admin, request, &error);
}

/* Without If-Match the writer asks for no protection: another write in between is written over, so
 * the read and the store are tried again. With it, the conflict is the answer. */
static void store_control(struct tl_admin *admin, struct tl_net_request *request,
                          struct tl_control *control)
{
    struct tl_str if_match = tl_str_trim(tl_net_header(request, "if-match"));
    bool guarded = if_match.size > 0 && !tl_str_is(if_match, "*");
    enum tl_status status = TL_CONFLICT;
    for (int tries = 0; tries < WRITE_TRIES && status == TL_CONFLICT; tries++) {
        struct tl_control current;
        struct tl_error error = {0};
        uint64_t revision = 0;
        if (read_control(admin, &current, &revision, &error) != TL_OK) {
            bus_down(admin, request, &error);
            return;
        }
        if (!tl_admin_if_match(if_match, revision)) break;
        status = write_control(admin, request, control, revision);
        if (guarded) break;
    }
    if (status == TL_CONFLICT) conflict(admin, request);
}

static bool put_request(void *context, struct tl_net_request *request)
{
    struct tl_admin *admin = context;
    struct tl_control control;
    struct tl_control_issues issues = {0};
    struct tl_error error = {0};
    struct tl_str body = tl_net_body(request);
    if (!admitted(admin, request)) return true;
    if (body.size > TL_ADMIN_BODY_MAX)
        respond_error(admin, request, 413, "payload too large");
    else if (tl_control_json_parse(body, &control, &issues, &error) != TL_OK)
        invalid_payload(admin, request, &issues, &error);
    else
        store_control(admin, request, &control);
    return true;
}

/* limit=N of the query: 1 to what a log can hold; absent: HISTORY_DEFAULT. */
static bool history_limit(struct tl_str query, size_t *limit)
{
    struct tl_str rest = query, item, name;
    int64_t number = HISTORY_DEFAULT;
    while (tl_str_cut(&rest, '&', &item)) {
        if (!tl_str_cut(&item, '=', &name) || !tl_str_is(name, "limit")) continue;
        if (!tl_parse_i64(item, &number)) return false;
    }
    *limit = (size_t)number;
    return number >= 1 && number <= TL_CONTROL_ENTRIES_MAX;
}

static bool get_history(void *context, struct tl_net_request *request)
{
    struct tl_admin *admin = context;
    struct tl_error error = {0};
    size_t limit = 0;
    if (!admitted(admin, request)) return true;
    if (!history_limit(tl_net_query(request), &limit)) {
        respond_error(admin, request, 400, "limit must be a whole number from 1 to 512");
        return true;
    }
    const struct tl_control_plane *plane =
        tl_bus_connected(admin->bus) ? fresh_plane(admin, &error) : NULL;
    if (!plane) {
        bus_down(admin, request, &error);
        return true;
    }
    struct tl_api_buffer *body = body_start(admin);
    tl_api_buffer_lit(body, "{\"changes\":");
    put_changes(body, plane, limit);
    tl_api_buffer_lit(body, "}");
    respond(admin, request, 200, false, 0);
    return true;
}

void tl_admin_mount(struct tl_admin *admin, struct tl_net *net)
{
    tl_net_route(net, "GET", "/admin/synthetic/status", get_status, admin);
    tl_net_route(net, "GET", "/admin/synthetic/control", get_control, admin);
    tl_net_route(net, "PUT", "/admin/synthetic/control", put_request, admin);
    tl_net_route(net, "GET", "/admin/synthetic/history", get_history, admin);
}

void tl_admin_deinit(struct tl_admin *admin)
{
    tl_control_plane_close(admin->plane);
    admin->plane = NULL;
}
