/* SPDX-License-Identifier: Apache-2.0
 * The operator's endpoints: GET /admin/synthetic/status, GET and PUT /admin/synthetic/control,
 * GET /admin/synthetic/history?limit=N ({"changes":[…]}, newest first: json/control_change.h). Mounted only when control is enabled; every answer is no-store. */
#ifndef TL_SERVICES_API_ADMIN_H
#define TL_SERVICES_API_ADMIN_H

#include "bus/bus.h"
#include "services/api/hits.h"
#include "services/api/respond.h"
#include "services/api/session.h"
#include "services/api/status.h"
#include "services/control_plane.h"

#define TL_ADMIN_BODY_MAX 16384

struct tl_admin {
    struct tl_responder *responder; /* borrowed, as all below */
    struct tl_bus *bus;
    struct tl_api_session *session;
    const struct tl_hits *hits;
    const char *token; /* not empty */
    uint64_t unauthorized, refused, conflicts, written;
    struct tl_control_plane *plane; /* for writes and changes; NULL: not open yet */
    struct tl_session_view view;    /* scratch */
    struct tl_kv_entry entry;       /* scratch */
};

/* admin must outlive the net's loop. */
void tl_admin_mount(struct tl_admin *admin, struct tl_net *net);
void tl_admin_deinit(struct tl_admin *admin);

/* Equal in a time that depends only on the length of `given`. */
bool tl_admin_token_equal(struct tl_str given, struct tl_str token);
/* "Bearer TOKEN" (scheme in any case) to TOKEN; empty: not a bearer. */
struct tl_str tl_admin_bearer(struct tl_str header);
/* If-Match against a revision: absent and "*" match; a list of "N" or W/"N" matches one of them. */
bool tl_admin_if_match(struct tl_str header, uint64_t revision);

#endif
