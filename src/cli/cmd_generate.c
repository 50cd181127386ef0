/* SPDX-License-Identifier: Apache-2.0
 * `tapeloom generate`: a tape as a file, for a session, a window, a seed, a preset or a control log. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/date.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/flags.h"
#include "cli/market_flags.h"
#include "cli/time_text.h"
#include "json/control_log_file.h"
#include "os/os.h"
#include "tape/digest.h"
#include "wire/binary.h"
#include "wire/csv.h"
#include "wire/from_tape.h"

#define BLOCK_EVENTS 4096
#define OUT_BYTES (1 << 20)    /* more than a block of events at their largest */
#define BATCH_EVENTS (1 << 18) /* a second of the largest universe at rate 100 is below that */

enum tape_format { FORMAT_JSONL, FORMAT_CSV, FORMAT_WIRE, FORMAT_BINARY };

struct generate {
    struct tl_market_flags market;
    const char *date, *from, *at, *preset, *control_log, *symbols, *shard, *format, *out, *truth,
        *drop;
    double minutes;
    bool digest;
    const char *seed_text;
};

struct sink {
    FILE *file; /* NULL: nothing to write */
    struct tl_text text;
    bool failed;
};

static void sink_flush(struct sink *sink)
{
    if (!sink->file) return;
    if (fwrite(sink->text.data, 1, sink->text.size, sink->file) != sink->text.size)
        sink->failed = true;
    sink->text.size = 0;
}

static void sink_room(struct sink *sink, size_t bytes)
{
    if (sink->text.capacity - sink->text.size < bytes) sink_flush(sink);
}

static enum tl_status sink_open(struct sink *sink, const char *path, struct tl_error *error)
{
    sink->text.data = malloc(OUT_BYTES);
    sink->text.capacity = OUT_BYTES;
    if (!sink->text.data) return tl_error_set(error, TL_NOMEM, "out of memory");
    sink->file = strcmp(path, "-") == 0 ? stdout : fopen(path, "wb");
    if (!sink->file)
        return tl_error_set(error, TL_IO, "cannot write %s: %s", path, strerror(errno));
    return TL_OK;
}

static enum tl_status sink_close(struct sink *sink, struct tl_error *error)
{
    sink_flush(sink);
    bool bad = sink->failed;
    if (sink->file && (sink->file == stdout ? fflush(stdout) : fclose(sink->file)) != 0) bad = true;
    free(sink->text.data);
    return bad ? tl_error_set(error, TL_IO, "the tape was not written whole: %s", strerror(errno))
               : TL_OK;
}

static enum tl_status parse_shard(const char *text, struct tl_market_options *options,
                                  struct tl_error *error)
{
    struct tl_str rest = tl_str_from(text), part;
    int64_t index = -1, count = -1;
    if (tl_str_cut(&rest, '/', &part) && tl_parse_i64(part, &index) && tl_parse_i64(rest, &count) &&
        count >= 1 && count <= 64 && index >= 0 && index < count) {
        options->shard = (uint32_t)index;
        options->shards = (uint32_t)count;
        return TL_OK;
    }
    return tl_error_set(error, TL_INVALID, "--shard: \"%.20s\" is not I/N with 0 <= I < N <= 64",
                        text);
}

static enum tl_status parse_format(const char *text, enum tape_format *format,
                                   struct tl_error *error)
{
    static const char *const names[] = {"jsonl", "csv", "wire", "binary"};
    for (int i = 0; i < 4; i++) {
        if (strcmp(text, names[i]) == 0) {
            *format = (enum tape_format)i;
            return TL_OK;
        }
    }
    return tl_error_set(error, TL_INVALID,
                        "--format: \"%.20s\" is none of jsonl, csv, wire, binary", text);
}

