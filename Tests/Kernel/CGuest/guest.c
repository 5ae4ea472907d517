#define _GNU_SOURCE
#include "CGuest.h"

#include <fcntl.h>
#include <stdlib.h>

int guest_open_terminal(char *path, size_t size) {
    int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (terminal < 0 || grantpt(terminal) != 0 || unlockpt(terminal) != 0) return -1;
    return ptsname_r(terminal, path, size) == 0 ? terminal : -1;
}
