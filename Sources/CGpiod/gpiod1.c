#include "version.h"

#if CGPIOD_VERSION == 1

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

struct cgpiod_line {
    // Closing the chip releases its lines.
    struct gpiod_chip *chip;
    struct gpiod_line *line;
    int descriptor;
};

int cgpiod_chip_label(const char *path, char *label, size_t size) {
    struct gpiod_chip *chip = gpiod_chip_open(path);
    if (!chip) return -1;
    strncpy(label, gpiod_chip_label(chip), size - 1);
    label[size - 1] = 0;
    gpiod_chip_close(chip);
    return 0;
}

int cgpiod_line_offset(const char *path, const char *name) {
    struct gpiod_chip *chip = gpiod_chip_open(path);
    if (!chip) return -1;
    // The library does not always say why it found nothing.
    errno = ENOENT;
    struct gpiod_line *line = gpiod_chip_find_line(chip, name);
    int offset = line ? (int)gpiod_line_offset(line) : -1;
    int error = errno;
    gpiod_chip_close(chip);
    errno = error;
    return offset;
}

static int request_type(enum cgpiod_use use) {
    switch (use) {
    case CGPIOD_INPUT: return GPIOD_LINE_REQUEST_DIRECTION_INPUT;
    case CGPIOD_OUTPUT_INACTIVE:
    case CGPIOD_OUTPUT_ACTIVE: return GPIOD_LINE_REQUEST_DIRECTION_OUTPUT;
    case CGPIOD_EDGES_TO_ACTIVE: return GPIOD_LINE_REQUEST_EVENT_RISING_EDGE;
    case CGPIOD_EDGES_TO_INACTIVE: return GPIOD_LINE_REQUEST_EVENT_FALLING_EDGE;
    case CGPIOD_EDGES_BOTH: return GPIOD_LINE_REQUEST_EVENT_BOTH_EDGES;
    }
    return -1;
}

static int request_flags(bool active_low, enum cgpiod_bias bias) {
    int flags = active_low ? GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW : 0;
    switch (bias) {
    case CGPIOD_BIAS_AS_IS: return flags;
    case CGPIOD_BIAS_DISABLED: return flags | GPIOD_LINE_REQUEST_FLAG_BIAS_DISABLE;
    case CGPIOD_BIAS_PULL_UP: return flags | GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_UP;
    case CGPIOD_BIAS_PULL_DOWN: return flags | GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_DOWN;
    }
    return flags;
}

struct cgpiod_line *cgpiod_request(
    const char *path, unsigned int offset, bool active_low, enum cgpiod_use use, enum cgpiod_bias bias,
    const char *consumer) {
    struct cgpiod_line *requested = calloc(1, sizeof *requested);
    if (!requested) return NULL;
    requested->descriptor = -1;
    requested->chip = gpiod_chip_open(path);
    if (requested->chip) requested->line = gpiod_chip_get_line(requested->chip, offset);
    struct gpiod_line_request_config config = {
        .consumer = consumer,
        .request_type = request_type(use),
        .flags = request_flags(active_low, bias),
    };
    bool done = requested->line && gpiod_line_request(requested->line, &config, use == CGPIOD_OUTPUT_ACTIVE) == 0;
    if (done && use >= CGPIOD_EDGES_TO_ACTIVE) {
        requested->descriptor = gpiod_line_event_get_fd(requested->line);
        done = requested->descriptor >= 0 && fcntl(requested->descriptor, F_SETFL, O_NONBLOCK) == 0;
    }
    if (done) return requested;
    int error = errno;
    cgpiod_release(requested);
    errno = error;
    return NULL;
}

void cgpiod_release(struct cgpiod_line *line) {
    if (line->chip) gpiod_chip_close(line->chip);
    free(line);
}

int cgpiod_get(struct cgpiod_line *line) { return gpiod_line_get_value(line->line); }

int cgpiod_set(struct cgpiod_line *line, bool active) { return gpiod_line_set_value(line->line, active); }

int cgpiod_descriptor(struct cgpiod_line *line) { return line->descriptor; }

int cgpiod_read_edges(struct cgpiod_line *line, struct cgpiod_edge *edges, size_t count) {
    struct gpiod_line_event events[CGPIOD_EDGES_MAX];
    if (count > CGPIOD_EDGES_MAX) count = CGPIOD_EDGES_MAX;
    int got = gpiod_line_event_read_multiple(line->line, events, count);
    for (int index = 0; index < got; index++) {
        edges[index] = (struct cgpiod_edge){
            .nanoseconds = (uint64_t)events[index].ts.tv_sec * 1000000000 + (uint64_t)events[index].ts.tv_nsec,
            .to_active = events[index].event_type == GPIOD_LINE_EVENT_RISING_EDGE,
        };
    }
    return got;
}

#endif
