/* SPDX-License-Identifier: Apache-2.0
 * `tapeloom control status | get | set KEY=VALUE… | watch | history`: steers a running market. With --nats the state is
 * read and written in the bus's bucket; else through the operator endpoints of the running system, whose
 * address and token stand in the data folder. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/math.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/flags.h"
#include "cli/runtime.h"
#include "json/control_json.h"
#include "os/http_client.h"
#include "os/os.h"
#include "services/control_plane.h"

struct control_flags {
    const char *nats, *data;
    int64_t limit; /* of history */
    bool json;
};

struct remote { /* one of the two ways in */
    struct tl_bus *bus;
    struct tl_control_plane *plane;
    char address[128], auth[TL_TOKEN_MAX + 64];
    struct tl_http_answer answer;
};

static enum tl_status read_line(const char *folder, const char *name, char *line, size_t capacity,
                                struct tl_error *error)
{
    char path[900], *data = NULL;
    size_t size = 0;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    enum tl_status status = tl_os_read_file(path, capacity - 1, &data, &size, error);
    if (status != TL_OK) {
        tl_error_add(error, "no running system keeps its files in %s; give --data or --nats",
                     folder);
        return status;
    }
    struct tl_str text = tl_str_trim((struct tl_str){data, size});
    memcpy(line, text.data, text.size);
    line[text.size] = '\0';
    free(data);
    return TL_OK;
}

static enum tl_status remote_open(struct remote *remote, const struct control_flags *flags,
                                  struct tl_error *error)
{
    struct tl_runtime runtime;
    char token[TL_TOKEN_MAX];
    if (flags->nats) {
        struct tl_bus_options options = {.url = flags->nats, .name = "control"};
        tl_bus_options_env(&options);
        enum tl_status status = tl_bus_open(&options, &remote->bus, error);
        return status == TL_OK ? tl_control_plane_open(remote->bus, &remote->plane, error) : status;
    }
    enum tl_status status = tl_runtime_open(&runtime, flags->data, NULL, false, error);
    if (status == TL_OK)
        status =
            read_line(runtime.data_dir, "address", remote->address, sizeof remote->address, error);
    if (status != TL_OK) return status;
    snprintf(token, sizeof token, "%s", tl_os_env("SYNTHETIC_ADMIN_TOKEN", ""));
    if (!token[0]) status = read_line(runtime.data_dir, "admin-token", token, sizeof token, error);
    snprintf(remote->auth, sizeof remote->auth, "authorization: Bearer %s\r\n", token);
    return status;
}

static void remote_close(struct remote *remote)
{
    tl_control_plane_close(remote->plane);
    tl_bus_close(remote->bus);
}

static enum tl_status call(struct remote *remote, const char *method, const char *path,
                           const char *headers, struct tl_str body, struct tl_error *error)
{
    char all[TL_TOKEN_MAX + 256];
    snprintf(all, sizeof all, "%s%s", remote->auth, headers);
    struct tl_http_call request = {.address = remote->address,
                                   .method = method,
                                   .path = path,
                                   .headers = all,
                                   .body = body,
                                   .timeout_ms = 5000};
    enum tl_status status = tl_http_do(&request, &remote->answer, error);
    if (status != TL_OK || remote->answer.status == 200) return status;
    return tl_error_set(error, remote->answer.status == 412 ? TL_CONFLICT : TL_INVALID,
                        "the API answers %d: %.300s", remote->answer.status, remote->answer.body);
}

/* The {"control": state …} of an answer: the first balanced object after the key. */
static enum tl_status state_of_answer(const char *body, struct tl_control *control,
                                      struct tl_error *error)
{
    const char *start = strstr(body, "\"control\":");
    if (!start) return tl_error_set(error, TL_CORRUPT, "the answer holds no control state");
    start = strchr(start, '{');
    int depth = 0;
    bool quoted = false;
    for (const char *at = start; at && *at; at++) {
        if (*at == '\\' && quoted) {
            if (!*++at) break;
            continue;
        }
        if (*at == '"') quoted = !quoted;
        if (quoted) continue;
        depth += *at == '{';
        depth -= *at == '}';
        if (depth == 0)
            return tl_control_json_parse((struct tl_str){start, (size_t)(at + 1 - start)}, control,
                                         NULL, error);
    }
    return tl_error_set(error, TL_CORRUPT, "the answer holds no control state");
}

static enum tl_status get_state(struct remote *remote, struct tl_control *control,
                                struct tl_error *error)
{
    if (remote->plane) {
        *control = *tl_control_plane_current(remote->plane);
        return TL_OK;
    }
    enum tl_status status =
        call(remote, "GET", "/admin/synthetic/control", "", (struct tl_str){NULL, 0}, error);
    return status == TL_OK ? state_of_answer(remote->answer.body, control, error) : status;
}

