/* SPDX-License-Identifier: Apache-2.0
 * The subcommands of `tapeloom`. argv[0] is the subcommand's name; the result is the exit status.
 */
#ifndef TL_CLI_COMMANDS_H
#define TL_CLI_COMMANDS_H

#define TL_VERSION "0.1.0"

int tl_cmd_serve(int argc, char **argv);
int tl_cmd_service(int argc,
                   char **argv); /* ingest-options, ingest-equities, compute, recorder, api, web */
int tl_cmd_generate(int argc, char **argv);
int tl_cmd_session(int argc, char **argv);
int tl_cmd_control(int argc, char **argv);
int tl_cmd_bench(int argc, char **argv);
int tl_cmd_score(int argc, char **argv);
int tl_cmd_desktop(int argc, char **argv);
int tl_cmd_eval(int argc, char **argv);
int tl_cmd_fit(int argc, char **argv);
int tl_cmd_scenarios(int argc, char **argv);
int tl_cmd_blind(int argc, char **argv);

#endif
