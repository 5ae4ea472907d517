#include "clinux_buses.h"

#include <linux/watchdog.h>
#include <sys/ioctl.h>

_Static_assert(sizeof(struct watchdog_info) == 40 && WDIOC_GETSUPPORT == 0x80285700, "WDIOC_GETSUPPORT");
_Static_assert(WDIOC_GETBOOTSTATUS == 0x80045702 && WDIOC_SETOPTIONS == 0x80045704, "WDIOC_SETOPTIONS");
_Static_assert(WDIOC_KEEPALIVE == 0x80045705, "WDIOC_KEEPALIVE");
_Static_assert(WDIOC_SETTIMEOUT == 0xC0045706 && WDIOC_GETTIMEOUT == 0x80045707, "WDIOC_SETTIMEOUT");

const uint32_t clinux_watchdog_can_set_timeout = WDIOF_SETTIMEOUT;
const uint32_t clinux_watchdog_has_magic_close = WDIOF_MAGICCLOSE;
const uint32_t clinux_watchdog_reset_the_board = WDIOF_CARDRESET;

int clinux_watchdog_options(int fd, uint32_t *options) {
    struct watchdog_info info;
    if (ioctl(fd, WDIOC_GETSUPPORT, &info) != 0) return -1;
    *options = info.options;
    return 0;
}

int clinux_watchdog_set_timeout(int fd, int seconds) { return ioctl(fd, WDIOC_SETTIMEOUT, &seconds); }

int clinux_watchdog_get_timeout(int fd, int *seconds) { return ioctl(fd, WDIOC_GETTIMEOUT, seconds); }

int clinux_watchdog_boot_status(int fd, int *status) { return ioctl(fd, WDIOC_GETBOOTSTATUS, status); }

int clinux_watchdog_feed(int fd) { return ioctl(fd, WDIOC_KEEPALIVE, 0); }

int clinux_watchdog_stop(int fd) {
    int options = WDIOS_DISABLECARD;
    return ioctl(fd, WDIOC_SETOPTIONS, &options);
}
