/* SPDX-License-Identifier: Apache-2.0
 * Both arrays are optional and default to empty; unknown keys are skipped. */
#include "json/lookup_request.h"

#include "base/text.h"

#include <jansson.h>
#include <stdlib.h>

static bool get_str(const json_t *value, struct tl_str *out)
{
    if (!json_is_string(value)) return false;
    *out = (struct tl_str){json_string_value(value), json_string_length(value)};
    return true;
}

static bool get_ts(const json_t *value, int64_t *out)
{
    double number = json_number_value(value);
    if (!json_is_number(value) || !(number >= 0.0) || number > 9007199254740991.0 ||
        number != (double)(int64_t)number)
        return false;
    *out = (int64_t)number;
    return true;
}

static enum tl_status get_array(const json_t *root, const char *key, const json_t **array,
                                size_t *count, struct tl_error *error)
{
    *array = json_object_get(root, key);
    *count = json_array_size(*array);
    if (*array && !json_is_array(*array))
        return tl_error_set(error, TL_INVALID, "%s: expected an array", key);
    if (*count > TL_LOOKUP_IDS_MAX)
        return tl_error_set(error, TL_INVALID, "%s: got %zu items, allowed at most %d", key, *count,
                            TL_LOOKUP_IDS_MAX);
    return TL_OK;
}

static enum tl_status get_trace_ids(const json_t *root, struct tl_lookup_request *request,
                                    struct tl_error *error)
{
    const json_t *array = NULL;
    size_t count = 0;
    enum tl_status status = get_array(root, "trace_ids", &array, &count, error);
    if (status != TL_OK || count == 0) return status;
    request->trace_ids = calloc(count, sizeof *request->trace_ids);
    if (!request->trace_ids) return tl_error_set(error, TL_NOMEM, "trace_ids: out of memory");
    for (size_t i = 0; i < count; i++)
        if (!get_str(json_array_get(array, i), &request->trace_ids[i]))
            return tl_error_set(error, TL_INVALID, "trace_ids[%zu]: expected a string", i);
    request->trace_count = count;
    return TL_OK;
}

static enum tl_status get_context(const json_t *item, size_t index, struct tl_lookup_context *out,
                                  struct tl_error *error)
{
    const char *missing = NULL;
    if (!get_str(json_object_get(item, "trace_id"), &out->trace_id))
        missing = "trace_id: expected a string";
    else if (!get_str(json_object_get(item, "option_contract_id"), &out->option_contract_id))
        missing = "option_contract_id: expected a string";
    else if (!get_ts(json_object_get(item, "ts"), &out->ts))
        missing = "ts: expected an integer >= 0";
    if (missing) return tl_error_set(error, TL_INVALID, "nbbo_context[%zu].%s", index, missing);
    return TL_OK;
}

static enum tl_status get_contexts(const json_t *root, struct tl_lookup_request *request,
                                   struct tl_error *error)
{
    const json_t *array = NULL;
    size_t count = 0;
    enum tl_status status = get_array(root, "nbbo_context", &array, &count, error);
    if (status != TL_OK || count == 0) return status;
    request->contexts = calloc(count, sizeof *request->contexts);
    if (!request->contexts) return tl_error_set(error, TL_NOMEM, "nbbo_context: out of memory");
    for (size_t i = 0; i < count && status == TL_OK; i++)
        status = get_context(json_array_get(array, i), i, &request->contexts[i], error);
    if (status == TL_OK) request->context_count = count;
    return status;
}

enum tl_status tl_lookup_request_parse(struct tl_str body, struct tl_lookup_request *request,
                                       struct tl_error *error)
{
    *request = (struct tl_lookup_request){0};
    struct tl_str text = tl_str_trim(body);
    if (text.size == 0) return TL_OK;
    json_error_t detail;
    json_t *root = json_loadb(text.data, text.size, 0, &detail);
    if (!root)
        return tl_error_set(error, TL_INVALID, "body: not JSON: %s at byte %d", detail.text,
                            detail.position);
    request->owner = root;
    enum tl_status status = TL_OK;
    if (!json_is_object(root)) status = tl_error_set(error, TL_INVALID, "body: expected an object");
    if (status == TL_OK) status = get_trace_ids(root, request, error);
    if (status == TL_OK) status = get_contexts(root, request, error);
    if (status != TL_OK) tl_lookup_request_deinit(request);
    return status;
}

void tl_lookup_request_deinit(struct tl_lookup_request *request)
{
    free(request->trace_ids);
    free(request->contexts);
    json_decref(request->owner);
    *request = (struct tl_lookup_request){0};
}
