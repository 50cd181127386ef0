/* SPDX-License-Identifier: Apache-2.0
 * Self-contained report pages: one style sheet for all, light and dark, no script. */
#ifndef TL_CLI_PAGE_H
#define TL_CLI_PAGE_H

#include "base/text.h"

/* Head, heading and the line under it that says what was measured; both are escaped. */
void tl_page_open(struct tl_text *out, const char *title, const char *source);
void tl_page_close(struct tl_text *out);

/* printf into the page, at most 511 bytes a call; the caller escapes. */
void tl_page_put(struct tl_text *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
