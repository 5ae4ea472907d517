#if defined(__x86_64__)
#include <immintrin.h>

#include "constants.h"
#include "csha256.h"

// The same vectors as SSE2, but instructions with three operands save the moves.
#pragma clang attribute push(__attribute__((target("avx"))), apply_to = function)
#define KERNEL csha256_scan_avx
#define LANES 4
#define ROLLED 1
#define ANY_CLEAR(x) _mm_movemask_epi8(_mm_cmpeq_epi32((__m128i)(x), _mm_setzero_si128()))
#include "lanes.h"
#pragma clang attribute pop
#endif
