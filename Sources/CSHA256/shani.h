// The nonce search with the x86 SHA extensions, WAYS nonces interleaved to hide the latency of sha256rnds2. No include guard:
// each kernel file defines this and includes it once, under its own target attribute.
//
//   KERNEL        name of the search function to define (contract in csha256.h)
//   WAYS          nonces hashed side by side
//   MSG1(x, y)    W[t] + σ0(W[t + 1]) for the four words of x, the last of them followed by the first of y
//   ENTER()       what to do before the first SHA instruction
//
// SHA instructions exist in the legacy SSE encoding only. If the upper halves of the vector registers are in use, each
// of them costs hundreds of cycles on some processors, so nothing here may touch a ymm register (Docs/sha256.md).

// Lane 0 first.
#define WORDS(w0, w1, w2, w3) _mm_setr_epi32((int)(w0), (int)(w1), (int)(w2), (int)(w3))
#define K4(t) WORDS(csha256_k[t], csha256_k[(t) + 1], csha256_k[(t) + 2], csha256_k[(t) + 3])
#define EACH for (int i = 0; i < WAYS; i++)

// Four rounds; `kw` is K + W of the first two in its low and of the other two in its high half.
#define ROUNDS_OF(kw)                                                                          \
    do {                                                                                       \
        __m128i sum[WAYS];                                                                     \
        EACH sum[i] = (kw);                                                                    \
        EACH cdgh[i] = _mm_sha256rnds2_epu32(cdgh[i], abef[i], sum[i]);                        \
        EACH abef[i] = _mm_sha256rnds2_epu32(abef[i], cdgh[i], _mm_shuffle_epi32(sum[i], 0x0e)); \
    } while (0)
#define ROUNDS(t, m) ROUNDS_OF(_mm_add_epi32(m[i], K4(t)))

// Four rounds whose words are all known beforehand.
#define CONSTANT_ROUNDS(t, x0, x1, x2, x3)                                                                          \
    do {                                                                                                            \
        EACH cdgh[i] = _mm_sha256rnds2_epu32(cdgh[i], abef[i], WORDS(csha256_k[t] + (x0), csha256_k[(t) + 1] + (x1), 0, 0)); \
        EACH abef[i] = _mm_sha256rnds2_epu32(abef[i], cdgh[i], WORDS(csha256_k[(t) + 2] + (x2), csha256_k[(t) + 3] + (x3), 0, 0)); \
    } while (0)

// {x1, x2, x3, y0}: four words from one word on.
#define NEXT(x, y) _mm_alignr_epi8(y, x, 4)

// m0 becomes the four words after m3.
#define EXTEND(m0, m1, m2, m3) \
    EACH m0[i] = _mm_sha256msg2_epu32(_mm_add_epi32(MSG1(m0[i], m1[i]), NEXT(m2[i], m3[i])), m3[i])

// Rounds t … t + 15 with the words m0…m3, and the sixteen words after them.
#define SIXTEEN_ROUNDS(t)           \
    do {                            \
        ROUNDS(t, m0);              \
        EXTEND(m0, m1, m2, m3);     \
        ROUNDS((t) + 4, m1);        \
        EXTEND(m1, m2, m3, m0);     \
        ROUNDS((t) + 8, m2);        \
        EXTEND(m2, m3, m0, m1);     \
        ROUNDS((t) + 12, m3);       \
        EXTEND(m3, m0, m1, m2);     \
    } while (0)

