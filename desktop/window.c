/* SPDX-License-Identifier: Apache-2.0
 * tapeloom-window URL STATE: a window that shows one origin, the one of URL, and nothing else.
 *
 * Everything that would leave the origin is refused where WebKit asks: navigations of any frame, new
 * windows, downloads, permissions. There is no bridge from scripts to this program. The window's size is
 * kept in the file STATE ("width height\n"); it opens at 1440x900 the first time and cannot be made
 * smaller than 1024x640.
 *
 * The preferred language is set: in the locale C WebKit says "C" to scripts, and Intl throws. */
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <webkit2/webkit2.h>

enum { WIDTH = 1440, HEIGHT = 900, WIDTH_MIN = 1024, HEIGHT_MIN = 640, SIZE_MAX_PX = 16384 };

struct shell {
    char origin[160]; /* "http://127.0.0.1:8080", without a slash at its end */
    const char *state;
    GtkWidget *window;
};

/* ---- size ---- */

static void load_size(const char *path, int *width, int *height)
{
    FILE *file = fopen(path, "r");
    int w = 0, h = 0;
    *width = WIDTH;
    *height = HEIGHT;
    if (!file) return;
    if (fscanf(file, "%5d %5d", &w, &h) == 2 && w >= WIDTH_MIN && h >= HEIGHT_MIN &&
        w <= SIZE_MAX_PX && h <= SIZE_MAX_PX) {
        *width = w;
        *height = h;
    }
    fclose(file);
}

static gboolean on_close(GtkWidget *window, GdkEvent *event, void *context)
{
    const struct shell *shell = context;
    int width = 0, height = 0;
    char text[32];
    (void)event;
    gtk_window_get_size(GTK_WINDOW(window), &width, &height);
    int size = snprintf(text, sizeof text, "%d %d\n", width, height);
    /* Written beside and renamed; a size that cannot be kept is no reason to say more. */
    if (!g_file_set_contents(shell->state, text, size, NULL))
        fprintf(stderr, "tapeloom-window: the size is not kept\n");
    return FALSE;
}

/* SIGTERM and SIGINT close the window as its button does. */
static gboolean on_stop(void *context)
{
    gtk_window_close(GTK_WINDOW(context));
    return G_SOURCE_CONTINUE;
}

/* ---- what may not be ---- */

static gboolean own(const struct shell *shell, const char *uri)
{
    size_t size = strlen(shell->origin);
    if (!uri) return FALSE;
    if (strcmp(uri, "about:blank") == 0) return TRUE;
    return strncmp(uri, shell->origin, size) == 0 && (uri[size] == '/' || uri[size] == '\0');
}

static gboolean on_policy(WebKitWebView *view, WebKitPolicyDecision *decision,
                          WebKitPolicyDecisionType type, void *context)
{
    (void)view;
    if (type == WEBKIT_POLICY_DECISION_TYPE_RESPONSE) {
        if (webkit_response_policy_decision_is_mime_type_supported(
                WEBKIT_RESPONSE_POLICY_DECISION(decision)))
            return FALSE;
        webkit_policy_decision_ignore(decision); /* would be a download */
        return TRUE;
    }
    WebKitNavigationAction *action = webkit_navigation_policy_decision_get_navigation_action(
        WEBKIT_NAVIGATION_POLICY_DECISION(decision));
    const char *uri = webkit_uri_request_get_uri(webkit_navigation_action_get_request(action));
    if (type == WEBKIT_POLICY_DECISION_TYPE_NAVIGATION_ACTION && own(context, uri)) return FALSE;
    fprintf(stderr, "tapeloom-window: refused %.200s\n", uri ? uri : "(nothing)");
    webkit_policy_decision_ignore(decision);
    return TRUE;
}

static gboolean on_permission(WebKitWebView *view, WebKitPermissionRequest *request, void *context)
{
    (void)view;
    (void)context;
    webkit_permission_request_deny(request);
    return TRUE;
}

static GtkWidget *on_create(WebKitWebView *view, WebKitNavigationAction *action, void *context)
{
    (void)view;
    (void)action;
    (void)context;
    return NULL; /* no second window */
}

static void on_title(WebKitWebView *view, GParamSpec *spec, void *context)
{
    const struct shell *shell = context;
    const char *title = webkit_web_view_get_title(view);
    (void)spec;
    gtk_window_set_title(GTK_WINDOW(shell->window), title && *title ? title : "Tapeloom");
}

static GtkWidget *make_view(struct shell *shell)
{
    static const char *const languages[] = {"en-US", NULL};
    WebKitWebContext *web = webkit_web_context_new_ephemeral();
    webkit_web_context_set_preferred_languages(web, languages);
    GtkWidget *view = webkit_web_view_new_with_context(web);
    WebKitSettings *settings = webkit_web_view_get_settings(WEBKIT_WEB_VIEW(view));
    webkit_settings_set_enable_developer_extras(settings, FALSE);
    webkit_settings_set_javascript_can_open_windows_automatically(settings, FALSE);
    webkit_settings_set_javascript_can_access_clipboard(settings, FALSE);
    g_signal_connect(view, "decide-policy", G_CALLBACK(on_policy), shell);
    g_signal_connect(view, "permission-request", G_CALLBACK(on_permission), shell);
    g_signal_connect(view, "create", G_CALLBACK(on_create), shell);
    g_signal_connect(view, "notify::title", G_CALLBACK(on_title), shell);
    return view;
}

/* ---- life ---- */

static gboolean take_origin(struct shell *shell, const char *url)
{
    const char *host = strncmp(url, "http://", 7) == 0 ? url + 7 : NULL;
    size_t size = host ? 7 + strcspn(host, "/?#@") : 0;
    if (!host || size <= 7 || size >= sizeof shell->origin || host[size - 7] == '@') return FALSE;
    memcpy(shell->origin, url, size);
    shell->origin[size] = '\0';
    return TRUE;
}

int main(int argc, char **argv)
{
    struct shell shell = {.state = argc == 3 ? argv[2] : NULL};
    int width, height;
    if (argc != 3 || !take_origin(&shell, argv[1])) {
        fprintf(stderr, "usage: tapeloom-window http://HOST:PORT SIZE-FILE\n");
        return 2;
    }
    if (!gtk_init_check(&argc, &argv)) {
        fprintf(stderr, "tapeloom-window: no display\n");
        return 1;
    }
    load_size(shell.state, &width, &height);
    GdkGeometry smallest = {.min_width = WIDTH_MIN, .min_height = HEIGHT_MIN};
    shell.window = gtk_window_new(GTK_WINDOW_TOPLEVEL);
    gtk_window_set_title(GTK_WINDOW(shell.window), "Tapeloom");
    gtk_window_set_default_size(GTK_WINDOW(shell.window), width, height);
    gtk_window_set_geometry_hints(GTK_WINDOW(shell.window), NULL, &smallest, GDK_HINT_MIN_SIZE);
    g_signal_connect(shell.window, "delete-event", G_CALLBACK(on_close), &shell);
    g_signal_connect(shell.window, "destroy", G_CALLBACK(gtk_main_quit), NULL);
    g_unix_signal_add(SIGTERM, on_stop, shell.window);
    g_unix_signal_add(SIGINT, on_stop, shell.window);
    GtkWidget *view = make_view(&shell);
    gtk_container_add(GTK_CONTAINER(shell.window), view);
    webkit_web_view_load_uri(WEBKIT_WEB_VIEW(view), argv[1]);
    gtk_widget_show_all(shell.window);
    gtk_main();
    return 0;
}
