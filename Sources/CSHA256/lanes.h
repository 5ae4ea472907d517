// The nonce search over vectors of lanes, one nonce a lane. No include guard: each kernel file defines what its
// instruction set needs and includes this once, under its own target attribute.
//
//   KERNEL        name of the search function to define (contract in csha256.h)
//   LANES         nonces in a vector
//   ROLLED        1 to keep 16-round groups as loops, so that the code fits the caches of decoded instructions; otherwise 0
//   ANY_CLEAR(x)  whether some lane is 0
//   ROTR(x, n), XOR3(x, y, z), CH(e, f, g), MAJ(a, b, c), BSWAP(x)  optional: what the instruction set has for them
//
// Left out because it is known beforehand or not needed (Docs/sha256.md): rounds 0–2 of the first hash, zero and
// constant terms of the schedules, rounds 61–63 of the second hash.

typedef uint32_t V __attribute__((ext_vector_type(LANES)));

#ifndef ROTR
#define ROTR(x, n) ((x) >> (n) | (x) << (32 - (n)))
#endif
#ifndef XOR3
#define XOR3(x, y, z) ((x) ^ (y) ^ (z))
#endif
#ifndef CH
#define CH(e, f, g) ((g) ^ ((e) & ((f) ^ (g))))
#endif
#ifndef BSWAP
#define BSWAP(x) ((ROTR(x, 8) & 0xff00ff00u) | (ROTR(x, 24) & 0x00ff00ffu))
#endif
#ifndef MAJ
// The a ^ b of one round is the b ^ c of the next, so this costs three operations and not four.
#define MAJ(a, b, c) ((b) ^ (((a) ^ (b)) & ((b) ^ (c))))
#endif

#define BIG_SIGMA0(x) XOR3(ROTR(x, 2), ROTR(x, 13), ROTR(x, 22))
#define BIG_SIGMA1(x) XOR3(ROTR(x, 6), ROTR(x, 11), ROTR(x, 25))
#define SIGMA0(x) XOR3(ROTR(x, 7), ROTR(x, 18), (x) >> 3)
#define SIGMA1(x) XOR3(ROTR(x, 17), ROTR(x, 19), (x) >> 10)

// The working variables change places instead of values: the new e is made in d, the new a in h.
#define ROUND(a, b, c, d, e, f, g, h, kw)                \
    do {                                                 \
        V t1 = h + (kw) + CH(e, f, g) + BIG_SIGMA1(e);   \
        d += t1;                                         \
        h = t1 + BIG_SIGMA0(a) + MAJ(a, b, c);      \
    } while (0)

// Eight rounds bring the working variables back to their places. KW(t) is K[t] + W[t].
#define FOUR_ROUNDS(t, KW)                      \
    ROUND(a, b, c, d, e, f, g, h, KW(t));       \
    ROUND(h, a, b, c, d, e, f, g, KW((t) + 1)); \
    ROUND(g, h, a, b, c, d, e, f, KW((t) + 2)); \
    ROUND(f, g, h, a, b, c, d, e, KW((t) + 3))
#define NEXT_FOUR_ROUNDS(t, KW)                 \
    ROUND(e, f, g, h, a, b, c, d, KW(t));       \
    ROUND(d, e, f, g, h, a, b, c, KW((t) + 1)); \
    ROUND(c, d, e, f, g, h, a, b, KW((t) + 2)); \
    ROUND(b, c, d, e, f, g, h, a, KW((t) + 3))
#define EIGHT_ROUNDS(t, KW) \
    FOUR_ROUNDS(t, KW);     \
    NEXT_FOUR_ROUNDS((t) + 4, KW)
#define SIXTEEN_ROUNDS(t, KW) \
    EIGHT_ROUNDS(t, KW);      \
    EIGHT_ROUNDS((t) + 8, KW)

// Of the header's second block, after the nonce: end mark, zeros, length.
#define HEADER_END(t) ((V)(csha256_k[t] + ((t) == 4 ? CSHA256_PADDING : (t) == 15 ? CSHA256_HEADER_BITS : 0)))
// Of words that are there already.
#define READY(t) (w[(t) & 15] + (V)csha256_k[t])
// Of a new word, W[t], that takes the place of W[t - 16].
#define EXTEND(t)                                                                                       \
    (w[(t) & 15] = (w[(t) & 15] + SIGMA0(w[((t) + 1) & 15])) + (w[((t) + 9) & 15] + SIGMA1(w[((t) + 14) & 15])))
#define EXTENDED(t) (EXTEND(t) + (V)csha256_k[t])
#define EXTENDED_IN_LOOP(t) (EXTEND(t) + k[t])

