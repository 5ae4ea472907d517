/// The header version bits that a miner may choose ("version rolling", BIP 310 and BIP 320).
///
/// The masked bits together are treated as one counter, least significant bit first, so that variants can be
/// numbered: variant 1 has the lowest masked bit set, variant 2 the next, whatever lies between them.
public struct VersionMask: Hashable, Sendable {
    /// Bits 13–28, those that BIP 320 sets aside for this use.
    public static let generalPurpose: UInt32 = 0x1FFF_E000

    /// A one for every bit that may be chosen.
    public let bits: UInt32

    /// What remains of the mask granted by a pool after removing bits outside `allowed`, whose meaning is not
    /// the miner's to choose.
    public init(granted: UInt32, allowed: UInt32 = Self.generalPurpose) {
        bits = granted & allowed
    }

    /// How many versions the mask admits: 1 (nothing to choose) up to 2^32.
    public var variantCount: UInt64 { 1 << UInt64(bits.nonzeroBitCount) }

    /// The masked bits of variant `index`, which counts modulo `variantCount`.
    public func bits(ofVariant index: UInt32) -> UInt32 {
        var remaining = bits
        var counter = index
        var chosen: UInt32 = 0
        while remaining != 0, counter != 0 {
            let lowest = remaining & (0 &- remaining)
            if counter & 1 != 0 { chosen |= lowest }
            remaining ^= lowest
            counter >>= 1
        }
        return chosen
    }

    /// The version to put in the header: `base` with its masked bits replaced by those of `choice`.
    public func apply(_ choice: UInt32, to base: UInt32) -> UInt32 {
        base & ~bits | choice & bits
    }
}
