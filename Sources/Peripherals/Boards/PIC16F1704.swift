import Base
import Buses

/// The PIC16F1704 voltage controller of S9 and T9 hash boards, at 0x55–0x57 for connectors J6–J8.
///
/// It speaks one byte per I2C transaction, both ways. Its output drops unless it hears a heartbeat every second. Only
/// `Startup` makes a value of this type: it brought the controller into its application and read the expected version.
public struct PIC16F1704 {
    /// What the agent asks of it. The bootloader's flash commands (1–5, 9) are left out: they can erase the firmware.
    public enum Command: Equatable, Sendable {
        /// From the bootloader into the application.
        case jumpToApplication
        case reset
        /// Output voltage by DAC code; higher is lower.
        case setVoltage(code: UInt8)
        case enable(Bool)
        case heartbeat
        case version
        case voltage

        /// Preamble, command and payload.
        public var frame: [UInt8] {
            switch self {
            case .jumpToApplication: [0x55, 0xAA, 0x06]
            case .reset: [0x55, 0xAA, 0x07]
            case .setVoltage(let code): [0x55, 0xAA, 0x10, code]
            case .enable(let on): [0x55, 0xAA, 0x15, on ? 1 : 0]
            case .heartbeat: [0x55, 0xAA, 0x16]
            case .version: [0x55, 0xAA, 0x17]
            case .voltage: [0x55, 0xAA, 0x18]
            }
        }

        /// Whether one byte of answer is to be read.
        var hasReply: Bool {
            switch self {
            case .version, .voltage: true
            case .jumpToApplication, .reset, .setVoltage, .enable, .heartbeat: false
            }
        }

        /// How long the controller is left alone after the command.
        var settle: Duration {
            switch self {
            // The jump's own time is not documented; the reset's is taken.
            case .reset, .jumpToApplication: .milliseconds(500)
            case .setVoltage: .milliseconds(100)
            case .enable, .heartbeat, .version, .voltage: .zero
            }
        }
    }

    public static let heartbeatInterval = Duration.seconds(1)
    /// The application version whose commands these are.
    public static let expectedVersion: UInt8 = 0x03

    let device: I2CDevice
    /// The voltages the board file allows.
    public let limits: ClosedRange<Millivolts>

    /// The address for connector 6–8; nil for any other.
    public static func address(connector: UInt8) -> I2CAddress? {
        (6...8).contains(connector) ? I2CAddress(sevenBit: 0x50 + connector - 1) : nil
    }

    /// A dialogue that carries out `command` and gives its answer, nil where it has none.
    public func perform(_ command: Command) -> Exchange {
        Exchange(device, command.frame, hasReply: command.hasReply, settle: command.settle)
    }

    /// A dialogue that sets the output voltage.
    /// - Throws: `outOfRange` outside the limits, `notRepresentable` where the DAC does not reach.
    public func setVoltage(_ voltage: Millivolts) throws(ChipFault) -> Exchange {
        guard limits.contains(voltage) else {
            throw ChipFault(
                .pic16f1704,
                .outOfRange(requested: voltage.value, allowed: limits.lowerBound.value...limits.upperBound.value))
        }
        guard let code = PIC16F1704.code(for: voltage) else {
            throw ChipFault(.pic16f1704, .notRepresentable(requested: voltage.value))
        }
        return perform(.setVoltage(code: code))
    }

    /// The DAC code round(1608.420446 − 170.423497·V); nil outside 0–255, which is about 7.94–9.44 V.
    public static func code(for voltage: Millivolts) -> UInt8? {
        DACLine(offset: 1_608_420_446, slope: 170_423_497).code(for: voltage)
    }

    /// The voltage of a DAC code, to the millivolt.
    public static func voltage(code: UInt8) -> Millivolts {
        DACLine(offset: 1_608_420_446, slope: 170_423_497).voltage(code: code)
    }

    /// One command, byte by byte. A byte that is not acknowledged is sent again, as the controller is busy at times.
    public struct Exchange: TimedSequence {
        static let retries = 15
        static let retryPause = Duration.milliseconds(100)

        private let device: I2CDevice
        private let frame: [UInt8]
        private let hasReply: Bool
        private let settle: Duration
        private var sent = 0
        private var retriesLeft = Exchange.retries
        private var notBefore = Instant(nanoseconds: 0)
        private var state = State.talking

        private enum State {
            case talking
            case settling(reply: UInt8?)
        }

        init(_ device: I2CDevice, _ frame: [UInt8], hasReply: Bool, settle: Duration) {
            self.device = device
            self.frame = frame
            self.hasReply = hasReply
            self.settle = settle
        }

        /// Gives the byte of answer, nil for commands without one, once the controller has settled.
        public mutating func advance(now: Instant) throws(ChipFault) -> Progress<UInt8?> {
            if now < notBefore { return .wait(until: notBefore) }
            if case .settling(let reply) = state { return .done(reply) }
            do throws(BusFault) {
                while sent < frame.count {
                    let byte: InlineArray<1, UInt8> = [frame[sent]]
                    try device.write(byte.span)
                    sent += 1
                    retriesLeft = Exchange.retries
                }
                var reply: InlineArray<1, UInt8> = [0]
                if hasReply {
                    var span = reply.mutableSpan
                    try device.read(into: &span)
                }
                state = .settling(reply: hasReply ? reply[0] : nil)
            } catch {
                guard retriesLeft > 0, error.retryHint != .never else { throw ChipFault(.pic16f1704, .bus(error)) }
                retriesLeft -= 1
                notBefore = now + Exchange.retryPause
                return .wait(until: notBefore)
            }
            notBefore = now + settle
            return try advance(now: now)
        }
    }

    /// Resets the controller, starts its application and checks the version. The output stays off.
    public struct Startup: TimedSequence {
        /// Ends any command the controller may have been left in.
        static let flush = [UInt8](repeating: 0, count: 16)

        private let device: I2CDevice
        private let limits: ClosedRange<Millivolts>
        private var step = 0
        private var exchange: Exchange

        public init(on bus: any I2CBus, at address: I2CAddress, limits: ClosedRange<Millivolts>) {
            device = I2CDevice(bus, at: address)
            self.limits = limits
            exchange = Exchange(
                device, Startup.flush + Command.reset.frame, hasReply: false, settle: Command.reset.settle)
        }

        /// Gives the controller, in its application and with its output off.
        /// - Throws: `wrongPart` for another version, and the bus fault that outlasted the retries.
        public mutating func advance(now: Instant) throws(ChipFault) -> Progress<PIC16F1704> {
            let part = PIC16F1704(device: device, limits: limits)
            // Three commands follow each other; each ends within its own bounded retries.
            while true {
                switch try exchange.advance(now: now) {
                case .wait(let instant): return .wait(until: instant)
                case .done(let reply):
                    step += 1
                    switch step {
                    case 1: exchange = part.perform(.jumpToApplication)
                    case 2: exchange = part.perform(.version)
                    default:
                        guard reply == PIC16F1704.expectedVersion else {
                            throw ChipFault(
                                .pic16f1704,
                                .wrongPart(
                                    register: 0x17, found: UInt32(reply ?? 0),
                                    expected: UInt32(PIC16F1704.expectedVersion)))
                        }
                        return .done(part)
                    }
                }
            }
        }
    }
}