#if ROLLED
// K with every constant repeated for all lanes: one load, no broadcast.
#if LANES == 4
#define K_IN_LANES(k) {k, k, k, k},
#elif LANES == 8
#define K_IN_LANES(k) {k, k, k, k, k, k, k, k},
#endif
static const V k_in_lanes[64] = {CSHA256_K(K_IN_LANES)};
#endif

// Code of this length runs at one of two speeds, depending on where in its page it lies (Docs/sha256.md): not left to the linker.
#if ROLLED
#define PLACED __attribute__((aligned(4096)))
#else
#define PLACED
#endif

PLACED uint64_t KERNEL(const struct csha256_work *work, uint32_t first, uint64_t groups, uint32_t mask, uint32_t *last) {
    const uint32_t *s = work->after_round2;
    V nonce;
    for (uint32_t lane = 0; lane < LANES; lane++) nonce[lane] = first + lane;
    for (uint64_t group = 0; group < groups; group++, nonce += (uint32_t)LANES) {
        V n = BSWAP(nonce), w[16];
        // After round 3, in the places they have halfway through eight rounds.
        V a = (V)work->round3_e + n, b = (V)s[4], c = (V)s[5], d = (V)s[6];
        V e = (V)work->round3_a + n, f = (V)s[0], g = (V)s[1], h = (V)s[2];
        NEXT_FOUR_ROUNDS(4, HEADER_END);
        EIGHT_ROUNDS(8, HEADER_END);
#if ROLLED
        w[0] = (V)work->tail[0], w[1] = (V)work->tail[1], w[2] = (V)work->tail[2], w[3] = n;
        w[4] = (V)CSHA256_PADDING;
        for (int t = 5; t < 15; t++) w[t] = (V)0;
        w[15] = (V)CSHA256_HEADER_BITS;
#pragma clang loop unroll(disable)
        for (const V *k = k_in_lanes + 16; k != k_in_lanes + 64; k += 16) {
            SIXTEEN_ROUNDS(0, EXTENDED_IN_LOOP);
        }
#else
        // Most terms of W16–W31 are zero or constant.
        w[0] = (V)work->w16;
        w[1] = (V)work->w17;
        w[2] = (V)work->w18 + SIGMA0(n);
        w[3] = (V)work->w19 + n;
        w[4] = SIGMA1(w[2]) + (V)CSHA256_PADDING;
        w[5] = SIGMA1(w[3]);
        w[6] = SIGMA1(w[4]) + (V)CSHA256_HEADER_BITS;
        for (int t = 7; t < 14; t++) w[t] = SIGMA1(w[t - 2]) + w[t - 7];
        w[14] = SIGMA1(w[12]) + w[7] + (V)csha256_sigma0(CSHA256_HEADER_BITS);
        w[15] = SIGMA1(w[13]) + w[8] + (V)work->w31;
        SIXTEEN_ROUNDS(16, READY);
        SIXTEEN_ROUNDS(32, EXTENDED);
        SIXTEEN_ROUNDS(48, EXTENDED);
#endif

        // Second hash: of the digest, with its own end mark and length.
        w[0] = a + (V)work->midstate[0], w[1] = b + (V)work->midstate[1], w[2] = c + (V)work->midstate[2];
        w[3] = d + (V)work->midstate[3], w[4] = e + (V)work->midstate[4], w[5] = f + (V)work->midstate[5];
        w[6] = g + (V)work->midstate[6], w[7] = h + (V)work->midstate[7];
        w[8] = (V)CSHA256_PADDING;
        for (int t = 9; t < 15; t++) w[t] = (V)0;
        w[15] = (V)CSHA256_DIGEST_BITS;
        a = (V)csha256_iv[0], b = (V)csha256_iv[1], c = (V)csha256_iv[2], d = (V)csha256_iv[3];
        e = (V)csha256_iv[4], f = (V)csha256_iv[5], g = (V)csha256_iv[6], h = (V)csha256_iv[7];
        SIXTEEN_ROUNDS(0, READY);
#if ROLLED
#pragma clang loop unroll(disable)
        for (const V *k = k_in_lanes + 16; k != k_in_lanes + 64; k += 16) {
            SIXTEEN_ROUNDS(0, EXTENDED_IN_LOOP);
        }
#else
        SIXTEEN_ROUNDS(16, EXTENDED);
        SIXTEEN_ROUNDS(32, EXTENDED);
        // The result is h alone, so the compiler drops the rounds and words at the end that h does not depend on.
        SIXTEEN_ROUNDS(48, EXTENDED);
#endif
        V h7 = h + (V)csha256_iv[7];
        V filtered = h7 & (V)mask;
        if (ANY_CLEAR(filtered)) {
            for (uint32_t lane = 0; lane < LANES; lane++) last[lane] = h7[lane];
            return group;
        }
    }
    return groups;
}
