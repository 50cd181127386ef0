/* SPDX-License-Identifier: Apache-2.0
 * Flags from one table: see flags.h. */
#include "cli/flags.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

int tl_cli_fail(int code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("tapeloom: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    return code;
}

static void print_help(const struct tl_command *command)
{
    printf("usage: %s\n\n%s\n", command->usage, command->about);
    if (command->flags[0].name) printf("\nflags:\n");
    for (const struct tl_flag *flag = command->flags; flag->name; flag++) {
        char head[64];
        snprintf(head, sizeof head, "%s%s%s", flag->name, flag->argument ? " " : "",
                 flag->argument ? flag->argument : "");
        printf("  %-24s %s\n", head, flag->help);
    }
    printf("  %-24s %s\n", "--help", "this text");
}

static const struct tl_flag *find_flag(const struct tl_command *command, const char *word,
                                       size_t size)
{
    for (const struct tl_flag *flag = command->flags; flag->name; flag++) {
        if (strlen(flag->name) == size && strncmp(flag->name, word, size) == 0) return flag;
    }
    return NULL;
}

static int set_number(const struct tl_flag *flag, const char *text)
{
    int64_t whole = 0;
    double real = 0;
    bool good = flag->kind == TL_FLAG_INT ? tl_parse_i64(tl_str_from(text), &whole)
                                          : tl_parse_double(tl_str_from(text), &real);
    double value = flag->kind == TL_FLAG_INT ? (double)whole : real;
    bool ranged = flag->low < flag->high;
    if (!good || (ranged && !(value >= flag->low && value <= flag->high))) {
        if (ranged)
            return tl_cli_fail(-2, "%s: \"%s\" is not a%s number from %.10g to %.10g", flag->name,
                               text, flag->kind == TL_FLAG_INT ? " whole" : "", flag->low,
                               flag->high);
        return tl_cli_fail(-2, "%s: \"%s\" is not a%s number", flag->name, text,
                           flag->kind == TL_FLAG_INT ? " whole" : "");
    }
    if (flag->kind == TL_FLAG_INT)
        *(int64_t *)flag->value = whole;
    else
        *(double *)flag->value = real;
    return 0;
}

static int set_value(const struct tl_flag *flag, const char *text)
{
    if (flag->kind == TL_FLAG_INT || flag->kind == TL_FLAG_REAL) return set_number(flag, text);
    *(const char **)flag->value = text;
    return 0;
}

int tl_flags_parse(const struct tl_command *command, int argc, char **argv)
{
    int words = 0;
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i];
        if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
            print_help(command);
            return -1;
        }
        if (word[0] != '-' || word[1] == '\0') {
            if (words == command->positional_max)
                return tl_cli_fail(-2, "\"%s\" is one word too many; see `%s` with --help", word,
                                   command->usage);
            argv[++words] = argv[i];
            continue;
        }
        const char *equals = strchr(word, '=');
        size_t size = equals ? (size_t)(equals - word) : strlen(word);
        const struct tl_flag *flag = find_flag(command, word, size);
        if (!flag)
            return tl_cli_fail(-2, "unknown flag %.*s; --help lists what there is", (int)size,
                               word);
        if (flag->kind == TL_FLAG_SWITCH) {
            if (equals) return tl_cli_fail(-2, "%s takes no value", flag->name);
            *(bool *)flag->value = true;
            continue;
        }
        const char *text = equals ? equals + 1 : i + 1 < argc ? argv[++i] : NULL;
        if (!text)
            return tl_cli_fail(-2, "%s needs a value: %s %s", flag->name, flag->name,
                               flag->argument);
        if (set_value(flag, text) != 0) return -2;
    }
    return words;
}
