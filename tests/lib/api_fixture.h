/* SPDX-License-Identifier: Apache-2.0
 * The whole API for tests: memory bus, store in a temporary folder, net on a free port, its loop on a
 * thread of its own. */
#ifndef TL_TESTS_API_FIXTURE_H
#define TL_TESTS_API_FIXTURE_H

#include <pthread.h>

#include "lib/net_client.h"
#include "services/service.h"
#include "store/store.h"

struct api_fixture {
    struct tl_bus *bus;
    struct tl_store *store; /* the writer */
    struct tl_net *net;
    struct tl_api *api;
    const char *dir;
    pthread_t thread;
    struct client_answer *answer; /* of the last request */
};

/* token NULL: control is off. False: something failed, told as a test failure. */
bool api_fixture_open(struct api_fixture *fixture, const char *token);
/* The same in two steps: bus and store first (so that rows can be there before), then the API, with
 * another data folder than the store's unless NULL. */
bool api_fixture_prepare(struct api_fixture *fixture);
bool api_fixture_mount(struct api_fixture *fixture, const char *token, const char *data_dir);
void api_fixture_close(struct api_fixture *fixture);

/* GET; returns the status, the body is client_body(fixture->answer). headers: lines or "". */
int api_get(struct api_fixture *fixture, const char *path, const char *headers);
int api_send(struct api_fixture *fixture, const char *method, const char *path, const char *headers,
             const char *body);
const char *api_body(const struct api_fixture *fixture);
bool api_starts(const char *text, const char *start);

/* A print as JSON, its row in the store, and both; seq also names the trace. */
struct api_print {
    int64_t ts;
    uint64_t seq;
    const char *contract, *symbol; /* NULL: the contract's sample and NVDA */
    double notional;
    bool etf, signal, put;
    enum tl_nbbo_side side;
};
size_t api_print_json(const struct api_print *print, char *json, size_t capacity);
bool api_store_print(struct api_fixture *fixture, const struct api_print *print);
/* Any row: key and underlying may be NULL. */
bool api_store_row(struct api_fixture *fixture, enum tl_table table, int64_t ts, uint64_t seq,
                   const char *trace_id, const char *key, const char *underlying, const char *json);
bool api_commit(struct api_fixture *fixture);
/* Publishes and flushes. */
bool api_publish(struct api_fixture *fixture, enum tl_subject subject, const char *id,
                 const char *json);

/* The next text frame of a socket that contains `needle`, within 5 s; false: none came. */
bool api_ws_await(int fd, const char *needle, char *text, size_t capacity);

/* Contract samples with a place in the tape of the caller's. */
void api_smart_money_json(char *out, size_t capacity, int64_t ts, int seq, bool abstained);
void api_packet_json(char *out, size_t capacity, int64_t ts, int seq);
int64_t api_now_ms(void);

#endif
