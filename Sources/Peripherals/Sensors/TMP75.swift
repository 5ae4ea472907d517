import Base
import Buses

/// LM75A, TMP75 and TMP1075 board temperature sensors: one word at register 0, left-aligned two's complement
/// (NXP LM75A; TI SBOS288, SBOS854).
///
/// Addresses 0x48–0x4F; hash boards of the S19 class use 0x48, 0x49, 0x4A and 0x4C, Bitaxe boards 0x4A and 0x4B.
public struct TMP75 {
    /// The parts that share the value register.
    public enum Model: Equatable, Sendable {
        /// 11 bits, 0.125 °C.
        case lm75
        /// 12 bits, 0.0625 °C, once configured.
        case tmp75
        /// 12 bits, 0.0625 °C, with an identity register.
        case tmp1075
    }

    public let model: Model
    /// Added to every value: how much hotter the chips are than the board under the sensor, from the board file.
    public let offset: Celsius
    private let registers: ChipRegisters

    public init(_ model: Model, on bus: any I2CBus, at address: I2CAddress, offset: Celsius = .zero) {
        self.model = model
        self.offset = offset
        let chip: Chip =
            switch model {
            case .lm75: .lm75
            case .tmp75: .tmp75
            case .tmp1075: .tmp1075
            }
        registers = ChipRegisters(chip, on: bus, at: address)
    }

    /// Requires the TMP1075's identity. The other two have none: their first value is checked for a dead bus instead,
    /// which proves that something answers, not what.
    public func validate() throws(ChipFault) {
        if model == .tmp1075 { return try registers.requireWord(0x0F, 0x7500) }
        let found = try registers.word(0x00)
        if found == 0xFFFF {
            throw ChipFault(registers.chip, .wrongPart(register: 0x00, found: 0xFFFF, expected: 0))
        }
    }

    /// Sets continuous conversion: 12 bits on the TMP75, the power-on setting on the LM75A. A TMP1075 needs nothing.
    public func configure() throws(ChipFault) {
        switch model {
        case .lm75: try registers.set(0x01, to: 0x00)
        case .tmp75: try registers.set(0x01, to: 0x60)
        case .tmp1075: break
        }
    }

    /// The temperature, with the offset of the board file added.
    public func temperature(now: Instant) -> Reading<Celsius> {
        Reading(at: now) { () throws(ReadingFailure) -> Celsius in
            try TMP75.celsius(try registers.sampleWord(0x00), model: model) + offset
        }
    }

    /// The temperature a raw word stands for.
    ///
    /// - Throws: `allOnes`; `allZeros` for exactly 0 °C, which is also what the parts hold before their first
    ///   conversion and what a shorted line reads.
    public static func celsius(_ raw: UInt16, model: Model) throws(ReadingFailure) -> Celsius {
        if raw == 0xFFFF { throw .allOnes }
        if raw == 0 { throw .allZeros }
        let signed = Int32(Int16(bitPattern: raw))
        return model == .lm75 ? .binary(signed >> 5, fractionBits: 3) : .binary(signed >> 4, fractionBits: 4)
    }
}
