/// Register 00.
public struct ChipIdentity: Hashable, Sendable {
    /// The model as digits: 0x1370 is a BM1370.
    public var model: UInt16
    /// 0x18 on the BM1397, 0x03 on the BM1362, 0 on the others; no count of cores.
    public var coreByte: UInt8
    /// The address that the host assigned.
    public var address: UInt8

    public init(model: UInt16, coreByte: UInt8, address: UInt8) {
        self.model = model
        self.coreByte = coreByte
        self.address = address
    }

    public init(word: UInt32) {
        model = UInt16(word >> 16)
        coreByte = UInt8(word >> 8 & 0xFF)
        address = UInt8(word & 0xFF)
    }

    public var word: UInt32 { UInt32(model) << 16 | UInt32(coreByte) << 8 | UInt32(address) }
}

/// Register 3C: a message to the registers inside the cores.
public struct CoreCommand: Hashable, Sendable {
    /// Which cores of a chip are meant.
    public enum Recipient: Hashable, Sendable {
        case allCores
        case core(UInt8)
    }

    /// What a core is to do.
    public enum Operation: Hashable, Sendable {
        /// Write a core register (0–31).
        case write(UInt8, UInt8)
        /// Read a core register; the value appears in register 40.
        case read(UInt8)
    }

    public var recipient: Recipient
    public var operation: Operation

    public init(recipient: Recipient, operation: Operation) {
        self.recipient = recipient
        self.operation = operation
    }

    /// A read carries FF where a write carries its value, as captured.
    public init(word: UInt32) {
        recipient = word & 1 << 31 != 0 ? .allCores : .core(UInt8(word >> 16 & 0xFF))
        let register = UInt8(word >> 8 & 0x1F)
        operation = word & 1 << 15 != 0 ? .write(register, UInt8(word & 0xFF)) : .read(register)
    }

    public var word: UInt32 {
        var word: UInt32
        switch recipient {
        case .allCores: word = 1 << 31
        case .core(let core): word = UInt32(core) << 16
        }
        switch operation {
        case .write(let register, let value): word |= 1 << 15 | UInt32(register & 0x1F) << 8 | UInt32(value)
        case .read(let register): word |= UInt32(register & 0x1F) << 8 | 0xFF
        }
        return word
    }
}

/// Register 0C of a BM1370: where the chip starts to count nonces.
public struct NonceOffset: Hashable, Sendable {
    public var isEnabled: Bool
    /// The start of the counter in units of 512 nonces.
    public var offset: UInt16

    /// The share of the nonce space for the chip at `position` of a chain of `chipCount`.
    ///
    /// Rounds up: so a captured chain of 65 chips has 03F1 for the second chip and FC10 for the last, and a nonce
    /// leads back to its chip by one multiplication (`NonceLayout.chip`).
    public init(position: Int, chipCount: Int) {
        isEnabled = true
        offset = UInt16(clamping: (position * 65536 + chipCount - 1) / max(1, chipCount))
    }

    public init(word: UInt32) {
        isEnabled = word & 1 << 31 != 0
        offset = UInt16(word & 0xFFFF)
    }

    public var word: UInt32 { (isEnabled ? 1 << 31 : 0) | UInt32(offset) }
}

/// Register A4: rolls version bits inside the chip.
public struct VersionRolling: Hashable, Sendable {
    /// Bit 31: the chip makes the versions itself.
    public var isAutomatic: Bool
    /// Bits 29–28; 1 stands for 8 midstates at a time.
    public var countCode: UInt8
    /// Bits 28–13 of the header version that the chip may change.
    public var mask: UInt16

    /// Rolls the bits that `mask`, a BIP 310 version mask, has in 28–13.
    public init(versionMask mask: UInt32) {
        isAutomatic = true
        countCode = 1
        self.mask = UInt16(mask >> 13 & 0xFFFF)
    }

    public init(word: UInt32) {
        isAutomatic = word & 1 << 31 != 0
        countCode = UInt8(word >> 28 & 3)
        mask = UInt16(word & 0xFFFF)
    }