/* The control in force: a preset and a seed from the start, or a log whose seeds must agree. */
static enum tl_status control_of(const struct generate *flags, struct tl_control_entry *entries,
                                 size_t capacity, struct tl_control_log *log,
                                 struct tl_error *error)
{
    log->entries = entries;
    log->count = 1;
    entries[0].effective_s = 0;
    entries[0].state = tl_control_default();
    enum tl_status status =
        tl_control_flags_apply(flags->seed_text, flags->preset, &entries[0].state, error);
    if (status == TL_OK && flags->control_log) {
        int64_t seed = entries[0].state.shared_seed;
        if (flags->preset)
            return tl_error_set(error, TL_INVALID, "--preset and --control-log exclude each other");
        status = tl_control_log_read(flags->control_log, entries, capacity, &log->count, error);
        for (size_t i = 0; status == TL_OK && flags->seed_text && i < log->count; i++) {
            if (entries[i].state.shared_seed != seed)
                return tl_error_set(error, TL_INVALID,
                                    "--seed %lld, but entry %zu of the control log says %lld",
                                    (long long)seed, i, (long long)entries[i].state.shared_seed);
        }
    }
    return status;
}

static void put_event(struct sink *sink, enum tape_format format, const struct tl_market *market,
                      const struct tl_event *event, const struct tl_signal_gate *gate)
{
    struct tl_str symbol = tl_market_symbol(market, event->sym);
    sink_room(sink, 8192);
    switch (format) {
    case FORMAT_JSONL:
        tl_jsonl_put_event(&sink->text, event, symbol);
        break;
    case FORMAT_CSV:
        tl_csv_put_event(&sink->text, event, symbol);
        break;
    case FORMAT_BINARY: /* in blocks, put_blocks */
        break;
    case FORMAT_WIRE:
        tl_wire_event_json(&sink->text, event, symbol, gate, event->ts / TL_NS_PER_MS);
        tl_text_byte(&sink->text, '\n');
        break;
    }
}

static void put_blocks(struct sink *sink, const struct tl_batch *batch)
{
    for (size_t at = 0; at < batch->count; at += BLOCK_EVENTS) {
        size_t count = batch->count - at < BLOCK_EVENTS ? batch->count - at : BLOCK_EVENTS;
        sink_room(sink, TL_BINARY_BLOCK_HEAD + TL_BINARY_EVENT_MAX * count);
        tl_binary_put_block(&sink->text, batch->events + at, NULL, count);
    }
}

static enum tl_status put_binary_header(struct sink *sink, const struct tl_market *market,
                                        struct tl_error *error)
{
    struct tl_str symbols[TL_SYMBOLS_MAX];
    uint32_t count = tl_market_symbol_count(market);
    for (uint32_t i = 0; i < count; i++)
        symbols[i] = tl_market_symbol(market, i);
    return tl_binary_put_header(&sink->text, symbols, count, error);
}

static void put_digests(struct sink *sink, int64_t second, const struct tl_digest *digest)
{
    for (int stream = 0; stream < TL_STREAM_COUNT; stream++) {
        if (digest->count[stream] == 0) continue;
        sink_room(sink, 256);
        tl_text_i64(&sink->text, second);
        tl_text_byte(&sink->text, ' ');
        tl_text_lit(&sink->text, tl_stream_name((enum tl_stream)stream));
        tl_text_byte(&sink->text, ' ');
        tl_text_u64(&sink->text, digest->count[stream]);
        tl_text_byte(&sink->text, ' ');
        tl_text_hex64(&sink->text, digest->sum[stream]);
        tl_text_byte(&sink->text, '\n');
    }
}

static void put_truth(struct sink *sink, const struct tl_batch *batch)
{
    for (size_t i = 0; i < batch->count && sink->file; i++) {
        sink_room(sink, TL_CSV_ROW_MAX);
        tl_csv_put_truth(&sink->text, &batch->events[i], &batch->truth[i]);
    }
}

static void progress(int64_t done, int64_t total, uint64_t events, bool last)
{
    if (!isatty(STDERR_FILENO)) return;
    fprintf(stderr, "\r%lld of %lld s, %llu events%s", (long long)done, (long long)total,
            (unsigned long long)events, last ? "\n" : "");
}

struct job {
    struct tl_market *market;
    struct tl_batch batch;
    struct sink tape, truth;
    enum tape_format format;
    bool digest;
};

