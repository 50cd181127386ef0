/* SPDX-License-Identifier: Apache-2.0
 * Streams and bucket of the public contract on a JetStream server: what is missing is created,
 * changed retention is updated, another shape (subjects, storage, retention policy) stops the start
 * with a text that says what was found. */
#include "bus/nats_room.h"

#include <string.h>

#include "base/text.h"
#include "bus/bus.h"
#include "os/os.h"

#define MAKE_LOOKS 20
#define MAKE_LOOK_MS 50

static natsStatus desired(const struct tl_nats_bus *nats, enum tl_subject subject,
                          const char **name, jsStreamConfig *config)
{
    natsStatus s = jsStreamConfig_Init(config);
    if (s != NATS_OK) return s;
    *name = tl_subject_name(subject);
    config->Name = tl_subject_stream_name(subject);
    config->Subjects = name;
    config->SubjectsLen = 1;
    config->Retention = js_LimitsPolicy;
    config->Storage = js_FileStorage;
    config->Discard = js_DiscardOld;
    config->MaxMsgs = -1;
    config->MaxMsgsPerSubject = -1;
    config->MaxConsumers = -1;
    config->MaxMsgSize = -1;
    config->MaxBytes = tl_subject_max_bytes(&nats->options, subject);
    config->MaxAge = tl_subject_max_age_ms(&nats->options, subject) * TL_NS_PER_MS;
    config->Duplicates = TL_BUS_DEDUPE_NS;
    /* The server refuses a duplicate window longer than the age. */
    if (config->MaxAge < config->Duplicates) config->Duplicates = config->MaxAge;
    config->Replicas = 1;
    return NATS_OK;
}

static enum tl_status check_shape(const jsStreamConfig *found, const jsStreamConfig *want,
                                  struct tl_error *error)
{
    if (found->SubjectsLen != 1 || strcmp(found->Subjects[0], want->Subjects[0]) != 0)
        return tl_error_set(error, TL_INVALID,
                            "stream %s exists with %d subject(s), the first \"%s\"; it must have "
                            "exactly \"%s\"",
                            want->Name, found->SubjectsLen,
                            found->SubjectsLen > 0 ? found->Subjects[0] : "", want->Subjects[0]);
    if (found->Storage != want->Storage)
        return tl_error_set(error, TL_INVALID,
                            "stream %s exists in memory storage; it must be file storage",
                            want->Name);
    if (found->Retention != want->Retention)
        return tl_error_set(error, TL_INVALID,
                            "stream %s exists with another retention policy; it must be limits",
                            want->Name);
    return TL_OK;
}

static bool same_limits(const jsStreamConfig *found, const jsStreamConfig *want)
{
    return found->Discard == want->Discard && found->MaxMsgs == want->MaxMsgs &&
           found->MaxMsgsPerSubject == want->MaxMsgsPerSubject &&
           found->MaxBytes == want->MaxBytes && found->MaxAge == want->MaxAge &&
           found->Duplicates == want->Duplicates;
}

/* Another service of the same system may be making the same at this very moment. The server then
 * refuses ours with one of several errors ("name already in use", "subjects overlap with an
 * existing stream") and may not yet know the other's by name, so what was refused is looked for
 * for a while. What is not there by then was refused for a reason of its own: NATS_NOT_FOUND. */
static natsStatus await_other(jsCtx *js, const char *name, jsStreamInfo **info)
{
    natsStatus s = NATS_NOT_FOUND;
    for (int i = 0; i < MAKE_LOOKS && s == NATS_NOT_FOUND; i++) {
        if (i > 0) tl_os_sleep_ms(MAKE_LOOK_MS);
        s = js_GetStreamInfo(info, js, name, NULL, NULL);
    }
    return s;
}

static natsStatus make_stream(jsCtx *js, jsStreamConfig *want, jsStreamInfo **info)
{
    natsStatus s = js_AddStream(NULL, js, want, NULL, NULL);
    if (s == NATS_OK) return s;
    s = await_other(js, want->Name, info);
    /* Once more for the library's text of the refusal, which the looks have replaced. */
    return s == NATS_NOT_FOUND ? js_AddStream(NULL, js, want, NULL, NULL) : s;
}

static enum tl_status ensure_stream(const struct tl_nats_bus *nats, jsCtx *js,
                                    enum tl_subject subject, struct tl_error *error)
{
    jsStreamConfig want;
    const char *name;
    jsStreamInfo *info = NULL;
    natsStatus s = desired(nats, subject, &name, &want);
    if (s == NATS_OK) s = js_GetStreamInfo(&info, js, want.Name, NULL, NULL);
    if (s == NATS_NOT_FOUND) s = make_stream(js, &want, &info);
    if (s != NATS_OK) return tl_nats_error(error, s, want.Name);
    if (!info) return TL_OK; /* made by us */
    enum tl_status status = check_shape(info->Config, &want, error);
    if (status == TL_OK && !same_limits(info->Config, &want)) {
        s = js_UpdateStream(NULL, js, &want, NULL, NULL);
        if (s != NATS_OK) status = tl_nats_error(error, s, want.Name);
        if (s == NATS_OK)
            tl_log_line(TL_LOG_INFO, nats->name, "stream %s: retention updated", want.Name);
    }
    jsStreamInfo_Destroy(info);
    return status;
}

enum tl_status tl_nats_ensure_streams(const struct tl_nats_bus *nats, jsCtx *js,
                                      struct tl_error *error)
{
    enum tl_status status = TL_OK;
    for (int i = 0; i < TL_SUBJECT_COUNT && status == TL_OK; i++)
        status = ensure_stream(nats, js, (enum tl_subject)i, error);
    return status;
}

enum tl_status tl_nats_ensure_bucket(jsCtx *js, struct tl_error *error)
{
    static const char stream[] = "KV_" TL_KV_BUCKET;
    jsStreamInfo *info = NULL;
    natsStatus s = js_GetStreamInfo(&info, js, stream, NULL, NULL);
    if (s == NATS_NOT_FOUND) {
        kvConfig config;
        kvStore *kv = NULL;
        s = kvConfig_Init(&config);
        config.Bucket = TL_KV_BUCKET;
        config.History = TL_KV_HISTORY;
        config.StorageType = js_FileStorage;
        config.Replicas = 1;
        if (s == NATS_OK) s = js_CreateKeyValue(&kv, js, &config);
        kvStore_Destroy(kv);
        if (s != NATS_OK) s = await_other(js, stream, &info);
    }
    if (s != NATS_OK) return tl_nats_error(error, s, "bucket " TL_KV_BUCKET);
    if (!info) return TL_OK;
    enum tl_status status = TL_OK;
    if (info->Config->Storage != js_FileStorage)
        status =
            tl_error_set(error, TL_INVALID, "bucket %s exists in memory storage; it must be %s",
                         TL_KV_BUCKET, "file storage");
    if (status == TL_OK && info->Config->MaxMsgsPerSubject != TL_KV_HISTORY) {
        info->Config->MaxMsgsPerSubject = TL_KV_HISTORY;
        s = js_UpdateStream(NULL, js, info->Config, NULL, NULL);
        if (s != NATS_OK) status = tl_nats_error(error, s, "bucket " TL_KV_BUCKET);
    }
    jsStreamInfo_Destroy(info);
    return status;
}
