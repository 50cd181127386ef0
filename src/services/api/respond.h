/* SPDX-License-Identifier: Apache-2.0
 * Answers: one place that adds the CORS headers and shapes the errors. */
#ifndef TL_SERVICES_API_RESPOND_H
#define TL_SERVICES_API_RESPOND_H

#include "net/net.h"
#include "services/api/buffer.h"
#include "services/api/config.h"

struct tl_responder {
    const struct tl_api_config *config; /* borrowed */
    struct tl_api_buffer body;          /* scratch of the answer being made */
    uint64_t answered[6];               /* by hundreds of the status */
};

/* extra: further header lines, or NULL. */
void tl_respond(struct tl_responder *responder, struct tl_net_request *request, int status,
                const char *extra, struct tl_str body);
/* The answer in responder->body; 503 when it did not fit into memory. */
void tl_respond_body(struct tl_responder *responder, struct tl_net_request *request, int status,
                     const char *extra);
/* {"error":label} and, unless NULL, "detail". */
void tl_respond_error(struct tl_responder *responder, struct tl_net_request *request, int status,
                      const char *label, const char *detail);
void tl_respond_storage(struct tl_responder *responder, struct tl_net_request *request);
/* Preflight of an allowed origin; false: not one (pass on to 404). */
bool tl_respond_preflight(struct tl_responder *responder, struct tl_net_request *request);

#endif
