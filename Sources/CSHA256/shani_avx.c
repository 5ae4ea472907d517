#if defined(__x86_64__)
#include <immintrin.h>

#include "constants.h"
#include "csha256.h"

// Where sha256msg1 takes turns with sha256rnds2 in one execution unit, the vector units have time to do its work.
#pragma clang attribute push(__attribute__((target("sha,avx"))), apply_to = function)
#define KERNEL csha256_scan_shani_avx
#define WAYS 3
#define MSG1(x, y) message1(x, y)
#define ENTER() _mm256_zeroupper()

__attribute__((always_inline)) static inline __m128i message1(__m128i x, __m128i y) {
    __m128i w = _mm_alignr_epi8(y, x, 4);
    __m128i rotated7 = _mm_xor_si128(_mm_srli_epi32(w, 7), _mm_slli_epi32(w, 25));
    __m128i rotated18 = _mm_xor_si128(_mm_srli_epi32(w, 18), _mm_slli_epi32(w, 14));
    return _mm_add_epi32(x, _mm_xor_si128(_mm_xor_si128(rotated7, rotated18), _mm_srli_epi32(w, 3)));
}

#include "shani.h"
#pragma clang attribute pop
#endif
