#if defined(__x86_64__)
#include <immintrin.h>

#include "constants.h"
#include "csha256.h"

// As shani_avx.c, with the rotations and three-operand logic that AVX-512VL has for 128-bit vectors.
#pragma clang attribute push(__attribute__((target("sha,avx512f,avx512bw,avx512vl"))), apply_to = function)
#define KERNEL csha256_scan_shani_avx512
#define WAYS 4
#define MSG1(x, y) message1(x, y)
#define ENTER() _mm256_zeroupper()

__attribute__((always_inline)) static inline __m128i message1(__m128i x, __m128i y) {
    __m128i w = _mm_alignr_epi8(y, x, 4);
    __m128i rotated7 = _mm_ror_epi32(w, 7), rotated18 = _mm_ror_epi32(w, 18);
    return _mm_add_epi32(x, _mm_ternarylogic_epi32(rotated7, rotated18, _mm_srli_epi32(w, 3), 0x96));
}

#include "shani.h"
#pragma clang attribute pop
#endif
