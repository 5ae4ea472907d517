#include "csha256.h"

#include "constants.h"

static uint32_t rotr(uint32_t x, unsigned count) { return x >> count | x << (32 - count); }

static uint32_t sigma1(uint32_t x) { return rotr(x, 17) ^ rotr(x, 19) ^ x >> 10; }

void csha256_work_prepare(struct csha256_work *work) {
    uint32_t s[8];
    for (int i = 0; i < 8; i++) s[i] = work->midstate[i];
    for (int t = 0; t < 4; t++) {
        uint32_t a = s[0], b = s[1], c = s[2], e = s[4], f = s[5], g = s[6];
        uint32_t word = t < 3 ? work->tail[t] : 0;
        uint32_t t1 = s[7] + (rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)) + (g ^ (e & (f ^ g))) + csha256_k[t] + word;
        uint32_t t2 = (rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)) + ((a & b) | (c & (a | b)));
        if (t == 3) {
            work->round3_e = s[3] + t1;
            work->round3_a = t1 + t2;
            break;
        }
        for (int i = 7; i > 0; i--) s[i] = s[i - 1];
        s[4] += t1;
        s[0] = t1 + t2;
    }
    for (int i = 0; i < 8; i++) work->after_round2[i] = s[i];
    // W[t] = σ1(W[t-2]) + W[t-7] + σ0(W[t-15]) + W[t-16] with W4 = 0x80000000, W5…W14 = 0 and W15 = 640 bits.
    work->w16 = csha256_sigma0(work->tail[1]) + work->tail[0];
    work->w17 = sigma1(CSHA256_HEADER_BITS) + csha256_sigma0(work->tail[2]) + work->tail[1];
    work->w18 = sigma1(work->w16) + work->tail[2];
    work->w19 = sigma1(work->w17) + csha256_sigma0(CSHA256_PADDING);
    work->w31 = csha256_sigma0(work->w16) + CSHA256_HEADER_BITS;
}
