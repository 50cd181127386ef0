/* SPDX-License-Identifier: Apache-2.0
 * fork, exec, wait, and loopback ports. */
#include "os/process.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "os/os.h"

/* In the child only: never returns. The error number of a failed exec goes up the pipe. */
static void child_run(char *const argv[], char *const environment[], int report)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGINT,
           SIG_IGN); /* the terminal's Ctrl-C goes to the supervisor, which stops us in order */
    signal(SIGPIPE, SIG_DFL);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    for (size_t i = 0; environment && environment[i]; i++) {
        if (strchr(environment[i], '='))
            putenv(environment[i]);
        else
            unsetenv(environment[i]);
    }
    execvp(argv[0], argv);
    int reason = errno;
    if (write(report, &reason, sizeof reason) < 0) _exit(126);
    _exit(127);
}

enum tl_status tl_process_start(char *const argv[], char *const environment[], int *pid,
                                struct tl_error *error)
{
    int report[2], reason = 0;
    if (pipe2(report, O_CLOEXEC) != 0)
        return tl_error_set(error, TL_IO, "cannot start %s: %s", argv[0], strerror(errno));
    pid_t child = fork();
    if (child == 0) child_run(argv, environment, report[1]);
    close(report[1]);
    if (child < 0) {
        close(report[0]);
        return tl_error_set(error, TL_IO, "cannot start %s: %s", argv[0], strerror(errno));
    }
    ssize_t got = read(report[0], &reason, sizeof reason);
    close(report[0]);
    if (got == (ssize_t)sizeof reason) {
        waitpid(child, NULL, 0);
        return tl_error_set(error, TL_IO, "cannot start %s: %s", argv[0], strerror(reason));
    }
    *pid = child;
    return TL_OK;
}

bool tl_process_ended(int pid, int *code)
{
    int status = 0;
    if (pid <= 0 || waitpid(pid, &status, WNOHANG) != pid) return false;
    *code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return true;
}

void tl_process_terminate(int pid, int wait_ms)
{
    int code;
    if (pid <= 0) return;
    kill(pid, SIGTERM);
    for (int waited = 0; waited < wait_ms; waited += 20) {
        if (tl_process_ended(pid, &code)) return;
        tl_os_sleep_ms(20);
    }
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

enum tl_status tl_process_self(char *buffer, size_t capacity, struct tl_error *error)
{
    ssize_t size = readlink("/proc/self/exe", buffer, capacity - 1);
    if (size <= 0)
        return tl_error_set(error, TL_IO, "cannot tell where this program is: %s", strerror(errno));
    buffer[size] = '\0';
    return TL_OK;
}

static struct sockaddr_in loopback(int port)
{
    struct sockaddr_in address;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_port = htons((uint16_t)port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

int tl_process_free_port(void)
{
    struct sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), port = 0;
    if (fd < 0) return 0;
    if (bind(fd, (struct sockaddr *)&address, size) == 0 &&
        getsockname(fd, (struct sockaddr *)&address, &size) == 0)
        port = ntohs(address.sin_port);
    close(fd);
    return port;
}

bool tl_process_port_open(int port)
{
    struct sockaddr_in address = loopback(port);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return false;
    bool open = connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
    close(fd);
    return open;
}
