/* SPDX-License-Identifier: Apache-2.0
 * Throughput of the parts around the engine: bus and store, medians of several runs.
 * usage: bench_run [--nats nats://HOST:PORT] [--runs N]. The engine's own figures: `tapeloom bench`.
 * API and sockets: bench/api.mjs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "bus/bus.h"
#include "os/os.h"
#include "store/store.h"

#define MESSAGES 50000
#define ROWS 200000
#define RUNS_MAX 15

static double median(double *values, int count)
{
    for (int i = 1; i < count; i++) {
        for (int k = i; k > 0 && values[k] < values[k - 1]; k--) {
            double swap = values[k];
            values[k] = values[k - 1];
            values[k - 1] = swap;
        }
    }
    return values[count / 2];
}

/* A print of ordinary length: 581 bytes. */
static struct tl_str sample_message(void)
{
    static char bytes[581];
    memset(bytes, 'x', sizeof bytes);
    bytes[0] = '{';
    bytes[sizeof bytes - 1] = '}';
    return (struct tl_str){bytes, sizeof bytes};
}

static double publish_per_s(const char *url, int run)
{
    struct tl_bus *bus = NULL;
    struct tl_error error = {.status = TL_OK};
    struct tl_bus_options options = {.url = url, .name = "bench"};
    if (tl_bus_open(&options, &bus, &error) != TL_OK) {
        fprintf(stderr, "bench: %s\n", error.text);
        exit(1);
    }
    struct tl_str message = sample_message();
    tl_ns began = tl_os_monotonic();
    for (int i = 0; i < MESSAGES; i++) {
        char id[64];
        int size = snprintf(id, sizeof id, "bench-%lld-%d-%d", (long long)began, run, i);
        struct tl_str msg_id = {id, (size_t)size};
        while (tl_bus_publish(bus, TL_SUBJECT_EQUITY_PRINTS, msg_id, message, &error) == TL_FULL) {
            if (tl_bus_flush(bus, 1000, &error) == TL_IO) exit(1);
        }
    }
    if (tl_bus_flush(bus, 30000, &error) != TL_OK) {
        fprintf(stderr, "bench: %s\n", error.text);
        exit(1);
    }
    double rate = MESSAGES / ((double)(tl_os_monotonic() - began) / 1e9);
    tl_bus_close(bus);
    return rate;
}

static double store_per_s(const char *folder)
{
    struct tl_store *store = NULL;
    struct tl_error error = {.status = TL_OK};
    struct tl_store_options options = {.dir = folder};
    enum tl_status status = tl_store_open(&options, &store, &error);
    tl_ns began = tl_os_monotonic();
    for (int i = 0; i < ROWS && status == TL_OK; i++) {
        char trace[64];
        int size = snprintf(trace, sizeof trace, "synthetic-equities-%d", i);
        struct tl_store_row row = {.ts = 1795185000000 + i / 8,
                                   .seq = (uint64_t)i,
                                   .trace_id = {trace, (size_t)size},
                                   .key = {"NVDA", 4},
                                   .underlying_id = {"NVDA", 4},
                                   .json = sample_message()};
        row.json.size = 190; /* an equity print's */
        status = tl_store_append(store, TL_TABLE_EQUITY_PRINTS, &row, &error);
        if (status == TL_OK && i % 5000 == 4999) status = tl_store_commit(store, &error);
    }
    double rate = ROWS / ((double)(tl_os_monotonic() - began) / 1e9);
    tl_store_close(store);
    if (status != TL_OK) {
        fprintf(stderr, "bench: %s\n", error.text);
        exit(1);
    }
    return rate;
}

int main(int argc, char **argv)
{
    const char *nats = NULL;
    int runs = 5;
    double rates[RUNS_MAX];
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--nats") == 0) nats = argv[i + 1];
        if (strcmp(argv[i], "--runs") == 0) runs = atoi(argv[i + 1]);
    }
    if (runs < 1 || runs > RUNS_MAX) runs = 5;
    for (int run = 0; run < runs; run++)
        rates[run] = publish_per_s("memory:", run);
    printf("memory_publish_per_s %.0f\n", median(rates, runs));
    for (int run = 0; nats && run < runs; run++)
        rates[run] = publish_per_s(nats, run);
    if (nats) printf("nats_publish_per_s %.0f\n", median(rates, runs));
    for (int run = 0; run < runs; run++) {
        char folder[] = "/tmp/tapeloom-bench-XXXXXX", command[64];
        if (!mkdtemp(folder)) return 1;
        rates[run] = store_per_s(folder);
        snprintf(command, sizeof command, "rm -rf '%s'", folder);
        if (system(command) != 0) return 1;
    }
    printf("store_rows_per_s %.0f\n", median(rates, runs));
    return 0;
}