static enum tl_status run_window(struct job *job, int64_t start, int64_t seconds,
                                 struct tl_error *error)
{
    struct tl_signal_gate gate = tl_signal_gate_default();
    uint64_t events = 0;
    tl_signal_gate_apply_mode(&gate);
    enum tl_status status = tl_market_seek(job->market, start, error);
    for (int64_t i = 0; i < seconds && status == TL_OK && !tl_os_stopping(); i++) {
        job->batch.count = 0;
        tl_market_step(job->market, &job->batch);
        if (job->format == FORMAT_WIRE) tl_wire_order(&job->batch);
        events += job->batch.count;
        if (job->digest) {
            struct tl_digest digest = {.count = {0}};
            tl_digest_batch(&digest, &job->batch, job->market);
            put_digests(&job->tape, start + i, &digest);
        }
        for (size_t k = 0; k < job->batch.count && !job->digest; k++)
            put_event(&job->tape, job->format, job->market, &job->batch.events[k], &gate);
        if (job->format == FORMAT_BINARY && !job->digest) put_blocks(&job->tape, &job->batch);
        put_truth(&job->truth, &job->batch);
        if (i % 60 == 0) progress(i, seconds, events, false);
        if (job->tape.failed || job->truth.failed) break;
    }
    if (status != TL_OK) return status;
    progress(seconds, seconds, events, true);
    if (tl_os_stopping()) return tl_error_set(error, TL_CLOSED, "stopped before the window's end");
    if (job->batch.dropped)
        return tl_error_set(error, TL_FULL, "%llu events found no room at this --rate",
                            (unsigned long long)job->batch.dropped);
    if (events == 0)
        tl_log_line(TL_LOG_WARN, "generate", "no session in this window; see --calendar");
    return TL_OK;
}

static enum tl_status open_outputs(const struct generate *flags, struct job *job,
                                   struct tl_error *error)
{
    static const char *const endings[] = {"jsonl", "csv", "wire.jsonl", "bin"};
    char path[1024];
    enum tl_status status = TL_OK;
    if (flags->out && strcmp(flags->out, "-") != 0) {
        status = tl_os_mkdir(flags->out, error);
        if (flags->digest)
            snprintf(path, sizeof path, "%s/digest.txt", flags->out);
        else
            snprintf(path, sizeof path, "%s/tape.%s", flags->out, endings[job->format]);
        if (status == TL_OK) status = sink_open(&job->tape, path, error);
    } else {
        status = sink_open(&job->tape, "-", error);
    }
    if (status == TL_OK && flags->truth) {
        status = sink_open(&job->truth, flags->truth, error);
        if (status == TL_OK) tl_csv_put_truth_header(&job->truth.text);
    }
    if (status == TL_OK && !flags->digest && job->format == FORMAT_CSV)
        tl_csv_put_header(&job->tape.text);
    if (status == TL_OK && !flags->digest && job->format == FORMAT_BINARY)
        status = put_binary_header(&job->tape, job->market, error);
    return status;
}

static enum tl_status generate(struct generate *flags, struct tl_error *error)
{
    static struct tl_control_entry entries[4096];
    struct tl_market_options options = tl_market_options_default();
    struct job job;
    int64_t start = 0;
    memset(&job, 0, sizeof job);
    job.digest = flags->digest;
    enum tl_status status = tl_market_flags_apply(&flags->market, &options, error);
    if (status == TL_OK && flags->shard) status = parse_shard(flags->shard, &options, error);
    if (status == TL_OK) status = parse_format(flags->format, &job.format, error);
    if (status == TL_OK)
        status =
            control_of(flags, entries, sizeof entries / sizeof entries[0], &options.log, error);
    if (status == TL_OK && flags->at)
        status = tl_time_parse("--at", flags->at, &start, error);
    else if (status == TL_OK)
        status = tl_time_from_date(flags->date, flags->from, &start, error);
    int64_t drop = 0;
    if (status == TL_OK && flags->drop &&
        (!tl_parse_i64(tl_str_from(flags->drop), &drop) || drop <= 0))
        status = tl_error_set(error, TL_INVALID,
                              "--drop-scenario: \"%.40s\" is not a parent_id of the truth file",
                              flags->drop);
    if (status != TL_OK) return status;
    options.drop_scenario = (uint64_t)drop;
    options.symbols = tl_str_from(flags->symbols);
    status = tl_market_create(&options, &job.market, error);
    if (status != TL_OK) return status;
    job.batch.capacity = BATCH_EVENTS;
    job.batch.events = calloc(BATCH_EVENTS, sizeof *job.batch.events);
    job.batch.truth = calloc(BATCH_EVENTS, sizeof *job.batch.truth);
    if (!job.batch.events || !job.batch.truth)
        status = tl_error_set(error, TL_NOMEM, "out of memory");
    if (status == TL_OK) status = open_outputs(flags, &job, error);
    if (status == TL_OK)
        status = run_window(&job, start, (int64_t)(flags->minutes * 60 + 0.5), error);
    struct tl_error close_error = {.status = TL_OK};
    enum tl_status closed = sink_close(&job.tape, &close_error);
    enum tl_status closed_truth = sink_close(&job.truth, &close_error);
    if (status == TL_OK && (closed != TL_OK || closed_truth != TL_OK)) {
        status = close_error.status;
        *error = close_error;
    }
    free(job.batch.events);
    free(job.batch.truth);
    tl_market_destroy(job.market);
    return status;
}

