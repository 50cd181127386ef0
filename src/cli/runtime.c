/* SPDX-License-Identifier: Apache-2.0
 * Data folder, token, page files: see runtime.h. */
#include "cli/runtime.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/text.h"
#include "os/os.h"
#include "os/process.h"

const struct tl_worker tl_workers[] = {
    {"ingest-options", tl_ingest_options_run},
    {"ingest-equities", tl_ingest_equities_run},
    {"compute", tl_compute_run},
    {"recorder", tl_recorder_run},
};
const size_t tl_worker_count = sizeof tl_workers / sizeof tl_workers[0];

enum tl_status tl_runtime_env_bool(const char *name, bool fallback, bool *value,
                                   struct tl_error *error)
{
    static const char *const on[] = {"1", "true", "yes", "on"}, *const off[] = {"0", "false", "no",
                                                                                "off"};
    struct tl_str text = tl_str_trim(tl_str_from(tl_os_env(name, "")));
    *value = fallback;
    if (text.size == 0) return TL_OK;
    for (size_t i = 0; i < 4; i++) {
        bool is_on = text.size == strlen(on[i]) && strncasecmp(text.data, on[i], text.size) == 0;
        bool is_off = text.size == strlen(off[i]) && strncasecmp(text.data, off[i], text.size) == 0;
        if (is_on || is_off) {
            *value = is_on;
            return TL_OK;
        }
    }
    return tl_error_set(error, TL_INVALID,
                        "%s is \"%.*s\"; it takes 1, true, yes, on or 0, false, no, off", name,
                        (int)(text.size < 40 ? text.size : 40), text.data);
}

static enum tl_status lock_folder(struct tl_runtime *runtime, struct tl_error *error)
{
    char path[800];
    snprintf(path, sizeof path, "%s/lock", runtime->data_dir);
    runtime->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (runtime->lock < 0)
        return tl_error_set(error, TL_IO, "folder %s is not writable", runtime->data_dir);
    if (flock(runtime->lock, LOCK_EX | LOCK_NB) == 0) return TL_OK;
    close(runtime->lock);
    runtime->lock = -1;
    return tl_error_set(error, TL_IO,
                        "data folder %s is in use by another tapeloom; choose another with --data",
                        runtime->data_dir);
}

static bool has_page(const char *folder)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/index.html", folder);
    return access(path, R_OK) == 0;
}

static void find_web(struct tl_runtime *runtime, const char *web)
{
    char self[600];
    static const char *const beside[] = {"/../share/tapeloom/web", "/../../web"};
    snprintf(runtime->web_dir, sizeof runtime->web_dir, "%s", web ? web : "web");
    if (web || tl_process_self(self, sizeof self, NULL) != TL_OK) return;
    char *slash = strrchr(self, '/');
    if (slash) *slash = '\0';
    for (size_t i = 0; i < 2; i++) {
        char path[768];
        snprintf(path, sizeof path, "%s%s", self, beside[i]);
        if (has_page(path)) {
            snprintf(runtime->web_dir, sizeof runtime->web_dir, "%s", path);
            return;
        }
    }
}

enum tl_status tl_runtime_open(struct tl_runtime *runtime, const char *data, const char *web,
                               bool lock, struct tl_error *error)
{
    memset(runtime, 0, sizeof *runtime);
    runtime->lock = -1;
    const char *home = tl_os_env("HOME", "."), *xdg = tl_os_env("XDG_DATA_HOME", "");
    int size;
    if (data)
        size = snprintf(runtime->data_dir, sizeof runtime->data_dir, "%s", data);
    else if (*xdg)
        size = snprintf(runtime->data_dir, sizeof runtime->data_dir, "%s/tapeloom", xdg);
    else
        size =
            snprintf(runtime->data_dir, sizeof runtime->data_dir, "%s/.local/share/tapeloom", home);
    if (size <= 0 || size >= (int)sizeof runtime->data_dir)
        return tl_error_set(error, TL_INVALID, "--data: a path of 1 to %d bytes is needed",
                            (int)sizeof runtime->data_dir - 1);
    enum tl_status status = tl_os_mkdir(runtime->data_dir, error);
    if (status == TL_OK && lock) status = lock_folder(runtime, error);
    find_web(runtime, web);
    return status;
}

void tl_runtime_close(struct tl_runtime *runtime)
{
    if (runtime->lock >= 0) close(runtime->lock);
    runtime->lock = -1;
}

/* Reads the kept token, or makes one: 32 random bytes in hex. */
static enum tl_status keep_token(struct tl_runtime *runtime, struct tl_error *error)
{
    char path[800], *kept = NULL;
    uint64_t random[4];
    size_t size = 0;
    snprintf(path, sizeof path, "%s/admin-token", runtime->data_dir);
    enum tl_status status = tl_os_read_file(path, TL_TOKEN_MAX - 1, &kept, &size, error);
    if (status == TL_OK) {
        struct tl_str token = tl_str_trim((struct tl_str){kept, size});
        memcpy(runtime->token, token.data, token.size);
        runtime->token[token.size] = '\0';
        free(kept);
        if (token.size >= 16) return TL_OK;
    } else if (status != TL_AGAIN) {
        return status;
    }
    if (tl_os_random(random, sizeof random) != TL_OK)
        return tl_error_set(error, TL_IO, "no random bytes");
    struct tl_text text = {.data = runtime->token, .capacity = sizeof runtime->token};
    for (size_t i = 0; i < 4; i++)
        tl_text_hex64(&text, random[i]);
    return tl_os_write_file(path, tl_str_from(tl_text_cstr(&text)), 0600, error);
}

enum tl_status tl_runtime_operator(struct tl_runtime *runtime, bool loopback,
                                   struct tl_error *error)
{
    const char *token = tl_os_env("SYNTHETIC_ADMIN_TOKEN", "");
    enum tl_status status = tl_runtime_env_bool("SYNTHETIC_CONTROL_ENABLED", loopback,
                                                &runtime->control_enabled, error);
    if (status != TL_OK || !runtime->control_enabled) return status;
    if (strlen(token) >= sizeof runtime->token)
        return tl_error_set(error, TL_INVALID, "SYNTHETIC_ADMIN_TOKEN is longer than %d bytes",
                            TL_TOKEN_MAX - 1);
    snprintf(runtime->token, sizeof runtime->token, "%s", token);
    if (*token) return TL_OK;
    if (loopback) return keep_token(runtime, error);
    return tl_error_set(error, TL_INVALID,
                        "SYNTHETIC_CONTROL_ENABLED is on but SYNTHETIC_ADMIN_TOKEN is empty; "
                        "set a token or switch the operator plane off");
}
