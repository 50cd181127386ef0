/* SPDX-License-Identifier: Apache-2.0
 * The web service: tl_web_mount and tl_web_unmount of services/service.h. */
#ifndef TL_SERVICES_WEB_WEB_H
#define TL_SERVICES_WEB_WEB_H

#include "services/service.h"

/* The Content-Security-Policy of every page answer. The hash is of the one inline style that
 * lightweight-charts 5.2 injects (its attribution logo); check it again at each upgrade. */
#define TL_WEB_CSP                                                                                 \
    "default-src 'self'; connect-src 'self'; "                                                     \
    "style-src 'self' 'sha256-3pRED1tOXas1FXFoPb9TGCjmYe9XQsmO9OV23khV2nY='; "                     \
    "img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"

#endif
