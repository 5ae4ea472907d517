#include "clinux_buses.h"

#include <linux/spi/spidev.h>
#include <sys/ioctl.h>

// The kernel's interface, the same on 32-bit and 64-bit boards: buffers are 64-bit fields on both.
_Static_assert(sizeof(struct spi_ioc_transfer) == 32, "spi_ioc_transfer");
_Static_assert(SPI_IOC_MESSAGE(1) == 0x40206B00, "SPI_IOC_MESSAGE");
_Static_assert(SPI_IOC_WR_MODE == 0x40016B01 && SPI_IOC_RD_MODE == 0x80016B01, "SPI_IOC_MODE");
_Static_assert(SPI_IOC_WR_BITS_PER_WORD == 0x40016B03, "SPI_IOC_WR_BITS_PER_WORD");
_Static_assert(SPI_IOC_WR_MAX_SPEED_HZ == 0x40046B04, "SPI_IOC_WR_MAX_SPEED_HZ");

int clinux_spi_set_mode(int fd, uint8_t mode) { return ioctl(fd, SPI_IOC_WR_MODE, &mode); }

int clinux_spi_get_mode(int fd, uint8_t *mode) { return ioctl(fd, SPI_IOC_RD_MODE, mode); }

int clinux_spi_set_word_size(int fd, uint8_t bits) { return ioctl(fd, SPI_IOC_WR_BITS_PER_WORD, &bits); }

int clinux_spi_set_clock(int fd, uint32_t hertz) { return ioctl(fd, SPI_IOC_WR_MAX_SPEED_HZ, &hertz); }

int clinux_spi_transfer(int fd, const void *sent, void *received, uint32_t count, uint32_t hertz) {
    struct spi_ioc_transfer transfer = {
        .tx_buf = (uintptr_t)sent,
        .rx_buf = (uintptr_t)received,
        .len = count,
        .speed_hz = hertz,
        .bits_per_word = 8,
    };
    return ioctl(fd, SPI_IOC_MESSAGE(1), &transfer);
}
