#if defined(__aarch64__) || defined(__ARM_NEON)
#include <arm_neon.h>

#include "constants.h"
#include "csha256.h"

#define KERNEL csha256_scan_neon
#define LANES 4
#define ROLLED 0
#define BSWAP(x) ((V)vrev32q_u8((uint8x16_t)(x)))
#if defined(__aarch64__)
#define ANY_CLEAR(x) (vminvq_u32((uint32x4_t)(x)) == 0)
#else
// AArch64 compilers find pairs of instructions for rotations and the bit select by themselves, these need telling:
// shift right and insert; bit select, where b and c agree it does not matter which of them is taken.
#define ROTR(x, n) ((V)vsriq_n_u32(vshlq_n_u32((uint32x4_t)(x), 32 - (n)), (uint32x4_t)(x), n))
#define CH(e, f, g) ((V)vbslq_u32((uint32x4_t)(e), (uint32x4_t)(f), (uint32x4_t)(g)))
#define MAJ(a, b, c) ((V)vbslq_u32((uint32x4_t)((a) ^ (b)), (uint32x4_t)(c), (uint32x4_t)(b)))
#define ANY_CLEAR(x) any_clear((uint32x4_t)(x))

__attribute__((always_inline)) static inline int any_clear(uint32x4_t x) {
    uint32x2_t low = vmin_u32(vget_low_u32(x), vget_high_u32(x));
    return vget_lane_u32(vpmin_u32(low, low), 0) == 0;
}
#endif

#include "lanes.h"
#endif
