import Base

/// How a board uses its TPS546D24A. Voltages and currents as the board's maker programs them.
public struct TPS546Profile: Equatable, Sendable {
    /// Whether one regulator works alone or two share the load.
    public enum Phases: Equatable, Sendable {
        case single
        /// With the compensation block the shared loop needs.
        case two(compensation: [UInt8])
    }

    public var phases: Phases
    /// The input voltage above which the output may start, and below which it stops.
    public var inputOn: Millivolts
    public var inputOff: Millivolts
    public var inputOvervoltage: Millivolts
    /// Nil leaves the part's own warning limit: some parts take a low one for a fault.
    public var inputUndervoltageWarning: Millivolts?
    /// Feedback divider ratio in thousandths.
    public var scaleLoopMilli: Int32
    public var minimum: Millivolts
    public var maximum: Millivolts
    /// The output voltage after start-up, before anybody asks for another.
    public var standard: Millivolts
    public var overcurrentWarning: Milliamperes
    public var overcurrentFault: Milliamperes

    /// Bitaxe Max, Ultra, Supra and Gamma: 5 V input, one chip.
    public static let fiveVolt = TPS546Profile(
        phases: .single, inputOn: Millivolts(4800), inputOff: Millivolts(4500), inputOvervoltage: Millivolts(6500),
        inputUndervoltageWarning: nil, scaleLoopMilli: 250, minimum: Millivolts(1000), maximum: Millivolts(2000),
        standard: Millivolts(1200), overcurrentWarning: Milliamperes(25_000), overcurrentFault: Milliamperes(30_000))

    /// Gamma Turbo: 12 V input, two phases.
    public static let twoPhase = TPS546Profile(
        phases: .two(compensation: [0x12, 0x34, 0x42, 0x21, 0x04]), inputOn: Millivolts(11_000),
        inputOff: Millivolts(10_500), inputOvervoltage: Millivolts(14_800),
        inputUndervoltageWarning: Millivolts(11_000), scaleLoopMilli: 250, minimum: Millivolts(1000),
        maximum: Millivolts(3000), standard: Millivolts(1200), overcurrentWarning: Milliamperes(50_000),
        overcurrentFault: Milliamperes(55_000))

    /// Bitaxe Hex: 12 V input, three chips in series on one output.
    public static let threeInSeries = TPS546Profile(
        phases: .single, inputOn: Millivolts(11_500), inputOff: Millivolts(11_000),
        inputOvervoltage: Millivolts(14_800), inputUndervoltageWarning: Millivolts(11_000), scaleLoopMilli: 125,
        minimum: Millivolts(2500), maximum: Millivolts(4500), standard: Millivolts(3600),
        overcurrentWarning: Milliamperes(25_000), overcurrentFault: Milliamperes(30_000))
}

/// The PMBus commands of the TPS546D24A that the agent uses (TI SLUSDN0).
///
/// STORE_USER_ALL (0x15) is not among them: an interrupted store can leave the part unusable for good.
enum TPS546Command {
    static let operation: UInt8 = 0x01
    static let onOffConfig: UInt8 = 0x02
    static let clearFaults: UInt8 = 0x03
    static let phase: UInt8 = 0x04
    static let voutMode: UInt8 = 0x20
    static let voutCommand: UInt8 = 0x21
    static let voutMax: UInt8 = 0x24
    static let voutMarginHigh: UInt8 = 0x25
    static let voutMarginLow: UInt8 = 0x26
    static let voutScaleLoop: UInt8 = 0x29
    static let voutMin: UInt8 = 0x2B
    static let frequencySwitch: UInt8 = 0x33
    static let vinOn: UInt8 = 0x35
    static let vinOff: UInt8 = 0x36
    static let voutOvFault: UInt8 = 0x40
    static let voutOvWarn: UInt8 = 0x42
    static let voutUvWarn: UInt8 = 0x43
    static let voutUvFault: UInt8 = 0x44
    static let ioutOcFault: UInt8 = 0x46
    static let ioutOcResponse: UInt8 = 0x47
    static let ioutOcWarn: UInt8 = 0x4A
    static let otFault: UInt8 = 0x4F
    static let otResponse: UInt8 = 0x50
    static let otWarn: UInt8 = 0x51
    static let vinOvFault: UInt8 = 0x55
    static let vinOvResponse: UInt8 = 0x56
    static let vinUvWarn: UInt8 = 0x58
    static let tonDelay: UInt8 = 0x60
    static let tonRise: UInt8 = 0x61
    static let tonMaxFault: UInt8 = 0x62
    static let tonMaxResponse: UInt8 = 0x63
    static let toffDelay: UInt8 = 0x64
    static let toffFall: UInt8 = 0x65
    static let statusWord: UInt8 = 0x79
    static let readVin: UInt8 = 0x88
    static let readVout: UInt8 = 0x8B
    static let readIout: UInt8 = 0x8C
    static let readTemperature: UInt8 = 0x8D
    static let deviceID: UInt8 = 0xAD
    static let compensation: UInt8 = 0xB1
    static let syncConfig: UInt8 = 0xE4
    static let stackConfig: UInt8 = 0xEC
    static let pinDetectOverride: UInt8 = 0xEE
}

