/* The fastest peer that we know for the statement's exchange: no harness, no sandbox, no report.

   peer server|client PORT TIMES GREETING HELLO GOODBYE COMMAND...

   Plays the exchange TIMES times with COMMAND (an interpreter and its program), alone on its
   network. It sees in the socket table when a server listens and when it has read, at looks
   0.3 ms apart: nothing is faster that does not slow the program down. For each run it prints
   nanoseconds of wall: until the program listens or calls, of the exchange, until it has ended;
   then microseconds of CPU of the program. Ends with 1 where a program is not right. */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ESTABLISHED = 1, LISTENING = 10 };

extern char **environ;
static int table;
static uint16_t port;

static void fail(const char *what) {
    fprintf(stderr, "peer: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void pause_a_little(void) {
    struct timespec t = {0, 300000};
    nanosleep(&t, NULL);
}

/* Looks for a socket of our port in that state. 0: there is none. Its receive queue and the
   bytes that it has received in all come back, where they are asked for. */
static int look(int state, uint32_t *queued, uint64_t *received) {
    struct {
        struct nlmsghdr head;
        struct inet_diag_req_v2 asked;
    } question = {0};
    question.head.nlmsg_len = sizeof question;
    question.head.nlmsg_type = SOCK_DIAG_BY_FAMILY;
    question.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    question.asked.sdiag_family = AF_INET;
    question.asked.sdiag_protocol = IPPROTO_TCP;
    question.asked.idiag_states = 1u << state;
    question.asked.idiag_ext = received ? 1 << (INET_DIAG_INFO - 1) : 0;
    if (send(table, &question, sizeof question, 0) < 0) fail("sock_diag");
    int found = 0;
    for (;;) {
        _Alignas(8) char answer[16384];
        int size = recv(table, answer, sizeof answer, 0);
        if (size < 0) fail("sock_diag");
        for (struct nlmsghdr *one = (void *)answer; NLMSG_OK(one, size); one = NLMSG_NEXT(one, size)) {
            if (one->nlmsg_type == NLMSG_DONE) return found;
            if (one->nlmsg_type == NLMSG_ERROR) fail("sock_diag refuses");
            struct inet_diag_msg *told = NLMSG_DATA(one);
            if (ntohs(told->id.idiag_sport) != port) continue;
            found = 1;
            if (!received) continue;
            *queued = told->idiag_rqueue;
            struct rtattr *more = (void *)(told + 1);
            int left = one->nlmsg_len - NLMSG_LENGTH(sizeof *told);
            for (; RTA_OK(more, left); more = RTA_NEXT(more, left)) {
                if (more->rta_type == INET_DIAG_INFO) {
                    struct tcp_info info = {0};
                    size_t size = RTA_PAYLOAD(more);
                    memcpy(&info, RTA_DATA(more), size < sizeof info ? size : sizeof info);
                    *received = info.tcpi_bytes_received;
                }
            }
        }
    }
}

/* Waits until the server has read `total` bytes: an empty queue counts in a look after the one
   that saw them arrive. */
static void until_read(uint64_t total) {
    int arrived = 0;
    for (;;) {
        uint32_t queued = 1;
        uint64_t received = 0;
        if (!look(ESTABLISHED, &queued, &received)) return;
        if (arrived && !queued) return;
        arrived = received >= total;
        pause_a_little();
    }
}

static pid_t start(char **command) {
    posix_spawn_file_actions_t quiet;
    posix_spawn_file_actions_init(&quiet);
    posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
    pid_t pid;
    errno = posix_spawnp(&pid, command[0], &quiet, NULL, command, environ);
    if (errno) fail(command[0]);
    posix_spawn_file_actions_destroy(&quiet);
    return pid;
}

static void say(int fd, const char *text) {
    if (send(fd, text, strlen(text), MSG_NOSIGNAL) != (ssize_t)strlen(text)) fail("send");
}

/* Reads until there are `least` bytes, or (0) until the end; how many came. */
static size_t hear(int fd, size_t least) {
    char data[4096];
    size_t total = 0;
    while (!least || total < least) {
        ssize_t size = recv(fd, data, sizeof data, 0);
        if (size < 0) fail("recv");
        if (!size) break;
        total += size;
    }
    return total;
}

int main(int count, char **words) {
    if (count < 8) return 2;
    int serves = !strcmp(words[1], "server"), times = atoi(words[3]);
    port = atoi(words[2]);
    char *greeting = words[4], *hello = words[5], *goodbye = words[6], **command = words + 7;
    struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons(port)};
    there.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    table = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    if (table < 0) fail("sock_diag");
    int listener = -1, yes = 1;
    if (!serves) {
        listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
        if (bind(listener, (void *)&there, sizeof there) || listen(listener, 8)) fail("listen");
    }
    for (int i = 0; i < times; i++) {
        int64_t begun = now();
        pid_t pid = start(command);
        int fd;
        if (serves) {
            while (!look(LISTENING, NULL, NULL)) {
                if (waitpid(pid, NULL, WNOHANG)) return 1;
                pause_a_little();
            }
            fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
            if (connect(fd, (void *)&there, sizeof there)) fail("connect");
        } else {
            fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
            if (fd < 0) fail("accept");
        }
        int64_t met = now();
        if (serves) {
            if (hear(fd, strlen(greeting)) < strlen(greeting)) return 1;
            say(fd, hello);
            until_read(strlen(hello));
            say(fd, goodbye);
            hear(fd, 0);
        } else {
            say(fd, greeting);
            if (hear(fd, 0) < strlen(hello) + strlen(goodbye)) return 1;
        }
        close(fd);
        int64_t over = now();
        struct rusage used;
        int status;
        if (wait4(pid, &status, 0, &used) != pid || status) return 1;
        int64_t ended = now();
        long long cpu = (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000LL +
                        used.ru_utime.tv_usec + used.ru_stime.tv_usec;
        printf("%lld %lld %lld %lld\n", (long long)(met - begun), (long long)(over - met),
               (long long)(ended - over), cpu);
    }
    return 0;
}
