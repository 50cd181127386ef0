/* SPDX-License-Identifier: Apache-2.0
 * `tapeloom SUBCOMMAND …`: one binary, one file a subcommand. */
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/flags.h"

struct subcommand {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *about;
};

static const struct subcommand subcommands[] = {
    {"serve", tl_cmd_serve, "the whole system: market, bus, classifier, store, API and page"},
    {"desktop", tl_cmd_desktop, "the page in a window of its own"},
    {"generate", tl_cmd_generate, "write a tape: JSON Lines, CSV, binary, or digests"},
    {"session", tl_cmd_session, "the market's state at a time"},
    {"control", tl_cmd_control, "see and steer a running market: status, get, set, watch, history"},
    {"score", tl_cmd_score, "how real a tape measures, row by row of the scorecard"},
    {"eval", tl_cmd_eval, "does the classifier find the hidden families again"},
    {"fit", tl_cmd_fit, "fits the classifier's weights to a features file of eval"},
    {"scenarios", tl_cmd_scenarios,
     "what the hidden families do to price and volatility, against twins"},
    {"blind", tl_cmd_blind, "does a single print give a hidden order away"},
    {"bench", tl_cmd_bench, "how fast the engine is on this machine"},
    {"ingest-options", tl_cmd_service, "service: publishes option prints and NBBO (NATS)"},
    {"ingest-equities", tl_cmd_service, "service: publishes stock prints and quotes (NATS)"},
    {"compute", tl_cmd_service, "service: packets, smart-money events, joins, candles (NATS)"},
    {"recorder", tl_cmd_service, "service: fills the store (NATS)"},
    {"api", tl_cmd_service, "service: REST and WebSockets"},
    {"web", tl_cmd_service, "service: the page and its proxy"},
};

static void print_usage(FILE *out)
{
    fprintf(out, "usage: tapeloom SUBCOMMAND [flags]   (--help after any of them)\n\n");
    for (size_t i = 0; i < sizeof subcommands / sizeof subcommands[0]; i++)
        fprintf(out, "  %-16s %s\n", subcommands[i].name, subcommands[i].about);
    fprintf(out, "  %-16s %s\n", "version", "prints the version");
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        print_usage(stderr);
        return 2;
    }
    const char *name = argv[1];
    if (strcmp(name, "--help") == 0 || strcmp(name, "help") == 0 || strcmp(name, "-h") == 0) {
        print_usage(stdout);
        return 0;
    }
    if (strcmp(name, "version") == 0 || strcmp(name, "--version") == 0) {
        puts("tapeloom " TL_VERSION);
        return 0;
    }
    for (size_t i = 0; i < sizeof subcommands / sizeof subcommands[0]; i++) {
        if (strcmp(name, subcommands[i].name) == 0) return subcommands[i].run(argc - 1, argv + 1);
    }
    return tl_cli_fail(2, "unknown subcommand \"%s\"; `tapeloom help` lists what there is", name);
}