/// One register of the start-up list, and how its read-back is judged.
enum TPS546Setting: Equatable {
    case byte(UInt8, UInt8)
    case word(UInt8, UInt16)
    /// Rounded by the part to what its comparators can do: judged by value, within 5 %.
    case limit(UInt8, SLINEAR11)
    /// Only matters at the next power-up, and reserved bits do not read back: not judged.
    case wordForNextPowerUp(UInt8, UInt16)
    case block(UInt8, [UInt8])

    var command: UInt8 {
        switch self {
        case .byte(let command, _), .word(let command, _), .limit(let command, _),
            .wordForNextPowerUp(let command, _), .block(let command, _):
            command
        }
    }
}

extension TPS546Profile {
    /// Everything the part is told at start-up, in order, after OPERATION has switched the output off. The first
    /// ON_OFF_CONFIG wants pin and command to agree before the output turns on, the second makes the command alone
    /// decide. Nil when a value has no code.
    func settings(exponent: ULINEAR16.Exponent) -> [TPS546Setting]? {
        let isSingle = phases == .single
        var list: [TPS546Setting] = [
            .byte(TPS546Command.onOffConfig, 0x1F),
            .byte(TPS546Command.onOffConfig, 0x1B),
            .word(TPS546Command.stackConfig, isSingle ? 0x0000 : 0x0001),
            .byte(TPS546Command.syncConfig, isSingle ? 0x10 : 0xD0),
            .byte(TPS546Command.phase, isSingle ? 0x00 : 0xFF),
        ]
        var complete = true
        func limit(_ command: UInt8, milli: Int32) {
            if let value = SLINEAR11(milli: Int64(milli)) {
                list.append(.limit(command, value))
            } else {
                complete = false
            }
        }
        func whole(_ command: UInt8, _ number: Int16) {
            if let value = SLINEAR11(integer: number) { list.append(.limit(command, value)) } else { complete = false }
        }
        func output(_ command: UInt8, milli: Int32) {
            if let value = ULINEAR16(milli: milli, exponent: exponent) {
                list.append(.word(command, value.bits))
            } else {
                complete = false
            }
        }
        whole(TPS546Command.frequencySwitch, 650)  // kHz
        if case .two(let compensation) = phases { list.append(.block(TPS546Command.compensation, compensation)) }
        if let warning = inputUndervoltageWarning { limit(TPS546Command.vinUvWarn, milli: warning.value) }
        limit(TPS546Command.vinOn, milli: inputOn.value)
        limit(TPS546Command.vinOff, milli: inputOff.value)
        limit(TPS546Command.vinOvFault, milli: inputOvervoltage.value)
        list.append(.byte(TPS546Command.vinOvResponse, 0xB7))
        limit(TPS546Command.voutScaleLoop, milli: scaleLoopMilli)
        output(TPS546Command.voutCommand, milli: standard.value)
        output(TPS546Command.voutMax, milli: maximum.value)
        output(TPS546Command.voutMin, milli: minimum.value)
        // Limits and margins as ratios of the commanded voltage.
        output(TPS546Command.voutOvFault, milli: 1250)
        output(TPS546Command.voutOvWarn, milli: 1160)
        output(TPS546Command.voutMarginHigh, milli: 1100)
        output(TPS546Command.voutMarginLow, milli: 900)
        output(TPS546Command.voutUvWarn, milli: 900)
        output(TPS546Command.voutUvFault, milli: 750)
        limit(TPS546Command.ioutOcWarn, milli: overcurrentWarning.value)
        limit(TPS546Command.ioutOcFault, milli: overcurrentFault.value)
        list.append(.byte(TPS546Command.ioutOcResponse, 0xC0))  // shut down, stay off
        whole(TPS546Command.otWarn, 105)  // °C
        whole(TPS546Command.otFault, 145)
        list.append(.byte(TPS546Command.otResponse, 0xFF))
        whole(TPS546Command.tonDelay, 0)  // ms
        whole(TPS546Command.tonRise, 3)
        whole(TPS546Command.tonMaxFault, 0)
        list.append(.byte(TPS546Command.tonMaxResponse, 0x3B))
        whole(TPS546Command.toffDelay, 0)
        whole(TPS546Command.toffFall, 0)
        list.append(.wordForNextPowerUp(TPS546Command.pinDetectOverride, 0xFFFF))
        return complete ? list : nil
    }
}
