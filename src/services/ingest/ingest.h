/* SPDX-License-Identifier: Apache-2.0
 * The two ingest services; their run functions stand in services/service.h. */
#ifndef TL_SERVICES_INGEST_INGEST_H
#define TL_SERVICES_INGEST_INGEST_H

#include "services/service.h"

#endif
