import Base
import Buses

/// INA260 power monitor with a built-in shunt, at 0x40–0x4F (TI SBOS656). It needs no setting up.
public struct INA260 {
    private enum Register {
        static let current: UInt8 = 0x01
        static let bus: UInt8 = 0x02
        static let power: UInt8 = 0x03
        static let manufacturer: UInt8 = 0xFE
        static let die: UInt8 = 0xFF
    }

    private static let manufacturer: UInt16 = 0x5449

    private let registers: ChipRegisters

    public init(on bus: any I2CBus, at address: I2CAddress = 0x40) {
        registers = ChipRegisters(.ina260, on: bus, at: address)
    }

    /// Requires the maker's number and the die's, 227, whatever its revision: an INA226 at the same address has other scales.
    public func validate() throws(ChipFault) {
        try registers.requireWord(Register.manufacturer, INA260.manufacturer)
        try registers.requireWord(Register.die, 0x2270, mask: 0xFFF0)
    }

    /// The current through the part; a zero or all ones only while it still identifies itself.
    public func current(now: Instant) -> Reading<Milliamperes> {
        Reading(at: now) { () throws(ReadingFailure) -> Milliamperes in
            INA260.current(try sample(Register.current))
        }
    }

    /// The supply voltage; a zero or all ones only while the part still identifies itself.
    public func busVoltage(now: Instant) -> Reading<Millivolts> {
        Reading(at: now) { () throws(ReadingFailure) -> Millivolts in
            INA260.busVoltage(try sample(Register.bus))
        }
    }

    /// The power through the part; a zero or all ones only while it still identifies itself.
    public func power(now: Instant) -> Reading<Milliwatts> {
        Reading(at: now) { () throws(ReadingFailure) -> Milliwatts in
            INA260.power(try sample(Register.power))
        }
    }

    private func sample(_ register: UInt8) throws(ReadingFailure) -> UInt16 {
        try registers.sampleWord(register, ifExtreme: Register.manufacturer, holds: INA260.manufacturer)
    }

    /// 1.25 mA per count, signed; fractions round toward zero.
    public static func current(_ raw: UInt16) -> Milliamperes {
        Milliamperes(Int32(Int16(bitPattern: raw)) * 125 / 100)
    }

    /// 1.25 mV per count.
    public static func busVoltage(_ raw: UInt16) -> Millivolts {
        Millivolts(Int32(raw) * 125 / 100)
    }

    /// 10 mW per count.
    public static func power(_ raw: UInt16) -> Milliwatts {
        Milliwatts(Int32(raw) * 10)
    }
}
