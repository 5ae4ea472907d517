#pragma once

#include "clinux_base.h"

// SPI devices, serial ports and the watchdog: ioctl(2) is variadic, its numbers are macros with casts, and struct termios2
// cannot be seen next to the C library's termios. All answer 0 or a count, or -1 with errno.

// spidev (linux/spi/spidev.h).

int clinux_spi_set_mode(int fd, uint8_t mode);
int clinux_spi_get_mode(int fd, uint8_t *mode);
int clinux_spi_set_word_size(int fd, uint8_t bits);
int clinux_spi_set_clock(int fd, uint32_t hertz);
/// One message of one transfer; either buffer may be NULL: zeros are sent, what comes in is dropped. The bytes moved.
int clinux_spi_transfer(int fd, const void *sent, void *received, uint32_t count, uint32_t hertz);

// Serial ports (asm/termbits.h, linux/serial.h).

/// Raw bytes of 8 bits, no parity, one stop bit, no flow control, at the rate the port has.
int clinux_tty_set_raw(int fd);
/// Sets both directions to a rate in baud, once everything queued has left.
int clinux_tty_set_rate(int fd, uint32_t baud);
/// The rate the driver really set.
int clinux_tty_get_rate(int fd, uint32_t *baud);
/// Nobody but root may open it as well.
int clinux_tty_set_exclusive(int fd);
/// Asks the driver to hand over received bytes at once.
int clinux_tty_set_low_latency(int fd);
int clinux_tty_discard_input(int fd);
int clinux_tty_unsent(int fd);
/// 1 when the shift register is empty too, 0 when not.
int clinux_tty_is_transmitter_empty(int fd);
/// Holds the line low for 0.25 to 0.5 s.
int clinux_tty_send_break(int fd);
/// How many bytes were lost so far because nobody fetched them in time.
int clinux_tty_lost(int fd, uint32_t *count);

// The watchdog (linux/watchdog.h).

int clinux_watchdog_options(int fd, uint32_t *options);
int clinux_watchdog_set_timeout(int fd, int seconds);
int clinux_watchdog_get_timeout(int fd, int *seconds);
int clinux_watchdog_boot_status(int fd, int *status);
int clinux_watchdog_feed(int fd);
int clinux_watchdog_stop(int fd);

/// Bits of the options and of the boot status.
extern const uint32_t clinux_watchdog_can_set_timeout;
extern const uint32_t clinux_watchdog_has_magic_close;
extern const uint32_t clinux_watchdog_reset_the_board;
