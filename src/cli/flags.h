/* SPDX-License-Identifier: Apache-2.0
 * Command-line flags as one table a subcommand: parsing, --help and error lines come from it.
 * --name VALUE and --name=VALUE; a flag without argument is a switch. */
#ifndef TL_CLI_FLAGS_H
#define TL_CLI_FLAGS_H

#include <tapeloom/types.h>

enum tl_flag_kind { TL_FLAG_SWITCH, TL_FLAG_TEXT, TL_FLAG_INT, TL_FLAG_REAL };

struct tl_flag {
    const char *name;     /* "--port" */
    const char *argument; /* "N"; NULL for a switch */
    const char *help;     /* one line; says the default */
    enum tl_flag_kind kind;
    void *value;      /* bool *, const char **, int64_t *, double * */
    double low, high; /* allowed range of numbers, inclusive; both 0: any */
};

struct tl_command {
    const char *usage;           /* "tapeloom serve [flags]" */
    const char *about;           /* a paragraph */
    const struct tl_flag *flags; /* ends with a NULL name */
    int positional_max;          /* words besides flags, kept in argv[1..] */
};

/* Parses argv[1..]. Returns the number of positional words (moved to argv[1..]), -1 after --help
 * was printed (exit 0), -2 after an error line (exit 2). */
int tl_flags_parse(const struct tl_command *command, int argc, char **argv);

/* "tapeloom: TEXT" on stderr; returns code, so that `return tl_cli_fail(1, …)` reads well. */
int tl_cli_fail(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