uint64_t KERNEL(const struct csha256_work *work, uint32_t first, uint64_t groups, uint32_t mask, uint32_t *last) {
    ENTER();
    const uint32_t *s = work->after_round2, *mid = work->midstate;
    // The SHA instructions hold the state as (a, b, e, f) and (c, d, g, h), first letter in the highest lane.
    const __m128i round3_abef = WORDS(s[4], work->round3_e, s[0], work->round3_a);
    const __m128i round3_cdgh = WORDS(s[6], s[5], s[2], s[1]);
    const __m128i mid_abef = WORDS(mid[5], mid[4], mid[1], mid[0]), mid_cdgh = WORDS(mid[7], mid[6], mid[3], mid[2]);
    const __m128i iv_abef = WORDS(csha256_iv[5], csha256_iv[4], csha256_iv[1], csha256_iv[0]);
    const __m128i iv_cdgh = WORDS(csha256_iv[7], csha256_iv[6], csha256_iv[3], csha256_iv[2]);
    const __m128i fixed16 = WORDS(work->w16, work->w17, work->w18, work->w19);
    const __m128i fixed20 = WORDS(CSHA256_PADDING, 0, CSHA256_HEADER_BITS, work->w16);
    const __m128i fixed28 = WORDS(0, 0, csha256_sigma0(CSHA256_HEADER_BITS), work->w31);
    const __m128i padding = WORDS(CSHA256_PADDING, 0, 0, 0), length = WORDS(0, 0, 0, CSHA256_DIGEST_BITS);
    uint32_t nonce = first;
    for (uint64_t group = 0; group < groups; group++, nonce += WAYS) {
        __m128i abef[WAYS], cdgh[WAYS], m0[WAYS], m1[WAYS], m2[WAYS], m3[WAYS];
        EACH {
            uint32_t n = __builtin_bswap32(nonce + (uint32_t)i);
            __m128i pair = _mm_cvtsi64_si128((long long)((uint64_t)n << 32 | csha256_sigma0(n)));
            abef[i] = _mm_add_epi32(round3_abef, _mm_shuffle_epi32(pair, 0x66));
            cdgh[i] = round3_cdgh;
            m0[i] = _mm_add_epi32(fixed16, _mm_slli_si128(pair, 8));
        }
        CONSTANT_ROUNDS(4, CSHA256_PADDING, 0, 0, 0);
        CONSTANT_ROUNDS(8, 0, 0, 0, 0);
        CONSTANT_ROUNDS(12, 0, 0, 0, CSHA256_HEADER_BITS);
        ROUNDS(16, m0);
        EACH m1[i] = _mm_sha256msg2_epu32(fixed20, m0[i]);
        ROUNDS(20, m1);
        EACH m2[i] = _mm_sha256msg2_epu32(NEXT(m0[i], m1[i]), m1[i]);
        ROUNDS(24, m2);
        EACH m3[i] = _mm_sha256msg2_epu32(_mm_add_epi32(NEXT(m1[i], m2[i]), fixed28), m2[i]);
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
            __m128i high = _mm_add_epi32(abef[i], mid_abef), low = _mm_add_epi32(cdgh[i], mid_cdgh);
            m0[i] = _mm_shuffle_epi32(_mm_unpackhi_epi64(high, low), 0xb1);
            m1[i] = _mm_shuffle_epi32(_mm_unpacklo_epi64(high, low), 0xb1);
            abef[i] = iv_abef;
            cdgh[i] = iv_cdgh;
        }
        ROUNDS(0, m0);
        ROUNDS(4, m1);
        CONSTANT_ROUNDS(8, CSHA256_PADDING, 0, 0, 0);
        CONSTANT_ROUNDS(12, 0, 0, 0, CSHA256_DIGEST_BITS);
        EACH m0[i] = _mm_sha256msg2_epu32(MSG1(m0[i], m1[i]), length);
        ROUNDS(16, m0);
        EACH m1[i] = _mm_sha256msg2_epu32(_mm_add_epi32(MSG1(m1[i], padding), NEXT(length, m0[i])), m0[i]);
        ROUNDS(20, m1);
        EACH m2[i] = _mm_sha256msg2_epu32(_mm_add_epi32(NEXT(m0[i], m1[i]), padding), m1[i]);
        ROUNDS(24, m2);
        EACH m3[i] = _mm_sha256msg2_epu32(_mm_add_epi32(MSG1(length, m0[i]), NEXT(m1[i], m2[i])), m2[i]);
        ROUNDS(28, m3);
        EXTEND(m0, m1, m2, m3);
        EXTEND(m1, m2, m3, m0);
        EXTEND(m2, m3, m0, m1);
        EXTEND(m3, m0, m1, m2);
        SIXTEEN_ROUNDS(32);
        ROUNDS(48, m0);
        ROUNDS(52, m1);
        ROUNDS(56, m2);
        // Rounds 60 and 61. H7 comes from the e of round 60, which is f now, in lane 0; rounds 62 and 63 do not matter.
        uint32_t candidates = 0;
        EACH {
            cdgh[i] = _mm_sha256rnds2_epu32(cdgh[i], abef[i], _mm_add_epi32(m3[i], K4(60)));
            last[i] = (uint32_t)_mm_cvtsi128_si32(cdgh[i]) + csha256_iv[7];
            candidates |= (last[i] & mask) == 0;
        }
        if (candidates) return group;
    }
    return groups;
}
