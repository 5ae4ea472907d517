#pragma once

#include "CGpiod.h"

#include <gpiod.h>

// Both versions call their header gpiod.h and neither has a version macro. These do:
// version 1 alone defines GPIOD_BIT, in every release up to 1.6; version 2 dropped it.
#ifdef GPIOD_BIT
#define CGPIOD_VERSION 1
#else
#define CGPIOD_VERSION 2
#endif
