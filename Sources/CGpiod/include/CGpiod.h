#pragma once

// One digital line through libgpiod, the same for its versions 1.6 and 2, which share no interface. Which of them this
// program is built with is the header's choice: gpiod1.c or gpiod2.c is then empty. All functions answer -1 or NULL with
// errno when they fail.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// A requested line; the kernel lets nobody else have it until it is released.
struct cgpiod_line;

enum cgpiod_use {
    CGPIOD_INPUT,
    CGPIOD_OUTPUT_INACTIVE,
    CGPIOD_OUTPUT_ACTIVE,
    CGPIOD_EDGES_TO_ACTIVE,
    CGPIOD_EDGES_TO_INACTIVE,
    CGPIOD_EDGES_BOTH,
};

enum cgpiod_bias {
    CGPIOD_BIAS_AS_IS,
    CGPIOD_BIAS_DISABLED,
    CGPIOD_BIAS_PULL_UP,
    CGPIOD_BIAS_PULL_DOWN,
};

struct cgpiod_edge {
    /// CLOCK_MONOTONIC, but CLOCK_REALTIME from version 1 on kernels before 5.7.
    uint64_t nanoseconds;
    /// Counts the line's edges from 1, lost ones included; 0 where the interface does not tell (version 1).
    uint32_t sequence;
    bool to_active;
};

/// The most edges that one call reads.
#define CGPIOD_EDGES_MAX 16

/// Fills `label` with the label of the chip at `path`.
int cgpiod_chip_label(const char *path, char *label, size_t size);

/// The offset of a line by its name; ENOENT when the chip has none of that name.
int cgpiod_line_offset(const char *path, const char *name);

struct cgpiod_line *cgpiod_request(
    const char *path, unsigned int offset, bool active_low, enum cgpiod_use use, enum cgpiod_bias bias, const char *consumer);

void cgpiod_release(struct cgpiod_line *line);

/// 1 for active, 0 for not.
int cgpiod_get(struct cgpiod_line *line);

int cgpiod_set(struct cgpiod_line *line, bool active);

/// Readable while edges wait; -1 for a line that was not requested for edges.
int cgpiod_descriptor(struct cgpiod_line *line);

/// Takes up to `count` waiting edges and answers how many; EAGAIN when there are none.
int cgpiod_read_edges(struct cgpiod_line *line, struct cgpiod_edge *edges, size_t count);
