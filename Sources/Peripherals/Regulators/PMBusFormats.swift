import Base

/// PMBus "linear11": a number as an 11-bit signed mantissa times two to a 5-bit signed exponent (bits 15:11); the unit
/// is the command's (V, A, °C, kHz, ms). PMBus specification part II, 7.3.
public struct SLINEAR11: Equatable, Sendable {
    public var bits: UInt16

    public init(bits: UInt16) {
        self.bits = bits
    }

    /// The nearest representable number not further from zero than `milli` / 1000, so that a limit is never above the
    /// one asked for. Nil beyond ±1023 · 2¹⁵.
    public init?(milli: Int64) {
        let magnitude = Int64(clamping: milli.magnitude)
        // The smallest exponent that leaves ten bits of mantissa is the most precise one.
        for exponent in Int64(-16)...15 {
            let scaled: Int64
            if exponent < 0 {
                let (product, overflow) = magnitude.multipliedReportingOverflow(by: 1 << -exponent)
                if overflow { continue }
                scaled = product / 1000
            } else {
                scaled = magnitude / (1000 << exponent)
            }
            guard scaled <= 1023 else { continue }
            let mantissa = milli < 0 ? -scaled : scaled
            bits = UInt16(truncatingIfNeeded: exponent & 0x1F) << 11 | UInt16(truncatingIfNeeded: mantissa & 0x7FF)
            return
        }
        return nil
    }

    /// A whole number with exponent 0; nil outside −1024…1023. Parts expect temperatures, times and frequencies so.
    public init?(integer: Int16) {
        guard (-1024...1023).contains(integer) else { return nil }
        bits = UInt16(bitPattern: integer) & 0x7FF
    }

    public var exponent: Int32 { Int32(Int8(bitPattern: UInt8(truncatingIfNeeded: bits >> 8)) >> 3) }

    public var mantissa: Int32 { Int32(Int16(bitPattern: bits << 5) >> 5) }

    /// The number in thousandths of its unit, rounded toward zero.
    public var milli: Int64 {
        let scaled = Int64(mantissa) * 1000
        return exponent < 0 ? scaled / (1 << Int64(-exponent)) : scaled << Int64(exponent)
    }
}

/// PMBus "ulinear16": an output voltage as an unsigned 16-bit mantissa; the exponent is the part's VOUT_MODE. PMBus
/// specification part II, 8.4.1.
public struct ULINEAR16: Equatable, Sendable {
    /// The power of two that all output voltages of a part share, −16…15.
    public struct Exponent: Equatable, Sendable {
        public let value: Int8

        /// From VOUT_MODE: bits 4:0 two's complement. Nil unless bits 7:5 select the linear mode.
        public init?(voutMode: UInt8) {
            guard voutMode >> 5 == 0 else { return nil }
            value = Int8(bitPattern: voutMode << 3) >> 3
        }
    }

    public var bits: UInt16

    public init(bits: UInt16) {
        self.bits = bits
    }

    /// The nearest representable number not above `milli` / 1000, in volts or as a ratio. Nil below 0 and above what
    /// 16 bits hold.
    public init?(milli: Int32, exponent: Exponent) {
        guard milli >= 0 else { return nil }
        let shift = Int64(exponent.value)
        let scaled = shift < 0 ? (Int64(milli) << -shift) / 1000 : Int64(milli) / (1000 << shift)
        guard let bits = UInt16(exactly: scaled) else { return nil }
        self.bits = bits
    }

    /// The number in thousandths, rounded toward zero.
    public func milli(exponent: Exponent) -> Int32 {
        let shift = Int64(exponent.value)
        let scaled = Int64(bits) * 1000
        return Int32(clamping: shift < 0 ? scaled >> -shift : scaled << shift)
    }
}
