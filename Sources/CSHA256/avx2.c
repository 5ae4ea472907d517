#if defined(__x86_64__)
#include <immintrin.h>

#include "constants.h"
#include "csha256.h"

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#define KERNEL csha256_scan_avx2
#define LANES 8
#define ROLLED 1
#define ANY_CLEAR(x) _mm256_movemask_epi8(_mm256_cmpeq_epi32((__m256i)(x), _mm256_setzero_si256()))
#include "lanes.h"
#pragma clang attribute pop
#endif
