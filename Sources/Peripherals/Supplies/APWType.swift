import Base

/// What an APW supply can be asked.
public enum APWCommand: UInt8, Equatable, Sendable, CaseIterable {
    case version = 0x01
    case type = 0x02
    /// DAC setpoint in the low byte.
    case setpoint = 0x03
    /// Measured output, 10-bit ADC count.
    case measurement = 0x04
    /// 1 = output on.
    case outputState = 0x05
    /// Sum of two thermistor channels.
    case thermistors = 0x09
    /// Set when the output has left its window; the request also feeds the watchdog.
    case faultFlag = 0x0A
    /// Arms (1) or disarms (0) the watchdog.
    case watchdog = 0x81
    case setVoltage = 0x83
}

/// A supply type, the answer to command 2, and what is known of it.
///
/// Commands 0x06 (read flash), 0x07 (a constant) and 0x8A (clear) have no use here, and 0x86 writes the calibration:
/// they are left out.
public struct APWType: Equatable, Sendable {
    /// How a voltage is told to the supply.
    public enum Setpoint: Equatable, Sendable {
        case dac(DACLine)
        /// IEEE 754 single precision volts, low byte first.
        case floatingPoint
    }

    /// What the knowledge rests on.
    public enum Evidence: Equatable, Sendable {
        /// The type's firmware was disassembled.
        case firmware
        /// Vendor-side documents and captured frames.
        case documented
        /// Only a formula in third-party software.
        case formula
    }

    public let code: UInt8
    /// Nil for types nobody has described: they can be identified and nothing else.
    public let setpoint: Setpoint?
    /// The voltages on the label, where it is known.
    public let label: ClosedRange<Millivolts>?
    public let evidence: Evidence
    private let commands: UInt16

    /// - Parameters:
    ///   - code: the answer to command 2, low byte.
    ///   - firmware: the answer to command 1, which decides the formula of type 0xC1.
    public init(code: UInt8, firmware: UInt8) {
        self.code = code
        let line: DACLine?
        let label: ClosedRange<Millivolts>?
        switch code {
        case 0x71, 0x72, 0x75, 0x77:
            line = DACLine(offset: 1_190_935_338, slope: 78_742_588)
            label = Millivolts(12_000)...Millivolts(15_000)
        case 0x73, 0x78:
            line = DACLine(offset: 1_280_577_821, slope: 73_979_365)
            label = Millivolts(14_000)...Millivolts(17_000)
        case 0x74, 0x76:
            line = DACLine(offset: 1_156_107_585, slope: 76_090_494)
            label = Millivolts(12_000)...Millivolts(15_000)
        case 0x41, 0x42:
            line = DACLine(offset: 765_411_764, slope: 35_833_333)
            label = Millivolts(14_500)...Millivolts(21_000)
        case 0x43: (line, label) = (DACLine(offset: 933_240_365, slope: 59_806_034), nil)
        case 0x61: (line, label) = (DACLine(offset: 1_144_502_262, slope: 52_243_589), nil)
        case 0x22: (line, label) = (DACLine(offset: 1_215_894_440, slope: 59_931_507), nil)
        case 0xC1 where firmware < 4: (line, label) = (DACLine(offset: 1_275_000_000, slope: 85_000_000), nil)
        case 0xC1: (line, label) = (DACLine(offset: 1_083_750_000, slope: 70_833_300), nil)
        default: (line, label) = (nil, nil)
        }
        self.label = label
        switch code {
        case 0x62, 0x64, 0x65, 0x66: setpoint = .floatingPoint
        default: setpoint = line.map { .dac($0) }
        }
        evidence =
            switch code {
            case 0x71, 0x73, 0x74, 0x76: .firmware
            case 0x41: .documented
            default: .formula
            }
        commands = APWType.commands(code, isDescribed: setpoint != nil)
    }

    /// Whether the type's firmware knows the command.
    public func supports(_ command: APWCommand) -> Bool {
        commands & APWType.bit(command) != 0
    }

    private static func commands(_ code: UInt8, isDescribed: Bool) -> UInt16 {
        let identify = bit(.version) | bit(.type)
        let set = identify | bit(.setpoint) | bit(.setVoltage)
        return switch code {
        case 0x71: set | bit(.measurement) | bit(.outputState)
        case 0x73: set | bit(.measurement) | bit(.outputState) | bit(.thermistors)
        case 0x74, 0x76:
            set | bit(.measurement) | bit(.outputState) | bit(.thermistors) | bit(.faultFlag) | bit(.watchdog)
        default: isDescribed ? set : identify
        }
    }

    /// Each command's bit in the set of supported ones.
    private static func bit(_ command: APWCommand) -> UInt16 {
        switch command {
        case .version: 1 << 0
        case .type: 1 << 1
        case .setpoint: 1 << 2
        case .measurement: 1 << 3
        case .outputState: 1 << 4
        case .thermistors: 1 << 5
        case .faultFlag: 1 << 6
        case .watchdog: 1 << 7
        case .setVoltage: 1 << 8
        }
    }

    /// The payload of a voltage for types that take floating point.
    public static func floatingPointPayload(_ voltage: Millivolts) -> [UInt8] {
        let bits = (Float(voltage.value) / 1000).bitPattern
        return [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: bits >> $0) }
    }
}
