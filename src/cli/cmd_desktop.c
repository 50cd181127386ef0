/* SPDX-License-Identifier: Apache-2.0
 * `tapeloom desktop`: the page in a window of its own. Finds the running system of the data folder,
 * or starts one and stops it with the window.
 *
 * The window is `tapeloom-window` (WebKitGTK, `make desktop`) where it lies beside this program, else
 * Chromium as an application window. WebKit's stays on its origin whatever the page asks for. What
 * Chromium can be told is less: names other than the service's host do not resolve, so that nothing
 * foreign can load; but a script that goes to a foreign address leaves the page for an error page, a
 * click may open a second (empty) window, other ports of the same host are reachable, and no minimum
 * size can be set while it is open. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/flags.h"
#include "cli/runtime.h"
#include "os/http_client.h"
#include "os/os.h"
#include "os/process.h"

#define START_WITHIN_NS (30 * TL_NS_PER_S)
#define STOP_WITHIN_MS 10000
#define PREFERENCES_MAX (4 << 20)

enum { WIDTH = 1440, HEIGHT = 900, WIDTH_MIN = 1024, HEIGHT_MIN = 640, SIZE_MAX_PX = 16384 };

struct desktop {
    struct tl_runtime runtime;
    char self[600], address[128], host[64];
    int service; /* pid of the one we started; 0: found */
    struct tl_http_answer answer;
};

/* The address that the data folder's system told, if it answers as ours. */
static bool find_service(struct desktop *desktop)
{
    char path[900], *data = NULL;
    size_t size = 0;
    struct tl_error ignored;
    snprintf(path, sizeof path, "%s/address", desktop->runtime.data_dir);
    if (tl_os_read_file(path, sizeof desktop->address - 1, &data, &size, &ignored) != TL_OK)
        return false;
    struct tl_str text = tl_str_trim((struct tl_str){data, size});
    snprintf(desktop->address, sizeof desktop->address, "%.*s", (int)text.size, text.data);
    free(data);
    struct tl_http_call call = {.address = desktop->address,
                                .method = "GET",
                                .path = "/config.json",
                                .headers = "",
                                .timeout_ms = 2000};
    return tl_http_do(&call, &desktop->answer, &ignored) == TL_OK &&
           desktop->answer.status == 200 && strstr(desktop->answer.body, "\"ws_path\"");
}

static enum tl_status start_service(struct desktop *desktop, struct tl_error *error)
{
    char serve[] = "serve", port[] = "--port", zero[] = "0", data[] = "--data";
    char *const argv[] = {desktop->self, serve, port, zero, data, desktop->runtime.data_dir, NULL};
    tl_ns deadline = tl_os_monotonic() + START_WITHIN_NS;
    int code = 0;
    enum tl_status status = tl_process_start(argv, NULL, &desktop->service, error);
    while (status == TL_OK && !tl_os_stopping()) {
        if (find_service(desktop)) return TL_OK;
        if (tl_process_ended(desktop->service, &code)) {
            desktop->service = 0;
            return tl_error_set(error, TL_IO, "the service ended with status %d", code);
        }
        if (tl_os_monotonic() > deadline)
            return tl_error_set(error, TL_IO, "the service does not answer");
        tl_os_sleep_ms(50);
    }
    return status == TL_OK ? TL_CLOSED : status;
}

/* ---- the window ---- */

static bool beside(const struct desktop *desktop, const char *name, char *path, size_t capacity)
{
    const char *slash = strrchr(desktop->self, '/');
    snprintf(path, capacity, "%.*s/%s", slash ? (int)(slash - desktop->self) : 0, desktop->self,
             name);
    return access(path, X_OK) == 0;
}

static enum tl_status open_webkit(struct desktop *desktop, char *program, int *pid,
                                  struct tl_error *error)
{
    char state[900];
    snprintf(state, sizeof state, "%s/window-size", desktop->runtime.data_dir);
    char *const argv[] = {program, desktop->address, state, NULL};
    return tl_process_start(argv, NULL, pid, error);
}

/* A number behind `"name":` at or after `at`; -1: none. */
static long number_after(const char *at, const char *name)
{
    const char *found = strstr(at, name);
    return found ? strtol(found + strlen(name), NULL, 10) : -1;
}

/* The window's last size as Chromium keeps it in its profile; it does not find it again itself, since
 * it takes the dots of an address for steps of a path (Chromium 156). */