int tl_cmd_generate(int argc, char **argv)
{
    struct generate values = {.market = TL_MARKET_FLAGS_INIT("exchange", "firehose"),
                              .from = "09:30",
                              .minutes = 390,
                              .format = "jsonl"};
    const struct tl_flag flags[] = {
        {"--date", "YYYY-MM-DD", "trade date, New York (needed)", TL_FLAG_TEXT, &values.date, 0, 0},
        {"--from", "HH:MM[:SS]", "start, New York time; default 09:30", TL_FLAG_TEXT, &values.from,
         0, 0},
        {"--at", "TIME", "start as a full time in place of --date and --from", TL_FLAG_TEXT,
         &values.at, 0, 0},
        {"--minutes", "X", "length; default 390", TL_FLAG_REAL, &values.minutes, 0.01, 100000},
        {"--seed", "N", "shared seed; default 11", TL_FLAG_TEXT, &values.seed_text, 0, 0},
        {"--preset", "NAME", "control preset; default balanced_demo", TL_FLAG_TEXT, &values.preset,
         0, 0},
        {"--control-log", "FILE", "control states by second, in place of --preset", TL_FLAG_TEXT,
         &values.control_log, 0, 0},
        {"--symbols", "A,B", "print only these; default all", TL_FLAG_TEXT, &values.symbols, 0, 0},
        {"--shard", "I/N", "print every Nth symbol, starting at I", TL_FLAG_TEXT, &values.shard, 0,
         0},
        {"--format", "NAME", "jsonl, csv, wire (public JSON) or binary; default jsonl",
         TL_FLAG_TEXT, &values.format, 0, 0},
        {"--out", "DIR", "writes DIR/tape.*; default -, standard output", TL_FLAG_TEXT, &values.out,
         0, 0},
        {"--truth", "FILE", "hidden labels as CSV", TL_FLAG_TEXT, &values.truth, 0, 0},
        {"--digest", NULL, "one line a second and stream: second stream count hash", TL_FLAG_SWITCH,
         &values.digest, 0, 0},
        {"--drop-scenario", "ID", "leave this instance (parent_id of the truth file) out",
         TL_FLAG_TEXT, &values.drop, 0, 0},
        TL_MARKET_FLAG_ROWS(values.market),
        {NULL, NULL, NULL, TL_FLAG_SWITCH, NULL, 0, 0}};
    const struct tl_command command = {
        "tapeloom generate --date YYYY-MM-DD [flags]",
        "Writes the tape of a window. The same flags give the same bytes on any machine.", flags,
        0};
    int words = tl_flags_parse(&command, argc, argv);
    if (words < 0) return words == -1 ? 0 : 2;
    if (!values.date == !values.at)
        return tl_cli_fail(2, "generate needs --date YYYY-MM-DD, or --at TIME");
    tl_os_catch_stop();
    struct tl_error error = {.status = TL_OK};
    enum tl_status status = generate(&values, &error);
    tl_market_flags_free(&values.market);
    return status == TL_OK ? 0 : tl_cli_fail(status == TL_INVALID ? 2 : 1, "%s", error.text);
}
