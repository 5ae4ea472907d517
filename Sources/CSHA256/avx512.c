#if defined(__x86_64__)
#include <immintrin.h>

#include "constants.h"
#include "csha256.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl"))), apply_to = function)
#define KERNEL csha256_scan_avx512
#define LANES 16
#define ROLLED 0
#define ANY_CLEAR(x) _mm512_testn_epi32_mask((__m512i)(x), (__m512i)(x))
// Any function of three bits in one instruction; the last operand is its truth table.
#define TERNARY(x, y, z, table) ((V)_mm512_ternarylogic_epi32((__m512i)(x), (__m512i)(y), (__m512i)(z), table))
#define XOR3(x, y, z) TERNARY(x, y, z, 0x96)
#define CH(e, f, g) TERNARY(e, f, g, 0xca)
#define MAJ(a, b, c) TERNARY(a, b, c, 0xe8)
#include "lanes.h"
#pragma clang attribute pop
#endif
