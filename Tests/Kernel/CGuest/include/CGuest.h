#pragma once

#include <stddef.h>

/// Opens the controlling end of a new pseudo-terminal, without waiting on reads, and writes the path of its other end;
/// -1 with errno.
int guest_open_terminal(char *path, size_t size);
