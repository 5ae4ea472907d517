import Base
import Buses

/// The dsPIC33EP16GS202 voltage controller of S17, S19, T17 and T19 hash boards, at 0x20–0x22 for slots 1–3.
///
/// Descriptions of its protocol contradict each other between firmware generations, and none is verified: the driver
/// refuses to work unless its configuration says otherwise. Empty slots are never to be addressed: a missing
/// acknowledge there can wedge the bus that all slots share.
public struct DSPIC33 {
    /// What the board file says of the controller.
    public struct Configuration: Equatable, Sendable {
        /// Allows talking to the controller at all.
        public var allowUnverifiedProtocol: Bool
        /// The DAC indices the board file allows.
        public var dacLimits: ClosedRange<UInt8>

        public init(allowUnverifiedProtocol: Bool = false, dacLimits: ClosedRange<UInt8> = 0...11) {
            self.allowUnverifiedProtocol = allowUnverifiedProtocol
            self.dacLimits = dacLimits
        }
    }

    /// What the controller can be told or asked, as far as it is described.
    public enum Command: Equatable, Sendable {
        case jumpToApplication
        /// Only for firmware 0x82: others are said not to come back.
        case reset
        /// Output by index, 0–11, said to cover 11.94–15.14 V.
        case setVoltage(index: UInt8)
        case enable(Bool)
        case heartbeat
        case version
        case voltage
        case measure
        case boardSensor

        public var code: UInt8 {
            switch self {
            case .jumpToApplication: 0x06
            case .reset: 0x07
            case .setVoltage: 0x10
            case .enable: 0x15
            case .heartbeat: 0x16
            case .version: 0x17
            case .voltage: 0x18
            case .measure: 0x3A
            case .boardSensor: 0x3B
            }
        }

        /// `55 AA LEN CMD payload… SUM`: LEN counts itself, CMD, payload and SUM; SUM is the low byte of the sum of LEN
        /// to the end of the payload. Commands without payload carry a zero.
        public var frame: [UInt8] {
            let payload: UInt8 =
                switch self {
                case .setVoltage(let index): index
                case .enable(let on): on ? 1 : 0
                default: 0
                }
            return [0x55, 0xAA, 0x04, code, payload, 0x04 &+ code &+ payload]
        }
    }

    /// The answer to `.version` decides what else may be asked.
    public enum Firmware: UInt8, Equatable, Sendable {
        /// Unframed replies: echo, status, and a big-endian word in millivolts.
        case bare = 0x82
        case framed86 = 0x86
        case framed89 = 0x89
        case framed8A = 0x8A
    }

    static let replyPause = Duration.milliseconds(100)

    private let device: I2CDevice
    private let configuration: Configuration

    /// - Throws: `unverified` unless the configuration allows the protocol.
    public init(on bus: any I2CBus, at address: I2CAddress, configuration: Configuration) throws(ChipFault) {
        guard configuration.allowUnverifiedProtocol else {
            throw ChipFault(.dspic33, .unverified(.dsPICProtocol))
        }
        device = I2CDevice(bus, at: address)
        self.configuration = configuration
    }

    /// The address for slot 1–3; nil for any other.
    public static func address(slot: UInt8) -> I2CAddress? {
        (1...3).contains(slot) ? I2CAddress(sevenBit: 0x20 + slot - 1) : nil
    }

    /// A dialogue that sends `command` and, 100 ms later, reads `replyCount` (0–41) bytes as they are.
    /// - Throws: `outOfRange` for a DAC index beyond the limits, `unsupported` for a reset of other firmware than 0x82.
    public func perform(
        _ command: Command, replyCount: Int, firmware: Firmware?
    ) throws(ChipFault) -> Exchange {
        if case .setVoltage(let index) = command, !configuration.dacLimits.contains(index) {
            let limits = configuration.dacLimits
            throw ChipFault(
                .dspic33,
                .outOfRange(
                    requested: Int32(index), allowed: Int32(limits.lowerBound)...Int32(limits.upperBound)))
        }
        if command == .reset, firmware != .bare { throw ChipFault(.dspic33, .unsupported(command.code)) }
        return Exchange(device: device, frame: command.frame, replyCount: min(max(replyCount, 0), 41))
    }

    /// The payload of a framed reply `LEN CMD payload… SUM`, where LEN counts the whole reply.
    public static func payload(of reply: [UInt8], to command: Command) throws(ReplyFault) -> [UInt8] {
        guard reply.count >= 3, let length = reply.first, length != APWFrame.nothingQueued else { throw .none }
        guard Int(length) == reply.count else {
            throw .length(found: length, expected: UInt8(clamping: reply.count))
        }
        let sum = reply.dropLast().reduce(0 as UInt8) { $0 &+ $1 }
        guard sum == reply[reply.count - 1] else {
            throw .checksum(found: UInt16(reply[reply.count - 1]), expected: UInt16(sum))
        }
        guard reply[1] == command.code else { throw .command(found: reply[1], expected: command.code) }
        return Array(reply[2..<(reply.count - 1)])
    }

    /// The voltage of an unframed reply: command echo, status, high byte, low byte.
    public static func bareVoltage(_ reply: [UInt8], to command: Command) throws(ReplyFault) -> Millivolts {
        guard let echo = reply.first, echo != APWFrame.nothingQueued else { throw .none }
        guard reply.count == 4 else { throw .length(found: UInt8(clamping: reply.count), expected: 4) }
        guard echo == command.code else { throw .command(found: echo, expected: command.code) }
        return Millivolts(Int32(reply[2]) << 8 | Int32(reply[3]))
    }

    /// The rail voltage for firmware 0x89's ADC count: count · 0.02448 − 0.35 V; nil for a dead rail, a count up to 5.
    public static func railVoltage(adc: UInt16) -> Millivolts? {
        adc <= 5 ? nil : Millivolts(clamping: (Int64(adc) * 2448 - 35_000) / 100)
    }

    /// One command and, after a pause, its reply.
    public struct Exchange: TimedSequence {
        private enum State {
            case sending
            case waiting(until: Instant)
        }

        let device: I2CDevice
        let frame: [UInt8]
        let replyCount: Int
        private var state = State.sending

        init(device: I2CDevice, frame: [UInt8], replyCount: Int) {
            self.device = device
            self.frame = frame
            self.replyCount = replyCount
        }

        /// Gives the reply's bytes as they came; `payload(of:to:)` and `bareVoltage(_:to:)` judge them.
        public mutating func advance(now: Instant) throws(ChipFault) -> Progress<[UInt8]> {
            do throws(BusFault) {
                switch state {
                case .sending:
                    try device.write(frame.span, operation: "send frame")
                    let until = now + DSPIC33.replyPause
                    state = .waiting(until: until)
                    return .wait(until: until)
                case .waiting(let until):
                    if now < until { return .wait(until: until) }
                    var reply = [UInt8](repeating: 0, count: replyCount)
                    if replyCount > 0 {
                        var span = reply.mutableSpan
                        try device.read(into: &span)
                    }
                    return .done(reply)
                }
            } catch {
                throw ChipFault(.dspic33, .bus(error))
            }
        }
    }
}
