#define _GNU_SOURCE
#include "clinux_threads.h"

#include <sys/resource.h>
#include <sys/syscall.h>

int clinux_attr_set_cpu(pthread_attr_t *attributes, int cpu) {
    if (cpu < 0 || cpu >= CPU_SETSIZE) return EINVAL;
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    return pthread_attr_setaffinity_np(attributes, sizeof set, &set);
}

int clinux_attr_set_fifo(pthread_attr_t *attributes, int priority) {
    struct sched_param parameters = {.sched_priority = priority};
    int error = pthread_attr_setinheritsched(attributes, PTHREAD_EXPLICIT_SCHED);
    if (error == 0) error = pthread_attr_setschedpolicy(attributes, SCHED_FIFO);
    return error ? error : pthread_attr_setschedparam(attributes, &parameters);
}

int clinux_set_thread_name(const char *name) { return pthread_setname_np(pthread_self(), name); }

pid_t clinux_thread_id(void) { return (pid_t)syscall(SYS_gettid); }

int clinux_set_nice(int nice) { return setpriority(PRIO_PROCESS, (id_t)clinux_thread_id(), nice); }

int clinux_next_usable_cpu(int previous) {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) != 0) return -1;
    for (int cpu = previous < 0 ? 0 : previous + 1; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, &set)) return cpu;
    errno = ENOENT;
    return -1;
}

int clinux_mutex_init(pthread_mutex_t *mutex) {
    pthread_mutexattr_t attributes;
    int error = pthread_mutexattr_init(&attributes);
    if (error != 0) return error;
    error = pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT);
    if (error == 0) error = pthread_mutex_init(mutex, &attributes);
    if (error == ENOTSUP) error = pthread_mutex_init(mutex, NULL);
    pthread_mutexattr_destroy(&attributes);
    return error;
}
