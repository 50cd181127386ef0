/* SPDX-License-Identifier: Apache-2.0
 * A real nats-server with JetStream for tests. It dies with the test process (PR_SET_PDEATHSIG). */
#include "lib/nats_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/harness.h"

static struct sockaddr_in loopback(int port)
{
    struct sockaddr_in address;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_port = htons((uint16_t)port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static int free_port(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    int port = 0;
    if (bind(fd, (struct sockaddr *)&address, size) == 0 &&
        getsockname(fd, (struct sockaddr *)&address, &size) == 0)
        port = ntohs(address.sin_port);
    close(fd);
    return port;
}

/* The server greets with "INFO {…}" once it takes clients, which is after JetStream's recovery. */
static bool answers(int port)
{
    char greeting[8] = "";
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = loopback(port);
    bool good = connect(fd, (struct sockaddr *)&address, sizeof address) == 0 &&
                recv(fd, greeting, 4, MSG_WAITALL) == 4 && memcmp(greeting, "INFO", 4) == 0;
    close(fd);
    return good;
}

static void run_server(const struct nats_server *server)
{
    char port[16], log[320];
    snprintf(port, sizeof port, "%d", server->port);
    snprintf(log, sizeof log, "%s/server.log", server->dir);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (fd >= 0) dup2(fd, STDERR_FILENO), dup2(fd, STDOUT_FILENO);
    execlp("nats-server", "nats-server", "-js", "-a", "127.0.0.1", "-p", port, "-sd", server->dir,
           (char *)NULL);
    _exit(errno == ENOENT ? 127 : 126);
}

bool nats_server_restart(struct nats_server *server)
{
    pid_t pid = fork();
    if (pid == 0) run_server(server);
    server->pid = pid;
    for (int i = 0; pid > 0 && i < 1000; i++) {
        struct timespec pause = {0, 10000000};
        int status = 0;
        if (answers(server->port)) return true;
        if (waitpid(pid, &status, WNOHANG) == pid) {
            test_fail(__FILE__, __LINE__, "nats-server %s",
                      WIFEXITED(status) && WEXITSTATUS(status) == 127
                          ? "is not installed (Debian: nats-server)"
                          : "ended at once; see server.log");
            server->pid = 0;
            return false;
        }
        nanosleep(&pause, NULL);
    }
    test_fail(__FILE__, __LINE__, "nats-server does not answer on port %d", server->port);
    nats_server_kill(server);
    return false;
}

bool nats_server_start(struct nats_server *server)
{
    memset(server, 0, sizeof *server);
    server->port = free_port();
    snprintf(server->url, sizeof server->url, "nats://127.0.0.1:%d", server->port);
    snprintf(server->dir, sizeof server->dir, "%s", test_tmp_dir());
    return nats_server_restart(server);
}

bool nats_server_restart_empty(struct nats_server *server)
{
    snprintf(server->dir, sizeof server->dir, "%s", test_tmp_dir());
    return nats_server_restart(server);
}

void nats_server_kill(struct nats_server *server)
{
    if (server->pid <= 0) return;
    kill(server->pid, SIGKILL);
    waitpid(server->pid, NULL, 0);
    server->pid = 0;
}
