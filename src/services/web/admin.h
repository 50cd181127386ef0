/* SPDX-License-Identifier: Apache-2.0
 * The operator plane's proxy: /api/admin/synthetic/status (GET) and /control (GET, PUT). The only
 * code that sends the operator's token, and only to the API's two admin paths. */
#ifndef TL_SERVICES_WEB_ADMIN_H
#define TL_SERVICES_WEB_ADMIN_H

#include "net/net.h"

struct tl_web_admin {
    char api_url[512]; /* empty: not configured */
    char *token;       /* NULL: not configured */
};

/* Registers the routes; admin must live as long as the net runs. */
void tl_web_admin_mount(struct tl_net *net, struct tl_web_admin *admin);

#endif
