import Base

/// Temperatures as register codes, rounded toward the colder side as converters that cut bits do.
enum TemperatureCodes {
    /// Sixteenths of a degree.
    static func sixteenths(_ temperature: Celsius) -> Int32 {
        Int32(clamping: (Int64(temperature.millidegrees) * 16).flooredQuotient(by: 1000))
    }

    /// A word of two's complement, left-aligned, with `bits` bits of a range of ±128 degrees.
    static func word(_ temperature: Celsius, bits: Int32) -> UInt16 {
        let sixteenths = min(max(sixteenths(temperature), -2048), 2047)
        let word = UInt16(truncatingIfNeeded: sixteenths) << 4
        return word & (0xFFFF << UInt16(16 - bits))
    }

    /// A pair of bytes: degrees, and sixteenths in the upper half of the second. The extended range counts from −64 °C to
    /// 191 °C; the other stops at 0 and just under 128 °C.
    static func pair(_ temperature: Celsius, extended: Bool) -> (high: UInt8, low: UInt8) {
        let shifted = sixteenths(temperature) + (extended ? 64 << 4 : 0)
        let clamped = min(max(shifted, 0), extended ? 4095 : 2047)
        return (UInt8(clamped >> 4), UInt8(clamped & 0xF) << 4)
    }
}

extension Int64 {
    /// The quotient rounded toward minus infinity, for a positive divisor.
    func flooredQuotient(by divisor: Int64) -> Int64 {
        self / divisor - (self % divisor < 0 ? 1 : 0)
    }
}
