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
    /// The schedule words W16 and W17, and the constant parts of W18, W19, W31 and W32.
    uint32_t w16, w17, w18, w19, w31, w32;
};

/// Computes everything in `work` that follows from `midstate` and `tail`.
void csha256_work_prepare(struct csha256_work *work);

#pragma clang assume_nonnull end
