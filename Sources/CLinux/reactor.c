#define _GNU_SOURCE
#include "clinux_reactor.h"

int clinux_ppoll(int fd, short events, int64_t nanoseconds) {
    struct pollfd waiting = {.fd = fd, .events = events};
    struct timespec time = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
    return ppoll(&waiting, 1, &time, NULL);
}
