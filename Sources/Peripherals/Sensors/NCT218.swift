import Base
import Buses

/// NCT218 sensor (ON Semiconductor): its own temperature in whole degrees, at 0x4C. Registers as in the TMP451.
public struct NCT218 {
    /// −64…191 °C instead of 0…127 °C.
    public let extendedRange: Bool
    private let registers: ChipRegisters

    public init(on bus: any I2CBus, at address: I2CAddress, extendedRange: Bool = true) {
        self.extendedRange = extendedRange
        registers = ChipRegisters(.nct218, on: bus, at: address)
    }

    /// Requires the maker's number.
    public func validate() throws(ChipFault) {
        try registers.require(TMP451.Register.manufacturer, 0x1A)
    }

    /// Sets the range and wakes the part.
    public func configure() throws(ChipFault) {
        let mask = TMP451.rangeBit | TMP451.standbyBit
        let found = try registers.byte(TMP451.Register.configurationRead)
        try registers.set(
            TMP451.Register.configurationWrite, to: found & ~mask | (extendedRange ? TMP451.rangeBit : 0),
            readRegister: TMP451.Register.configurationRead, mask: mask)
    }

    /// The part's temperature; `deviceReset` while its range is not the configured one.
    public func temperature(now: Instant) -> Reading<Celsius> {
        Reading(at: now) { () throws(ReadingFailure) -> Celsius in
            try registers.requireSetting(
                TMP451.Register.configurationRead, mask: TMP451.rangeBit | TMP451.standbyBit,
                equals: extendedRange ? TMP451.rangeBit : 0)
            let degrees = try registers.sample(TMP451.Register.localHigh)
            if degrees == 0 { throw .allZeros }
            return try TMP451.celsius(high: degrees, low: 0, extendedRange: extendedRange)
        }
    }
}
