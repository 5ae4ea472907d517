#if defined(__aarch64__)
#include <arm_neon.h>

#include "constants.h"
#include "csha256.h"

// The nonce search with the SHA-256 instructions of ARMv8, two nonces interleaved to hide their latency.
#pragma clang attribute push(__attribute__((target("sha2"))), apply_to = function)

#define WAYS 2
#define EACH for (int i = 0; i < WAYS; i++)
#define WORDS(w0, w1, w2, w3) ((uint32x4_t){(w0), (w1), (w2), (w3)})

// Four rounds; `kw` is K + W.
#define ROUNDS_OF(kw)                                         \
    EACH {                                                    \
        uint32x4_t sum = (kw), old = abcd[i];                 \
        abcd[i] = vsha256hq_u32(old, efgh[i], sum);           \
        efgh[i] = vsha256h2q_u32(efgh[i], old, sum);          \
    }
#define K4(t) vld1q_u32(csha256_k + (t))
#define ROUNDS(t, m) ROUNDS_OF(vaddq_u32(m[i], K4(t)))
#define CONSTANT_ROUNDS(t, x0, x3) \
    ROUNDS_OF(WORDS(csha256_k[t] + (x0), csha256_k[(t) + 1], csha256_k[(t) + 2], csha256_k[(t) + 3] + (x3)))

// m0 becomes the four words after m3.
#define EXTEND(m0, m1, m2, m3) EACH m0[i] = vsha256su1q_u32(vsha256su0q_u32(m0[i], m1[i]), m2[i], m3[i])
// Rounds t … t + 15 with the words m0…m3, which become the sixteen words after them.
#define SIXTEEN_ROUNDS(t)       \
    ROUNDS(t, m0);              \
    EXTEND(m0, m1, m2, m3);     \
    ROUNDS((t) + 4, m1);        \
    EXTEND(m1, m2, m3, m0);     \
    ROUNDS((t) + 8, m2);        \
    EXTEND(m2, m3, m0, m1);     \
    ROUNDS((t) + 12, m3);       \
    EXTEND(m3, m0, m1, m2)

uint64_t csha256_scan_arm_sha2(
    const struct csha256_work *work, uint32_t first, uint64_t groups, uint32_t mask, uint32_t *last) {
    const uint32_t *s = work->after_round2;
    const uint32x4_t round3_abcd = WORDS(work->round3_a, s[0], s[1], s[2]);
    const uint32x4_t round3_efgh = WORDS(work->round3_e, s[4], s[5], s[6]);
    const uint32x4_t mid_abcd = vld1q_u32(work->midstate), mid_efgh = vld1q_u32(work->midstate + 4);
    const uint32x4_t fixed16 = WORDS(work->w16, work->w17, work->w18, work->w19);
    const uint32x4_t fixed28 = WORDS(0, 0, csha256_sigma0(CSHA256_HEADER_BITS), work->w31);
    const uint32x4_t padding = WORDS(CSHA256_PADDING, 0, 0, 0), zero = WORDS(0, 0, 0, 0);
    const uint32x4_t header_length = WORDS(0, 0, 0, CSHA256_HEADER_BITS), length = WORDS(0, 0, 0, CSHA256_DIGEST_BITS);
    uint32_t nonce = first;
    for (uint64_t group = 0; group < groups; group++, nonce += WAYS) {
        uint32x4_t abcd[WAYS], efgh[WAYS], m0[WAYS], m1[WAYS], m2[WAYS], m3[WAYS];
        EACH {
            uint32_t n = __builtin_bswap32(nonce + (uint32_t)i);
            abcd[i] = vaddq_u32(round3_abcd, WORDS(n, 0, 0, 0));
            efgh[i] = vaddq_u32(round3_efgh, WORDS(n, 0, 0, 0));
            m0[i] = vaddq_u32(fixed16, WORDS(0, 0, csha256_sigma0(n), n));
        }
        CONSTANT_ROUNDS(4, CSHA256_PADDING, 0);
        CONSTANT_ROUNDS(8, 0, 0);
        CONSTANT_ROUNDS(12, 0, CSHA256_HEADER_BITS);
        // The words 4–15 are mostly zero, so σ0 and W[t - 16] of the words 20–31 are constants.
        ROUNDS(16, m0);
        EACH m1[i] = vsha256su1q_u32(padding, header_length, m0[i]);
        ROUNDS(20, m1);
        EACH m2[i] = vsha256su1q_u32(zero, m0[i], m1[i]);
        ROUNDS(24, m2);
        EACH m3[i] = vsha256su1q_u32(fixed28, m1[i], m2[i]);
        ROUNDS(28, m3);
        EXTEND(m0, m1, m2, m3);
        EXTEND(m1, m2, m3, m0);
        EXTEND(m2, m3, m0, m1);
        EXTEND(m3, m0, m1, m2);
        SIXTEEN_ROUNDS(32);
        ROUNDS(48, m0);
        ROUNDS(52, m1);
        ROUNDS(56, m2);
        ROUNDS(60, m3);

        // Second hash: its first eight words are the digest of the first.
        EACH {
            m0[i] = vaddq_u32(abcd[i], mid_abcd);
            m1[i] = vaddq_u32(efgh[i], mid_efgh);
            abcd[i] = vld1q_u32(csha256_iv);
            efgh[i] = vld1q_u32(csha256_iv + 4);
        }
        ROUNDS(0, m0);
        ROUNDS(4, m1);
        CONSTANT_ROUNDS(8, CSHA256_PADDING, 0);
        CONSTANT_ROUNDS(12, 0, CSHA256_DIGEST_BITS);
        EACH m0[i] = vsha256su1q_u32(vsha256su0q_u32(m0[i], m1[i]), padding, length);
        ROUNDS(16, m0);
        EACH m1[i] = vsha256su1q_u32(vsha256su0q_u32(m1[i], padding), length, m0[i]);
        ROUNDS(20, m1);
        EACH m2[i] = vsha256su1q_u32(padding, m0[i], m1[i]);
        ROUNDS(24, m2);
        EACH m3[i] = vsha256su1q_u32(vsha256su0q_u32(length, m0[i]), m1[i], m2[i]);
        ROUNDS(28, m3);
        EXTEND(m0, m1, m2, m3);
        EXTEND(m1, m2, m3, m0);
        EXTEND(m2, m3, m0, m1);
        EXTEND(m3, m0, m1, m2);
        SIXTEEN_ROUNDS(32);
        ROUNDS(48, m0);
        ROUNDS(52, m1);
        ROUNDS(56, m2);
        ROUNDS(60, m3);
        uint32_t candidates = 0;
        EACH {
            last[i] = vgetq_lane_u32(efgh[i], 3) + csha256_iv[7];
            candidates |= (last[i] & mask) == 0;
        }
        if (candidates) return group;
    }
    return groups;
}
#pragma clang attribute pop
#endif
