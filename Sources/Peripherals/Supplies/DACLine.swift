import Base

/// A supply whose output falls in a straight line with its DAC code: code = offset − slope · volts.
public struct DACLine: Equatable, Sendable {
    /// In millionths of a code.
    public let offset: Int64
    /// In millionths of a code per volt, positive.
    public let slope: Int64

    /// The nearest code for a voltage; nil outside 0–255.
    public func code(for voltage: Millivolts) -> UInt8? {
        let billionths = offset * 1000 - slope * Int64(voltage.value)
        let half: Int64 = billionths < 0 ? -500_000_000 : 500_000_000
        return UInt8(exactly: (billionths + half) / 1_000_000_000)
    }

    /// The voltage a code stands for, to the nearest millivolt.
    public func voltage(code: UInt8) -> Millivolts {
        Millivolts(clamping: ((offset - Int64(code) * 1_000_000) * 1000 + slope / 2) / slope)
    }
}
