/*
 * The floor: what answering costs where nothing is done but reading and writing. One thread, epoll; a read that ends
 * with an empty line is taken for requests, each of them is answered with a constant. No server: it checks nothing.
 *
 *     floor PORT
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS = 512, INPUT = 65536, PAGE_LINES = 320 };

static const char HELLO[] = "Hello, world!\n";
static const char LINE[] = "<p>Ten kibibytes of a page.</p>\n";

struct answer {
    char *bytes;
    size_t length;
};

static struct answer answer_with(const char *text, int times) {
    size_t body = strlen(text) * times;
    struct answer made = {malloc(body + 256), 0};
    made.length = sprintf(made.bytes, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\n\r\n", body);
    for (int i = 0; i < times; i++, made.length += strlen(text)) memcpy(made.bytes + made.length, text, strlen(text));
    return made;
}

static void send_all(int client, struct answer answer) {
    for (size_t sent = 0; sent < answer.length;) {
        ssize_t written = write(client, answer.bytes + sent, answer.length - sent);
        if (written <= 0) return; /* the client left; a blocking socket waits for a slow one */
        sent += written;
    }
}

static int listen_on(int port) {
    int on = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 1024)) {
        perror("floor");
        exit(1);
    }
    return listener;
}

static void watch(int poll, int descriptor) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};
    epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event);
}

static void serve(int client, struct answer hello, struct answer page) {
    static char input[INPUT + 1];
    ssize_t got = read(client, input, INPUT);
    if (got <= 0) {
        close(client);
        return;
    }
    input[got] = 0;
    for (char *request = input, *end; (end = strstr(request, "\r\n\r\n")); request = end + 4)
        send_all(client, strncmp(request, "GET /page ", 10) ? hello : page);
}

int main(int count, char **arguments) {
    if (count != 2) return 2;
    signal(SIGPIPE, SIG_IGN);
    struct answer hello = answer_with(HELLO, 1), page = answer_with(LINE, PAGE_LINES);
    int on = 1, listener = listen_on(atoi(arguments[1])), poll = epoll_create1(0);
    struct epoll_event events[EVENTS];
    for (watch(poll, listener);;) {
        int ready = epoll_wait(poll, events, EVENTS, -1);
        for (int i = 0; i < ready; i++) {
            if (events[i].data.fd != listener) {
                serve(events[i].data.fd, hello, page);
                continue;
            }
            int client = accept(listener, NULL, NULL);
            setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            if (client >= 0) watch(poll, client);
        }
    }
}
