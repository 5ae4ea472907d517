// Nonce search kernels with SIMD and SHA instructions; the portable kernel and all policy are in Swift (module SHA256).
#pragma once

#include <stdint.h>

#pragma clang assume_nonnull begin

/// The constant part of a search: an 80-byte block header without its nonce.
///
/// The words after `tail` follow from it and serve the kernels; `csha256_work_prepare` fills them in.
struct csha256_work {
    /// SHA-256 state after header bytes 0…63.
    uint32_t midstate[8];
    /// Header bytes 64…75 as big-endian words: W0, W1, W2 of the second message block. W3 is the nonce.
    uint32_t tail[3];
    /// State (a…h) after rounds 0…2, which do not see the nonce.
    uint32_t after_round2[8];
    /// e and a of round 3 for W3 = 0; the nonce word is added to both.
    uint32_t round3_e, round3_a;
    /// The schedule words W16 and W17, and the constant parts of W18, W19 and W31.
    uint32_t w16, w17, w18, w19, w31;
};

/// Computes everything in `work` that follows from `midstate` and `tail`.
void csha256_work_prepare(struct csha256_work *work);

/// Instruction sets that this CPU has and that the operating system saves the registers of.
enum csha256_feature {
    CSHA256_SSE2 = 1 << 0,
    CSHA256_AVX = 1 << 1,
    CSHA256_AVX2 = 1 << 2,
    /// AVX-512 F, BW and VL.
    CSHA256_AVX512 = 1 << 3,
    /// The x86 SHA extensions, with SSSE3 and SSE4.1.
    CSHA256_SHANI = 1 << 4,
    CSHA256_NEON = 1 << 5,
    /// The SHA-256 instructions of the ARMv8 cryptography extension.
    CSHA256_ARM_SHA2 = 1 << 6,
};

/// The features of the CPU it runs on, as a set of `csha256_feature` bits.
uint32_t csha256_features(void);

// The search kernels; the number in a comment is how many nonces a group has.
//
// Each tries at most `groups` groups of consecutive nonces, the first of them being `first`. It stops at the first group in which
// the last hash word H7 of some nonce has no bit in common with `mask`, stores that group's H7, in nonce order, at `last`
// and returns the number of groups before that one, so `groups` if there is none. `last` has room for 16 words and may be
// overwritten in any case. A kernel may only run when its features are there.
#define CSHA256_KERNEL(name)                                                                             \
    uint64_t name(const struct csha256_work *work, uint32_t first, uint64_t groups, uint32_t mask, uint32_t *last)

#if defined(__x86_64__)
CSHA256_KERNEL(csha256_scan_sse2);          // 4
CSHA256_KERNEL(csha256_scan_avx);           // 4
CSHA256_KERNEL(csha256_scan_avx2);          // 8
CSHA256_KERNEL(csha256_scan_avx512);        // 16
CSHA256_KERNEL(csha256_scan_shani);         // 4
CSHA256_KERNEL(csha256_scan_shani_avx);     // 3
CSHA256_KERNEL(csha256_scan_shani_avx512);  // 4
#endif
#if defined(__aarch64__) || defined(__ARM_NEON)
CSHA256_KERNEL(csha256_scan_neon);  // 4
#endif
#if defined(__aarch64__)
CSHA256_KERNEL(csha256_scan_arm_sha2);  // 2
#endif

#pragma clang assume_nonnull end
