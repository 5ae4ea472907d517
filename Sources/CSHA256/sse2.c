#if defined(__x86_64__)
#include <emmintrin.h>

#include "constants.h"
#include "csha256.h"

#define KERNEL csha256_scan_sse2
#define LANES 4
#define ROLLED 1
#define ANY_CLEAR(x) _mm_movemask_epi8(_mm_cmpeq_epi32((__m128i)(x), _mm_setzero_si128()))
#include "lanes.h"
#endif
