/* SPDX-License-Identifier: Apache-2.0
 * Members of a JSON object, for the reports of subcommands: commas come by themselves. */
#ifndef TL_CLI_JSON_PUT_H
#define TL_CLI_JSON_PUT_H

#include "base/text.h"

void tl_json_put_key(struct tl_text *out, const char *key);
/* NULL: null. */
void tl_json_put_string(struct tl_text *out, const char *key, const char *value);
/* Not finite: null. */
void tl_json_put_real(struct tl_text *out, const char *key, double value);
/* The brace of an array's next object, after a comma where it is not the first. */
void tl_json_put_open(struct tl_text *out);

#endif
