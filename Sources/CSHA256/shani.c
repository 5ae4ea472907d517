#if defined(__x86_64__)
#include <immintrin.h>

#include "constants.h"
#include "csha256.h"

// For CPUs without AVX, and for those whose sha256msg1 is faster than the vector instructions for the same.
#pragma clang attribute push(__attribute__((target("sha,sse4.1"))), apply_to = function)
#define KERNEL csha256_scan_shani
#define WAYS 4
#define MSG1(x, y) _mm_sha256msg1_epu32(x, y)
#define ENTER() (void)0
#include "shani.h"
#pragma clang attribute pop
#endif