static void last_size(const char *profile, long *width, long *height)
{
    char path[960], *text = NULL;
    size_t size = 0;
    struct tl_error ignored;
    *width = WIDTH;
    *height = HEIGHT;
    snprintf(path, sizeof path, "%s/Default/Preferences", profile);
    if (tl_os_read_file(path, PREFERENCES_MAX, &text, &size, &ignored) != TL_OK) return;
    const char *at = strstr(text, "\"app_window_placement\"");
    if (at) {
        long w = number_after(at, "\"right\":") - number_after(at, "\"left\":");
        long h = number_after(at, "\"bottom\":") - number_after(at, "\"top\":");
        if (w >= WIDTH_MIN && h >= HEIGHT_MIN && w <= SIZE_MAX_PX && h <= SIZE_MAX_PX) {
            *width = w;
            *height = h;
        }
    }
    free(text);
}

static enum tl_status open_chromium(struct desktop *desktop, char *program, int *pid,
                                    struct tl_error *error)
{
    static const char option[] = "--user-data-dir=";
    char app[160], profile[900], rules[160], size[64];
    long width, height;
    snprintf(app, sizeof app, "--app=%s/", desktop->address);
    snprintf(profile, sizeof profile, "%s%s/window-profile", option, desktop->runtime.data_dir);
    snprintf(rules, sizeof rules, "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE %s",
             desktop->host);
    last_size(profile + sizeof option - 1, &width, &height);
    snprintf(size, sizeof size, "--window-size=%ld,%ld", width, height);
    char fixed[][40] = {"--no-first-run",
                        "--no-default-browser-check",
                        "--disable-sync",
                        "--disable-background-networking",
                        "--disable-extensions",
                        "--disable-component-update",
                        "--deny-permission-prompts",
                        "--lang=en-US"};
    enum { FIXED = sizeof fixed / sizeof *fixed };
    char *argv[FIXED + 6] = {program, app, profile, rules, size};
    for (size_t i = 0; i < FIXED; i++)
        argv[5 + i] = fixed[i];
    return tl_process_start(argv, NULL, pid, error);
}

static enum tl_status open_window(struct desktop *desktop, const char *browser, int *pid,
                                  struct tl_error *error)
{
    char program[700];
    if (!browser && beside(desktop, "tapeloom-window", program, sizeof program))
        return open_webkit(desktop, program, pid, error);
    snprintf(program, sizeof program, "%s", browser ? browser : "chromium");
    enum tl_status status = open_chromium(desktop, program, pid, error);
    if (status != TL_OK)
        tl_error_add(error, "no window: neither tapeloom-window (`make desktop`) nor Chromium");
    return status;
}

static enum tl_status run_desktop(struct desktop *desktop, const char *browser,
                                  struct tl_error *error)
{
    int window = 0, code = 0;
    enum tl_status status = TL_OK;
    if (!find_service(desktop)) status = start_service(desktop, error);
    if (status != TL_OK) return status;
    const char *host = strstr(desktop->address, "://");
    snprintf(desktop->host, sizeof desktop->host, "%.*s", host ? (int)strcspn(host + 3, ":/") : 0,
             host ? host + 3 : "");
    printf("window on %s%s\n", desktop->address, desktop->service ? ", started for it" : "");
    fflush(stdout);
    status = open_window(desktop, browser, &window, error);
    while (status == TL_OK && !tl_os_stopping()) {
        if (tl_process_ended(window, &code)) return TL_OK;
        tl_os_sleep_ms(50);
    }
    tl_process_terminate(window, STOP_WITHIN_MS);
    return status;
}

int tl_cmd_desktop(int argc, char **argv)
{
    static struct desktop desktop; /* an answer's buffer is large */
    const char *data = NULL, *browser = NULL;
    const struct tl_flag flags[] = {
        {"--data", "DIR", "data folder of the system; default ~/.local/share/tapeloom",
         TL_FLAG_TEXT, &data, 0, 0},
        {"--browser", "PROGRAM",
         "a Chromium; default: tapeloom-window beside this program, else chromium", TL_FLAG_TEXT,
         &browser, 0, 0},
        {NULL, NULL, NULL, TL_FLAG_SWITCH, NULL, 0, 0}};
    const struct tl_command command = {
        "tapeloom desktop [flags]",
        "Opens the page in a window of its own, on the running system of the data folder, or on "
        "one that it starts and stops with the window.",
        flags, 0};
    int words = tl_flags_parse(&command, argc, argv);
    if (words < 0) return words == -1 ? 0 : 2;
    tl_os_catch_stop();
    struct tl_error error = {.status = TL_OK};
    enum tl_status status = tl_runtime_open(&desktop.runtime, data, NULL, false, &error);
    if (status == TL_OK) status = tl_process_self(desktop.self, sizeof desktop.self, &error);
    if (status == TL_OK) status = run_desktop(&desktop, browser, &error);
    tl_process_terminate(desktop.service, STOP_WITHIN_MS);
    tl_runtime_close(&desktop.runtime);
    if (status == TL_OK || tl_os_stopping()) return 0;
    return tl_cli_fail(1, "desktop: %s", error.text);
}
