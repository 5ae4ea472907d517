#include "csha256.h"

#if defined(__x86_64__)
#include <cpuid.h>

// The registers that the operating system saves (XCR0), or 0 where it does not say.
static uint64_t saved_state(uint32_t leaf1_ecx) {
    if (!(leaf1_ecx & bit_OSXSAVE)) return 0;
    uint32_t low, high;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}

uint32_t csha256_features(void) {
    // Intel SDM volume 1 §13.3: XCR0 bits 1–2 for xmm and ymm, 5–7 for the mask registers and the rest of zmm.
    const uint64_t ymm = 0x06, zmm = 0xe6;
    uint32_t eax, ebx, ecx, edx, features = CSHA256_SSE2;
    if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx)) return features;
    const uint32_t leaf1 = ecx;
    const uint64_t saved = saved_state(leaf1);
    const int avx = (leaf1 & bit_AVX) && (saved & ymm) == ymm;
    if (avx) features |= CSHA256_AVX;
    if (!__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx)) return features;
    if (avx && (ebx & bit_AVX2)) features |= CSHA256_AVX2;
    const uint32_t avx512 = bit_AVX512F | bit_AVX512BW | bit_AVX512VL;
    if (avx && (ebx & avx512) == avx512 && (saved & zmm) == zmm) features |= CSHA256_AVX512;
    const uint32_t sse = bit_SSSE3 | bit_SSE4_1;
    if ((ebx & bit_SHA) && (leaf1 & sse) == sse) features |= CSHA256_SHANI;
    return features;
}

#elif defined(__aarch64__) || defined(__arm__)
// From the C library (getauxval(3)); the bits are those of Linux, asm/hwcap.h.
unsigned long getauxval(unsigned long type);

#define AT_HWCAP 16

uint32_t csha256_features(void) {
    const unsigned long capabilities = getauxval(AT_HWCAP);
    uint32_t features = 0;
#if defined(__aarch64__)
    if (capabilities & 1ul << 1) features |= CSHA256_NEON;      // HWCAP_ASIMD
    if (capabilities & 1ul << 6) features |= CSHA256_ARM_SHA2;  // HWCAP_SHA2
#else
    if (capabilities & 1ul << 12) features |= CSHA256_NEON;  // HWCAP_NEON
#endif
    return features;
}

#else
uint32_t csha256_features(void) { return 0; }
#endif
