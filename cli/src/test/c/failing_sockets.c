/* Loaded before the C library: makes sockets of a process fail as real ones hardly ever do on demand. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* What a client sends whose connection then times out. */
static const char TIMES_OUT[] = "connection times out";

ssize_t read(int descriptor, void *buffer, size_t size) {
    ssize_t (*real)(int, void *, size_t) = dlsym(RTLD_NEXT, "read");
    ssize_t count = real(descriptor, buffer, size);
    if (count == sizeof TIMES_OUT - 1 && memcmp(buffer, TIMES_OUT, count) == 0) {
        errno = ETIMEDOUT;
        return -1;
    }
    return count;
}

/* The first client over TCP finds the kernel short of memory. */
int accept(int descriptor, struct sockaddr *address, socklen_t *length) {
    static int failed;
    int (*real)(int, struct sockaddr *, socklen_t *) = dlsym(RTLD_NEXT, "accept");
    struct sockaddr_storage own;
    socklen_t size = sizeof own;
    if (!failed && getsockname(descriptor, (struct sockaddr *) &own, &size) == 0 && own.ss_family != AF_UNIX) {
        failed = 1;
        errno = ENOMEM;
        return -1;
    }
    return real(descriptor, address, length);
}