static void print_state(const struct tl_control *control, bool json)
{
    char bytes[TL_CONTROL_JSON_MAX + 1];
    struct tl_text text = {.data = bytes, .capacity = sizeof bytes};
    if (json) {
        tl_control_json_put(&text, control);
        printf("%s\n", tl_text_cstr(&text));
        return;
    }
    printf("preset_id %s\ncoverage_assist %s\ncoverage_window_minutes %d\nshared_seed %lld\n",
           tl_preset_name(control->preset), control->coverage_assist ? "true" : "false",
           control->coverage_window_minutes, (long long)control->shared_seed);
    for (int i = 0; i < TL_PROFILE_COUNT; i++)
        printf("profile_weights.%s %.1f\n", tl_profile_name((enum tl_profile)i),
               tl_weight_value(control->weights[i]));
    printf("updated_at %lld\nupdated_by %s\n", (long long)control->updated_at_ms,
           control->updated_by);
}

static enum tl_status put_state(struct remote *remote, struct tl_control *control,
                                struct tl_error *error)
{
    char bytes[TL_CONTROL_JSON_MAX], headers[160];
    struct tl_text text = {.data = bytes, .capacity = sizeof bytes};
    if (remote->plane)
        return tl_control_plane_put(remote->plane, control,
                                    tl_control_plane_revision(remote->plane), NULL, error);
    snprintf(headers, sizeof headers, "content-type: application/json\r\nif-match: %s\r\n",
             remote->answer.etag);
    tl_control_json_put(&text, control);
    enum tl_status status = call(remote, "PUT", "/admin/synthetic/control", headers,
                                 (struct tl_str){text.data, text.size}, error);
    return status == TL_OK ? state_of_answer(remote->answer.body, control, error) : status;
}

static enum tl_status set_state(struct remote *remote, int words, char **argv, bool json,
                                struct tl_error *error)
{
    struct tl_control control;
    if (words < 2)
        return tl_error_set(error, TL_INVALID,
                            "control set needs KEY=VALUE, e.g. preset_id=event_day");
    enum tl_status status = get_state(remote, &control, error);
    if (status == TL_OK) snprintf(control.updated_by, sizeof control.updated_by, "cli");
    for (int i = 2; i <= words && status == TL_OK; i++)
        status = tl_control_assign(&control, tl_str_from(argv[i]), error);
    if (status == TL_OK) status = put_state(remote, &control, error);
    if (status == TL_OK) print_state(&control, json);
    return status;
}

static enum tl_status status_of(struct remote *remote, bool json, struct tl_error *error)
{
    char applied[1024];
    if (!remote->plane) {
        enum tl_status status =
            call(remote, "GET", "/admin/synthetic/status", "", (struct tl_str){NULL, 0}, error);
        if (status == TL_OK) printf("%s\n", remote->answer.body);
        return status;
    }
    static const char *const services[] = {"ingest-options", "ingest-equities"};
    print_state(tl_control_plane_current(remote->plane), json);
    for (size_t i = 0; i < 2; i++) {
        if (tl_control_plane_applied(remote->bus, services[i], applied, sizeof applied, error) ==
            TL_OK)
            printf("%s %s\n", services[i], applied);
    }
    return TL_OK;
}

static enum tl_status watch_state(struct remote *remote, bool json, struct tl_error *error)
{
    struct tl_control last = {.updated_at_ms = -1}, now;
    tl_os_catch_stop();
    while (!tl_os_stopping()) {
        bool changed = false;
        if (remote->plane &&
            tl_control_plane_poll(remote->plane, 200, &changed, error) == TL_CLOSED)
            return TL_CLOSED;
        enum tl_status status = get_state(remote, &now, error);
        if (status != TL_OK) return status;
        if (now.updated_at_ms != last.updated_at_ms ||
            strcmp(now.updated_by, last.updated_by) != 0) {
            print_state(&now, json);
            fflush(stdout);
        }
        last = now;
        if (!remote->plane) tl_os_sleep_ms(1000);
    }
    return TL_OK;
}

/* ---- history ---- */

