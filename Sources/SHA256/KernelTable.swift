internal import CSHA256

extension ScanKernel {
    /// The kernels whose instructions this CPU has, untested; the portable one is the last. `KernelSelection` is what
    /// programs that mine should use.
    public static var runnable: [ScanKernel] {
        let features = csha256_features()
        var kernels: [ScanKernel] = []
        func add(_ kernel: ScanKernel, needs feature: csha256_feature, _ other: csha256_feature? = nil) {
            let needed = feature.rawValue | (other?.rawValue ?? 0)
            if features & needed == needed { kernels.append(kernel) }
        }
        #if arch(x86_64)
            add(ScanKernel(name: "avx512", lanes: 16, search: csha256_scan_avx512), needs: CSHA256_AVX512)
            add(
                ScanKernel(name: "shani-avx512", lanes: 4, search: csha256_scan_shani_avx512),
                needs: CSHA256_SHANI, CSHA256_AVX512)
            add(
                ScanKernel(name: "shani-avx", lanes: 3, search: csha256_scan_shani_avx),
                needs: CSHA256_SHANI, CSHA256_AVX)
            add(ScanKernel(name: "shani", lanes: 4, search: csha256_scan_shani), needs: CSHA256_SHANI)
            add(ScanKernel(name: "avx2", lanes: 8, search: csha256_scan_avx2), needs: CSHA256_AVX2)
            add(ScanKernel(name: "avx", lanes: 4, search: csha256_scan_avx), needs: CSHA256_AVX)
            add(ScanKernel(name: "sse2", lanes: 4, search: csha256_scan_sse2), needs: CSHA256_SSE2)
        #elseif arch(arm64)
            add(ScanKernel(name: "arm-sha2", lanes: 2, search: csha256_scan_arm_sha2), needs: CSHA256_ARM_SHA2)
            add(ScanKernel(name: "neon", lanes: 4, search: csha256_scan_neon), needs: CSHA256_NEON)
        #elseif arch(arm)
            add(ScanKernel(name: "neon", lanes: 4, search: csha256_scan_neon), needs: CSHA256_NEON)
        #endif
        kernels.append(.scalar)
        return kernels
    }
}
