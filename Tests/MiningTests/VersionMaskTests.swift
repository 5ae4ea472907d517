import Mining
import Testing

/// BIP 310 and BIP 320; the counting vector is ESP-Miner's (its mask is wider than BIP 320 allows).
@Suite struct VersionMaskTests {
    @Test func masksAreCutDownToTheBitsThatMayBeRolled() {
        #expect(VersionMask(granted: .max).bits == 0x1FFF_E000)
        #expect(VersionMask(granted: 0x1FFF_FFE0).bits == 0x1FFF_E000)
        #expect(VersionMask(granted: 0x0000_0004).bits == 0)
    }

    @Test func maskedBitsCountAsOneNumber() {
        let mask = VersionMask(granted: 0x00FF_FF00, allowed: .max)
        let versions = (0...4).map { mask.apply(mask.bits(ofVariant: $0), to: 0x2000_0004) }
        #expect(versions == [0x2000_0004, 0x2000_0104, 0x2000_0204, 0x2000_0304, 0x2000_0404])
        #expect(mask.variantCount == 65536)
        #expect(mask.bits(ofVariant: 65535) == 0x00FF_FF00)
        #expect(mask.bits(ofVariant: 65536) == 0)
    }

    @Test func theCountCarriesOverHolesInTheMask() {
        let mask = VersionMask(granted: 0x1001_2000)
        let choices = (0..<8).map { mask.bits(ofVariant: $0) }
        #expect(
            choices == [
                0, 0x2000, 0x1_0000, 0x1_2000, 0x1000_0000, 0x1000_2000, 0x1001_0000, 0x1001_2000,
            ])
        #expect(mask.variantCount == 8)
    }

    @Test func bitsOutsideTheMaskKeepTheJobsValue() {
        let mask = VersionMask(granted: 0x1FFF_E000)
        #expect(mask.apply(0x00B4_4000, to: 0x2000_0000) == 0x20B4_4000)
        #expect(mask.apply(0xFFFF_FFFF, to: 0x2000_0004) == 0x3FFF_E004)
        #expect(mask.apply(0, to: 0x2E59_6000) == 0x2000_0000)
    }

    @Test func anEmptyMaskHasOneVariant() {
        let mask = VersionMask(granted: 0)
        #expect(mask.variantCount == 1)
        #expect(mask.bits(ofVariant: 7) == 0)
        #expect(VersionMask(granted: .max, allowed: .max).variantCount == 1 << 32)
    }
}
