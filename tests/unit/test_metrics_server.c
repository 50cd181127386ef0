/* SPDX-License-Identifier: Apache-2.0
 * /health and /metrics of a service: what is shown, what is left out, and when health says no. */
#include <stdio.h>
#include <string.h>

#include "lib/harness.h"
#include "lib/net_client.h"
#include "services/metrics_server.h"

static struct tl_error error;

static const struct tl_metric table[] = {
    {"test_rows_total", "Rows written", NULL, NULL},
    {"test_behind_ms", "How late, ms", NULL, NULL},
    {"test_malformed_total", "Dropped, by subject", "subject", "a"},
    {"test_malformed_total", NULL, "subject", "b"},
};

static struct tl_bus *open_bus(void)
{
    struct tl_bus_options options = {.url = "memory:", .name = "metrics-test"};
    struct tl_bus *bus = NULL;
    return tl_bus_open(&options, &bus, &error) == TL_OK ? bus : NULL;
}

static const char *get(const struct tl_metrics *metrics, const char *path, int *status)
{
    static struct client_answer answer;
    char text[128];
    snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
             path);
    *status = client_ask(tl_metrics_port(metrics), text, &answer);
    return client_body(&answer);
}

TL_TEST("metrics: a family has one HELP and TYPE, and what was never set is left out")
{
    struct tl_bus *bus = open_bus();
    struct tl_metrics *metrics = NULL;
    int status;
    REQUIRE(bus && tl_metrics_open("tester", 0, bus, &metrics, &error) == TL_OK);
    tl_metrics_describe(metrics, table, sizeof table / sizeof *table);
    tl_metrics_set(metrics, 0, 41);
    tl_metrics_set(metrics, 0, 42);
    tl_metrics_set(metrics, 3, 7); /* the family's second row: its HELP stands on the first */
    const char *body = get(metrics, "/metrics", &status);
    CHECK_INT(status, 200);
    const char *own = strstr(body, "# HELP tapeloom_test_");
    CHECK_STR(own, "# HELP tapeloom_test_rows_total Rows written\n"
                   "# TYPE tapeloom_test_rows_total counter\n"
                   "tapeloom_test_rows_total{service=\"tester\"} 42\n"
                   "# HELP tapeloom_test_malformed_total Dropped, by subject\n"
                   "# TYPE tapeloom_test_malformed_total counter\n"
                   "tapeloom_test_malformed_total{service=\"tester\",subject=\"b\"} 7\n");
    CHECK(strstr(body, "tapeloom_service_bus_connected{service=\"tester\"} 1\n") != NULL);
    tl_metrics_set(metrics, 1, -3);
    body = get(metrics, "/metrics", &status);
    CHECK(strstr(body, "# TYPE tapeloom_test_behind_ms gauge\n"
                       "tapeloom_test_behind_ms{service=\"tester\"} -3\n") != NULL);
    tl_metrics_close(metrics);
    tl_bus_close(bus);
}

TL_TEST("metrics: health is ok while the loop turns, and answers before the first figure")
{
    struct tl_bus *bus = open_bus();
    struct tl_metrics *metrics = NULL;
    int status;
    REQUIRE(bus && tl_metrics_open("tester", 0, bus, &metrics, &error) == TL_OK);
    CHECK_STR(get(metrics, "/health", &status), "{\"status\":\"ok\"}");
    CHECK_INT(status, 200);
    const char *body = get(metrics, "/metrics", &status);
    CHECK_INT(status, 200);
    CHECK(strstr(body, "tapeloom_service_turn_age_ms") != NULL && !strstr(body, "test_"));
    get(metrics, "/elsewhere", &status);
    CHECK_INT(status, 404);
    tl_metrics_close(metrics);
    tl_bus_close(bus);
}

TL_TEST("metrics: a port in use is an error that names it, and no metrics are no trouble")
{
    struct tl_bus *bus = open_bus();
    struct tl_metrics *metrics = NULL, *second = NULL;
    char port[16];
    REQUIRE(bus && tl_metrics_open("tester", 0, bus, &metrics, &error) == TL_OK);
    CHECK(tl_metrics_open("tester", tl_metrics_port(metrics), bus, &second, &error) == TL_IO);
    snprintf(port, sizeof port, "%d", tl_metrics_port(metrics));
    CHECK(strstr(error.text, port) != NULL && !second);
    tl_metrics_close(metrics);
    tl_metrics_describe(NULL, table, 1);
    tl_metrics_set(NULL, 0, 1);
    tl_metrics_turn(NULL);
    tl_metrics_close(NULL);
    CHECK_INT(tl_metrics_port(NULL), 0);
    tl_bus_close(bus);
}
