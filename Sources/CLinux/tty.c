#include "clinux_buses.h"

// Not <termios.h>: its struct termios carries no rate as a number, and clashes with these.
#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <linux/serial.h>
#include <linux/tty_flags.h>

extern int ioctl(int fd, unsigned long request, ...);

_Static_assert(sizeof(struct termios2) == 44 && offsetof(struct termios2, c_ospeed) == 40, "termios2");
_Static_assert(TCGETS2 == 0x802C542A && TCSETS2 == 0x402C542B && TCSETSW2 == 0x402C542C, "termios2 requests");
_Static_assert(TIOCOUTQ == 0x5411 && TCFLSH == 0x540B && TCSBRK == 0x5409 && TIOCEXCL == 0x540C, "tty requests");
_Static_assert(TIOCGSERIAL == 0x541E && ASYNC_LOW_LATENCY == 0x2000, "serial requests");

int clinux_tty_set_raw(int fd) {
    struct termios2 mode;
    if (ioctl(fd, TCGETS2, &mode) != 0) return -1;
    mode.c_iflag = IGNBRK;
    mode.c_oflag = 0;
    mode.c_lflag = 0;
    mode.c_cflag &= ~(CSIZE | CSTOPB | PARENB | CRTSCTS | HUPCL);
    mode.c_cflag |= CS8 | CREAD | CLOCAL;
    // With 0 a read that finds nothing could not be told from a port that has gone.
    mode.c_cc[VMIN] = 1;
    mode.c_cc[VTIME] = 0;
    return ioctl(fd, TCSETS2, &mode);
}

int clinux_tty_set_rate(int fd, uint32_t baud) {
    struct termios2 mode;
    if (ioctl(fd, TCGETS2, &mode) != 0) return -1;
    // An input rate of B0 means: as the output's.
    mode.c_cflag &= ~(CBAUD | CBAUD << IBSHIFT);
    mode.c_cflag |= BOTHER;
    mode.c_ispeed = baud;
    mode.c_ospeed = baud;
    return ioctl(fd, TCSETSW2, &mode);
}

int clinux_tty_get_rate(int fd, uint32_t *baud) {
    struct termios2 mode;
    if (ioctl(fd, TCGETS2, &mode) != 0) return -1;
    *baud = mode.c_ospeed;
    return 0;
}

int clinux_tty_set_exclusive(int fd) { return ioctl(fd, TIOCEXCL); }

int clinux_tty_set_low_latency(int fd) {
    struct serial_struct serial;
    if (ioctl(fd, TIOCGSERIAL, &serial) != 0) return -1;
    serial.flags |= ASYNC_LOW_LATENCY;
    return ioctl(fd, TIOCSSERIAL, &serial);
}

int clinux_tty_discard_input(int fd) { return ioctl(fd, TCFLSH, TCIFLUSH); }

int clinux_tty_unsent(int fd) {
    int count;
    return ioctl(fd, TIOCOUTQ, &count) == 0 ? count : -1;
}

int clinux_tty_is_transmitter_empty(int fd) {
    unsigned int status = 0;
    if (ioctl(fd, TIOCSERGETLSR, &status) != 0) return -1;
    return (status & 1) != 0; // TIOCSER_TEMT
}

int clinux_tty_send_break(int fd) { return ioctl(fd, TCSBRK, 0); }

int clinux_tty_lost(int fd, uint32_t *count) {
    struct serial_icounter_struct counters;
    if (ioctl(fd, TIOCGICOUNT, &counters) != 0) return -1;
    *count = (uint32_t)counters.overrun + (uint32_t)counters.buf_overrun;
    return 0;
}