    public var word: UInt32 { (isAutomatic ? 1 << 31 : 0) | UInt32(countCode & 3) << 28 | UInt32(mask) }
}

/// Register 18 of a BM1397.
public struct MiscControl: Hashable, Sendable {
    /// The line rate is the baud clock / (8 · (divider + 1)); 9 bits in [27:24] and [12:8].
    public var baudDivider: UInt16
    /// Bit 16: the baud clock is PLL3's output, not the 25 MHz input.
    public var usesFastBaudClock: Bool
    /// The other bits, as they are.
    public var otherBits: UInt32

    private static let dividerBits: UInt32 = 0x0F00_1F00
    private static let fastClockBit: UInt32 = 1 << 16

    public init(word: UInt32) {
        baudDivider = UInt16(word >> 24 & 0xF) << 5 | UInt16(word >> 8 & 0x1F)
        usesFastBaudClock = word & Self.fastClockBit != 0
        otherBits = word & ~(Self.dividerBits | Self.fastClockBit)
    }

    public var word: UInt32 {
        otherBits | UInt32(baudDivider >> 5 & 0xF) << 24 | UInt32(baudDivider & 0x1F) << 8
            | (usesFastBaudClock ? Self.fastClockBit : 0)
    }

    /// The line rate when PLL3 gives 2.8 GHz and the fast UART divides it by seven.
    public var baudRate: UInt32 {
        (usesFastBaudClock ? 400_000_000 : 25_000_000) / (8 * (UInt32(baudDivider) + 1))
    }
}

/// Register 28 of a BM1362 or later.
public struct FastUART: Hashable, Sendable {
    /// The line rate is 25 MHz / (8 · (divider + 1)).
    public var baudDivider: UInt8
    /// The other bits, as they are; bit 28 is set by some vendors and its meaning is not published.
    public var otherBits: UInt32

    public init(word: UInt32) {
        baudDivider = UInt8(word >> 8 & 0xFF)
        otherBits = word & ~0xFF00
    }

    public var word: UInt32 { otherBits & ~0xFF00 | UInt32(baudDivider) << 8 }

    public var baudRate: UInt32 { 25_000_000 / (8 * (UInt32(baudDivider) + 1)) }
}

/// Register 2C: passes signals from one voltage domain to the next.
public struct UARTRelay: Hashable, Sendable {
    public var gapCount: UInt16
    public var relaysCommands: Bool
    public var relaysResponses: Bool

    public init(gapCount: UInt16, relaysCommands: Bool = true, relaysResponses: Bool = true) {
        self.gapCount = gapCount
        self.relaysCommands = relaysCommands
        self.relaysResponses = relaysResponses
    }

    public init(word: UInt32) {
        self.init(gapCount: UInt16(word >> 16), relaysCommands: word & 1 != 0, relaysResponses: word & 2 != 0)
    }

    public var word: UInt32 {
        UInt32(gapCount) << 16 | (relaysResponses ? 2 : 0) | (relaysCommands ? 1 : 0)
    }
}

/// Register B4 of a BM1368.
public struct TemperatureResult: Hashable, Sendable {
    /// Bit 31: a conversion has finished.
    public var isValid: Bool
    public var code: UInt16

    public init(word: UInt32) {
        isValid = word & 1 << 31 != 0
        code = UInt16(word & 0xFFFF)
    }

    /// The die temperature in thousandths of a degree Celsius: code · 0.171342 − 299.5144; nil without a conversion.
    public var millicelsius: Int32? {
        isValid ? Int32((Int64(code) * 171_342 - 299_514_400) / 1000) : nil
    }
}

/// Register 04 of a BM1397.
public struct HashRateReading: Hashable, Sendable {
    /// Hashes per second in units of 2²⁰; nil when the chip has no figure (bit 31 set, or all ones).
    public var mebihashesPerSecond: UInt32?

    public init(word: UInt32) {
        mebihashesPerSecond = word & 1 << 31 != 0 || word == 0x007F_FFFF ? nil : word
    }
}