static void print_change(const struct tl_control_change *change)
{
    struct tl_date date = tl_date_from_day((int32_t)tl_floor_div(change->at_ms, 86400000));
    int64_t ms = change->at_ms - tl_floor_div(change->at_ms, 86400000) * 86400000;
    printf("%04d-%02d-%02dT%02d:%02d:%02d.%03dZ ", date.year, date.month, date.day,
           (int)(ms / 3600000), (int)(ms / 60000 % 60), (int)(ms / 1000 % 60), (int)(ms % 1000));
    if (change->revision)
        printf("r%llu", (unsigned long long)change->revision);
    else
        printf("r?");
    printf(" by %s, from %lld on:", change->by, (long long)change->effective_s);
    for (uint32_t i = 0; i < change->count; i++)
        printf("%s %s %s -> %s", i ? "," : "", change->fields[i].field, change->fields[i].from,
               change->fields[i].to);
    if (!change->compared) printf(" the oldest state that is known");
    if (change->compared && change->count == 0) printf(" nothing differs");
    printf("\n");
}

static size_t changes_of_plane(const struct tl_control_plane *plane, size_t limit,
                               struct tl_control_change *changes)
{
    size_t count = 0;
    while (count < limit && tl_control_plane_change(plane, count, &changes[count]))
        count++;
    return count;
}

static enum tl_status history(struct remote *remote, const struct control_flags *flags,
                              struct tl_error *error)
{
    static struct tl_control_change changes[TL_CONTROL_ENTRIES_MAX];
    char path[64], bytes[TL_CONTROL_CHANGE_JSON_MAX + 1];
    enum tl_status status = TL_OK;
    size_t limit = (size_t)flags->limit, count = 0;
    if (remote->plane) {
        count = changes_of_plane(remote->plane, limit, changes);
    } else {
        snprintf(path, sizeof path, "/admin/synthetic/history?limit=%zu", limit);
        status = call(remote, "GET", path, "", (struct tl_str){NULL, 0}, error);
        struct tl_str body = {remote->answer.body, remote->answer.body_size};
        if (status == TL_OK) status = tl_control_changes_parse(body, changes, limit, &count, error);
    }
    for (size_t i = 0; i < count; i++) {
        struct tl_text text = {.data = bytes, .capacity = sizeof bytes};
        if (!flags->json) {
            print_change(&changes[i]);
            continue;
        }
        tl_control_change_put(&text, &changes[i]);
        printf("%s\n", tl_text_cstr(&text));
    }
    return status;
}

int tl_cmd_control(int argc, char **argv)
{
    static struct remote remote; /* an answer's buffer is large */
    struct control_flags values = {.limit = 20};
    const struct tl_flag flags[] = {
        {"--nats", "URL", "through this NATS server's bucket", TL_FLAG_TEXT, &values.nats, 0, 0},
        {"--data", "DIR", "data folder of the running system; default ~/.local/share/tapeloom",
         TL_FLAG_TEXT, &values.data, 0, 0},
        {"--limit", "N", "history: the newest N changes; default 20", TL_FLAG_INT, &values.limit, 1,
         TL_CONTROL_ENTRIES_MAX},
        {"--json", NULL, "one JSON object a state or change", TL_FLAG_SWITCH, &values.json, 0, 0},
        {NULL, NULL, NULL, TL_FLAG_SWITCH, NULL, 0, 0}};
    const struct tl_command command = {
        "tapeloom control status|get|set KEY=VALUE…|watch|history [flags]",
        "Sees and steers a running market. Keys: preset_id, "
        "coverage_assist, coverage_window_minutes, "
        "shared_seed, profile_weights.PROFILE (low, normal, high). "
        "history: who changed what and when, newest first.",
        flags, 16};
    int words = tl_flags_parse(&command, argc, argv);
    if (words < 0) return words == -1 ? 0 : 2;
    const char *verb = words ? argv[1] : "";
    bool known = strcmp(verb, "status") == 0 || strcmp(verb, "get") == 0 ||
                 strcmp(verb, "set") == 0 || strcmp(verb, "watch") == 0 ||
                 strcmp(verb, "history") == 0;
    if (!known)
        return tl_cli_fail(2, "control: \"%s\" is none of status, get, set, watch, history", verb);
    struct tl_error error = {.status = TL_OK};
    struct tl_control control;
    enum tl_status status = remote_open(&remote, &values, &error);
    if (status == TL_OK && strcmp(verb, "set") == 0)
        status = set_state(&remote, words, argv, values.json, &error);
    else if (status == TL_OK && strcmp(verb, "status") == 0)
        status = status_of(&remote, values.json, &error);
    else if (status == TL_OK && strcmp(verb, "watch") == 0)
        status = watch_state(&remote, values.json, &error);
    else if (status == TL_OK && strcmp(verb, "history") == 0)
        status = history(&remote, &values, &error);
    else if (status == TL_OK && (status = get_state(&remote, &control, &error)) == TL_OK)
        print_state(&control, values.json);
    remote_close(&remote);
    return status == TL_OK ? 0 : tl_cli_fail(status == TL_INVALID ? 2 : 1, "%s", error.text);
}
