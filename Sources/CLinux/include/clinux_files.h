#pragma once

#include "clinux_base.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <stdio.h>
#include <limits.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

// open, openat, fcntl and ioctl are variadic.

static inline int clinux_open(const char *path, int flags, mode_t mode) { return open(path, flags, mode); }

static inline int clinux_fcntl_get_flags(int fd) { return fcntl(fd, F_GETFL); }

static inline int clinux_fcntl_set_flags(int fd, int flags) { return fcntl(fd, F_SETFL, flags); }

/// 1 for a directory, 0 for something else, -1 with errno.
static inline int clinux_is_directory(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 ? S_ISDIR(status.st_mode) : -1;
}

/// Columns of the terminal `fd`; -1 with errno ENOTTY when it is none.
static inline int clinux_terminal_columns(int fd) {
    struct winsize size;
    return ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : -1;
}

/// Device and inode of what a descriptor is open on; −1 on error.
static inline int clinux_identity(int fd, unsigned long long *device, unsigned long long *inode) {
    struct stat status;
    if (fstat(fd, &status) != 0) return -1;
    *device = status.st_dev;
    *inode = status.st_ino;
    return 0;
}

/// The name in a directory entry, an array that Swift sees as a tuple.
static inline const char *clinux_entry_name(const struct dirent *entry) { return entry->d_name; }
