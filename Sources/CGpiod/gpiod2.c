#include "version.h"

#if CGPIOD_VERSION == 2

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

struct cgpiod_line {
    struct gpiod_line_request *request;
    /// Only for edges.
    struct gpiod_edge_event_buffer *events;
    unsigned int offset;
    int descriptor;
};

int cgpiod_chip_label(const char *path, char *label, size_t size) {
    struct gpiod_chip *chip = gpiod_chip_open(path);
    if (!chip) return -1;
    struct gpiod_chip_info *info = gpiod_chip_get_info(chip);
    if (info) {
        strncpy(label, gpiod_chip_info_get_label(info), size - 1);
        label[size - 1] = 0;
        gpiod_chip_info_free(info);
    }
    int error = errno;
    gpiod_chip_close(chip);
    errno = error;
    return info ? 0 : -1;
}

int cgpiod_line_offset(const char *path, const char *name) {
    struct gpiod_chip *chip = gpiod_chip_open(path);
    if (!chip) return -1;
    int offset = gpiod_chip_get_line_offset_from_name(chip, name);
    int error = errno;
    gpiod_chip_close(chip);
    errno = error;
    return offset;
}

static enum gpiod_line_edge edge_detection(enum cgpiod_use use) {
    switch (use) {
    case CGPIOD_EDGES_TO_ACTIVE: return GPIOD_LINE_EDGE_RISING;
    case CGPIOD_EDGES_TO_INACTIVE: return GPIOD_LINE_EDGE_FALLING;
    case CGPIOD_EDGES_BOTH: return GPIOD_LINE_EDGE_BOTH;
    default: return GPIOD_LINE_EDGE_NONE;
    }
}

static enum gpiod_line_bias line_bias(enum cgpiod_bias bias) {
    switch (bias) {
    case CGPIOD_BIAS_DISABLED: return GPIOD_LINE_BIAS_DISABLED;
    case CGPIOD_BIAS_PULL_UP: return GPIOD_LINE_BIAS_PULL_UP;
    case CGPIOD_BIAS_PULL_DOWN: return GPIOD_LINE_BIAS_PULL_DOWN;
    default: return GPIOD_LINE_BIAS_AS_IS;
    }
}

/// All settings of one line; the caller frees it.
static struct gpiod_line_config *line_config(
    unsigned int offset, bool active_low, enum cgpiod_use use, enum cgpiod_bias bias) {
    struct gpiod_line_config *config = gpiod_line_config_new();
    struct gpiod_line_settings *settings = gpiod_line_settings_new();
    bool is_output = use == CGPIOD_OUTPUT_INACTIVE || use == CGPIOD_OUTPUT_ACTIVE;
    bool done =
        config && settings &&
        gpiod_line_settings_set_direction(
            settings, is_output ? GPIOD_LINE_DIRECTION_OUTPUT : GPIOD_LINE_DIRECTION_INPUT) == 0 &&
        gpiod_line_settings_set_edge_detection(settings, edge_detection(use)) == 0 &&
        gpiod_line_settings_set_bias(settings, line_bias(bias)) == 0 &&
        gpiod_line_settings_set_event_clock(settings, GPIOD_LINE_CLOCK_MONOTONIC) == 0 &&
        gpiod_line_settings_set_output_value(
            settings, use == CGPIOD_OUTPUT_ACTIVE ? GPIOD_LINE_VALUE_ACTIVE : GPIOD_LINE_VALUE_INACTIVE) == 0;
    if (done) {
        gpiod_line_settings_set_active_low(settings, active_low);
        done = gpiod_line_config_add_line_settings(config, &offset, 1, settings) == 0;
    }
    int error = errno;
    if (settings) gpiod_line_settings_free(settings);
    if (!done && config) {
        gpiod_line_config_free(config);
        config = NULL;
    }
    errno = error;
    return config;
}

static struct gpiod_line_request *request_lines(
    const char *path, struct gpiod_line_config *lines, const char *consumer) {
    struct gpiod_request_config *request = gpiod_request_config_new();
    if (!request) return NULL;
    gpiod_request_config_set_consumer(request, consumer);
    struct gpiod_line_request *requested = NULL;
    struct gpiod_chip *chip = gpiod_chip_open(path);
    if (chip) requested = gpiod_chip_request_lines(chip, request, lines);
    int error = errno;
    // The request lives on without the chip.
    if (chip) gpiod_chip_close(chip);
    gpiod_request_config_free(request);
    errno = error;
    return requested;
}

struct cgpiod_line *cgpiod_request(
    const char *path, unsigned int offset, bool active_low, enum cgpiod_use use, enum cgpiod_bias bias,
    const char *consumer) {
    struct cgpiod_line *requested = calloc(1, sizeof *requested);
    if (!requested) return NULL;
    requested->offset = offset;
    requested->descriptor = -1;
    struct gpiod_line_config *config = line_config(offset, active_low, use, bias);
    if (config) requested->request = request_lines(path, config, consumer);
    bool done = requested->request != NULL;
    if (done && use >= CGPIOD_EDGES_TO_ACTIVE) {
        requested->events = gpiod_edge_event_buffer_new(CGPIOD_EDGES_MAX);
        requested->descriptor = gpiod_line_request_get_fd(requested->request);
        done = requested->events && fcntl(requested->descriptor, F_SETFL, O_NONBLOCK) == 0;
    }
    int error = errno;
    if (config) gpiod_line_config_free(config);
    if (done) return requested;
    cgpiod_release(requested);
    errno = error;
    return NULL;
}

void cgpiod_release(struct cgpiod_line *line) {
    if (line->events) gpiod_edge_event_buffer_free(line->events);
    if (line->request) gpiod_line_request_release(line->request);
    free(line);
}

int cgpiod_get(struct cgpiod_line *line) { return gpiod_line_request_get_value(line->request, line->offset); }

int cgpiod_set(struct cgpiod_line *line, bool active) {
    return gpiod_line_request_set_value(
        line->request, line->offset, active ? GPIOD_LINE_VALUE_ACTIVE : GPIOD_LINE_VALUE_INACTIVE);
}

int cgpiod_descriptor(struct cgpiod_line *line) { return line->descriptor; }

int cgpiod_read_edges(struct cgpiod_line *line, struct cgpiod_edge *edges, size_t count) {
    if (count > CGPIOD_EDGES_MAX) count = CGPIOD_EDGES_MAX;
    int got = gpiod_line_request_read_edge_events(line->request, line->events, count);
    for (int index = 0; index < got; index++) {
        struct gpiod_edge_event *event = gpiod_edge_event_buffer_get_event(line->events, (unsigned long)index);
        edges[index] = (struct cgpiod_edge){
            .nanoseconds = gpiod_edge_event_get_timestamp_ns(event),
            .sequence = (uint32_t)gpiod_edge_event_get_line_seqno(event),
            .to_active = gpiod_edge_event_get_event_type(event) == GPIOD_EDGE_EVENT_RISING_EDGE,
        };
    }
    return got;
}

#endif
