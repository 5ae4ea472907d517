#pragma once

// i2c-dev of the kernel and libi2c. The functions here answer 0 or a count, or -1 with errno, as system calls do.

#include <errno.h>
#include <i2c/smbus.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>

// Pointers make these differ between 32-bit and 64-bit boards.
_Static_assert(sizeof(struct i2c_msg) == (sizeof(void *) == 8 ? 16 : 12), "i2c_msg");
_Static_assert(sizeof(struct i2c_rdwr_ioctl_data) == 2 * sizeof(void *), "i2c_rdwr_ioctl_data");
_Static_assert(I2C_SLAVE == 0x703 && I2C_FUNCS == 0x705 && I2C_RDWR == 0x707 && I2C_SMBUS == 0x720, "i2c-dev requests");

static inline int ci2c_functions(int fd, unsigned long *functions) { return ioctl(fd, I2C_FUNCS, functions); }

static inline int ci2c_set_timeout(int fd, unsigned long milliseconds) {
    return ioctl(fd, I2C_TIMEOUT, (milliseconds + 9) / 10); // in units of 10 ms
}

static inline int ci2c_set_retries(int fd, unsigned long count) { return ioctl(fd, I2C_RETRIES, count); }

/// Selects an address for SMBus calls; EBUSY when a driver of the kernel has it.
static inline int ci2c_select(int fd, uint8_t address) { return ioctl(fd, I2C_SLAVE, (unsigned long)address); }

/// A write and a read as one transfer with a repeated start; a part without bytes is left out. The parts moved.
static inline int ci2c_transfer(
    int fd, uint8_t address, const uint8_t *written, uint16_t write_count, uint8_t *read, uint16_t read_count,
    bool ignore_nak) {
    struct i2c_msg messages[2];
    uint16_t flags = ignore_nak ? I2C_M_IGNORE_NAK : 0;
    uint32_t count = 0;
    if (write_count > 0) {
        messages[count++] = (struct i2c_msg){
            .addr = address, .flags = flags, .len = write_count, .buf = (uint8_t *)written};
    }
    if (read_count > 0) {
        messages[count++] = (struct i2c_msg){
            .addr = address, .flags = flags | I2C_M_RD, .len = read_count, .buf = read};
    }
    struct i2c_rdwr_ioctl_data transfer = {.msgs = messages, .nmsgs = count};
    return ioctl(fd, I2C_RDWR, &transfer);
}

/// libi2c answers the negative of the error number.
static inline int ci2c_result(int32_t result) {
    if (result >= 0) return result;
    errno = -result;
    return -1;
}

static inline bool ci2c_has(unsigned long functions, unsigned long wanted) { return (functions & wanted) == wanted; }
