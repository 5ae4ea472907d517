/// How many chips share the addresses 0…255, and how far apart they are.
///
/// The distance is a power of two, so that the chip's bits can be read from a nonce by a shift.
public struct ChainAddresses: Hashable, Sendable {
    public static let maximumChipCount = 256

    /// Chips for which the addresses were laid out.
    public let chipCount: Int
    /// Distance between neighbours.
    public let interval: Int

    /// Lays out addresses for 1…256 chips; other counts are brought into that range.
    public init(chipCount: Int) {
        self.chipCount = min(max(1, chipCount), Self.maximumChipCount)
        interval = Self.maximumChipCount / self.chipCount.roundedUpToPowerOfTwo
    }

    /// The address of the chip at `position`, counted from the host.
    public func address(of position: Int) -> UInt8 { UInt8(truncatingIfNeeded: position * interval) }

    /// The position of the chip with `address`; nil when no chip of the chain has it.
    public func position(of address: UInt8) -> Int? {
        let position = Int(address) / interval
        return Int(address) % interval == 0 && position < chipCount ? position : nil
    }
}

extension Int {
    /// The smallest power of two that is not below this number; 1 for everything below 1.
    var roundedUpToPowerOfTwo: Int {
        self <= 1 ? 1 : 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount)
    }
}

/// The sweep of a core over its share of the nonces, in ticks of the 25 MHz input clock (register 10).
public enum HashCounting {
    /// Ticks taken off the calculated number: cores were seen to run about 130 ticks past the end of their share.
    public static let guardTicks: UInt32 = 200

    /// Nonces that one core searches per job: the nonce space split evenly among as many cores and chips as the next
    /// powers of two.
    public static func nonces(cores: Int, chips: Int) -> UInt64 {
        (1 << 32) / UInt64(cores.roundedUpToPowerOfTwo) / UInt64(chips.roundedUpToPowerOfTwo)
    }

    /// The ticks in which a core at the clock of `pll`, two nonces to a cycle, searches its share, less `margin`.
    /// Never 0, which would stop the cores.
    public static func ticks(cores: Int, chips: Int, pll: PLLSetting, margin: UInt32 = guardTicks) -> UInt32 {
        let sweep = nonces(cores: cores, chips: chips) * pll.divisor / (2 * UInt64(max(1, pll.feedback)))
        return UInt32(clamping: max(1, sweep - min(sweep, UInt64(margin))))
    }
}

/// Which bits of a nonce tell where it was found.
public enum NonceLayout: Hashable, Sendable {
    /// Bits 24–17 of the wire nonce are the chip's address, and below them the counter (BM1397, 1362, 1366).
    case addressBits
    /// Chips start at offsets spread evenly over bits 24–9 (BM1370).
    case offsetWindows
    /// Not known for chains of more than one chip (BM1368).
    case unknown

    /// The position in the chain of the chip that found `wireNonce`; nil when the nonce does not tell, or names a
    /// chip that the chain has not.
    public func chip(of wireNonce: UInt32, in addresses: ChainAddresses) -> Int? {
        if addresses.chipCount == 1 { return 0 }
        switch self {
        case .addressBits:
            let position = Int(wireNonce >> 17 & 0xFF) / addresses.interval
            return position < addresses.chipCount ? position : nil
        case .offsetWindows:
            return (Int(wireNonce >> 9 & 0xFFFF) * addresses.chipCount) >> 16
        case .unknown:
            return nil
        }
    }
}

/// How job ids are numbered and come back.
public enum JobIDRule: Hashable, Sendable {
    /// Steps of 4; results carry the id in bits 6–2 and the midstate's slot below (BM1397).
    case lowTwoBitsSlot
    /// Steps of 8; results carry the id in bits 7–3 and the sub-core below (BM1362, 1366).
    case lowThreeBitsSubCore
    /// Steps of 24; results carry the id shifted left by one in bits 7–4 and the sub-core below (BM1368, 1370).
    case lowFourBitsSubCore

    /// How many different ids there are.
    public var count: Int {
        switch self {
        case .lowTwoBitsSlot: 32
        case .lowThreeBitsSubCore, .lowFourBitsSubCore: 16
        }
    }

    /// The id of the job in `slot`, below 128. Vendor firmware goes up in these steps, modulo 128.
    public func id(ofSlot slot: Int) -> UInt8 {
        let step =
            switch self {
            case .lowTwoBitsSlot: 4
            case .lowThreeBitsSubCore: 8
            case .lowFourBitsSubCore: 24
            }
        return UInt8(slot * step % 128)
    }

    /// The job id and the sub-core (on the BM1397 the midstate's slot) in byte 7 of a nonce response.
    public func split(_ result: UInt8) -> (id: UInt8, subCore: UInt8) {
        switch self {
        case .lowTwoBitsSlot: (result & 0xFC, result & 0x03)
        case .lowThreeBitsSubCore: (result & 0xF8, result & 0x07)
        case .lowFourBitsSubCore: ((result & 0xF0) >> 1, result & 0x0F)
        }
    }

    /// The slot whose job has `id`; nil when the rule never gives that id.
    public func slot(ofID id: UInt8) -> Int? {
        switch self {
        case .lowTwoBitsSlot: id < 128 && id % 4 == 0 ? Int(id / 4) : nil
        case .lowThreeBitsSubCore: id < 128 && id % 8 == 0 ? Int(id / 8) : nil
        // 24 · 11 = 264 ≡ 8 (mod 128): eleven undoes three in sixteenths.
        case .lowFourBitsSubCore: id < 128 && id % 8 == 0 ? Int(id / 8) * 11 % 16 : nil
        }
    }
}
