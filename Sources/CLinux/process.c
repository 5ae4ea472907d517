#define _GNU_SOURCE
#include "clinux_process.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <time.h>

static int argument_count;
static char **arguments;

__attribute__((constructor)) static void remember_arguments(int argc, char **argv) {
    argument_count = argc;
    arguments = argv;
}

int clinux_argument_count(void) { return argument_count; }

const char *clinux_argument(int index) { return arguments[index]; }

// Flag of getrandom(2), from linux/random.h.
enum { NONBLOCK = 1 };

int clinux_random(void *bytes, size_t count) {
    for (size_t done = 0; done < count;) {
        // As a system call: the C library's own function is a cancellation point and too new for some boards' headers.
        long got = syscall(SYS_getrandom, (char *)bytes + done, count - done, NONBLOCK);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return -1;
        done += (size_t)got;
    }
    return 0;
}

static int read_urandom(void *bytes, size_t count) {
    int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return -1;
    ssize_t got = read(fd, bytes, count);
    close(fd);
    return got == (ssize_t)count ? 0 : -1;
}

void clinux_seed(void *bytes, size_t count) {
    int error = errno;
    if (clinux_random(bytes, count) != 0 && read_urandom(bytes, count) != 0) {
        // No /dev yet: the 16 random bytes that the kernel gives every program (AT_RANDOM, getauxval(3)), the clock
        // and a counter, stirred with splitmix64.
        static uint64_t counter;
        uint64_t state = __atomic_add_fetch(&counter, 0x9E3779B97F4A7C15, __ATOMIC_RELAXED);
        struct timespec now = {0};
        clock_gettime(CLOCK_MONOTONIC, &now);
        const uint64_t *given = (const uint64_t *)getauxval(AT_RANDOM);
        if (given) state ^= given[0] ^ given[1] << 1;
        state ^= (uint64_t)now.tv_nsec << 32 ^ (uint64_t)now.tv_sec;
        for (size_t index = 0; index < count; index++) {
            state += 0x9E3779B97F4A7C15;
            uint64_t mixed = (state ^ state >> 30) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB;
            ((uint8_t *)bytes)[index] = (uint8_t)(mixed >> 56);
        }
    }
    errno = error;
}

/// Swift's hash tables take their seed from here. The C library's version waits for the kernel's pool to be seeded, which on
/// old kernels without a hardware generator takes minutes after power-on: a rig must not stand still for a hash seed.
void arc4random_buf(void *bytes, size_t count) { clinux_seed(bytes, count); }

#ifndef MCL_ONFAULT
#define MCL_ONFAULT 4
#endif

// Where the program begins and ends in memory, from the linker.
extern char __executable_start[], _end[];

int clinux_lock_memory(void) {
    struct rlimit limit;
    if (geteuid() != 0 && getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
        errno = EPERM;
        return -1;
    }
    // Stacks are megabytes of which kilobytes are used: locking what is used costs little memory (since Linux 4.4).
    if (mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) != 0) return -1;
    return mlock(__executable_start, (size_t)(_end - __executable_start));
}

void clinux_use_stack(void) {
    volatile char pages[65536];
    for (size_t index = 0; index < sizeof pages; index += 4096) pages[index] = 0;
}
