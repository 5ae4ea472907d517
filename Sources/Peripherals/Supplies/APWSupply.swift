import Base
import Buses

/// An APW9 or APW12 supply on I2C, at 0x10. Only `Identification` makes a value of this type, so nothing is written to a
/// supply before its type is known.
///
/// Its output follows a separate enable line (a GPIO of the control board, whose polarity the board file must know):
/// that line, not this slow bus, is how load is dropped.
public struct APWSupply {
    /// What the board file says of the supply.
    public struct Configuration: Equatable, Sendable {
        public var transport: APWTransport
        /// The voltages the board file allows; the label's limits hold in addition.
        public var limits: ClosedRange<Millivolts>
        /// The type the board file expects; another one is refused. Nil accepts any.
        public var expectedType: UInt8?
        /// Allows setting types of which only a formula in other software is known.
        public var allowUnverifiedType: Bool
        /// Allows the one published scale of the output ADC, of which it is not known for which types it holds.
        public var allowUnverifiedADCScale: Bool

        public init(
            transport: APWTransport = APWTransport(), limits: ClosedRange<Millivolts>, expectedType: UInt8? = nil,
            allowUnverifiedType: Bool = false, allowUnverifiedADCScale: Bool = false
        ) {
            self.transport = transport
            self.limits = limits
            self.expectedType = expectedType
            self.allowUnverifiedType = allowUnverifiedType
            self.allowUnverifiedADCScale = allowUnverifiedADCScale
        }
    }

    /// From switching the output on to the first command.
    public static let enableSettle = Duration.milliseconds(400)
    /// From switching the output off to switching it on again: the bulk capacitors discharge first.
    public static let discharge = Duration.seconds(30)
    /// How often an armed watchdog is fed; it bites after 1000 ticks of 59.904 ms.
    public static let watchdogFeedInterval = Duration.seconds(20)
    /// After a new voltage.
    static let setSettle = Duration.milliseconds(400)
    /// The most one command changes the output by.
    static let rampStep = Millivolts(100)

    public let type: APWType
    public let firmware: UInt8
    public let configuration: Configuration
    let device: I2CDevice

    /// A dialogue that asks one value.
    /// - Throws: `unsupported` when the type does not know the command, or it is one that changes something.
    public func ask(_ command: APWCommand) throws(ChipFault) -> APWExchange {
        guard type.supports(command), command != .watchdog, command != .setVoltage else {
            throw ChipFault(.apw, .unsupported(command.rawValue))
        }
        return APWExchange(command, device: device, transport: configuration.transport)
    }

    /// A dialogue that arms or disarms the watchdog. Feeding it is `ask(.faultFlag)`.
    /// - Throws: `unsupported` for types without one.
    public func setWatchdog(_ on: Bool) throws(ChipFault) -> APWExchange {
        guard type.supports(.watchdog) else { throw ChipFault(.apw, .unsupported(APWCommand.watchdog.rawValue)) }
        return APWExchange(
            .watchdog, value: on ? 1 : 0, device: device, transport: configuration.transport, settle: .zero)
    }

    /// A dialogue that leads the output to a voltage in steps of at most 0.1 V.
    /// - Throws: `outOfRange` outside the board file's or the label's limits, `notRepresentable` where the DAC does not
    ///   reach, `unverified` for types that need their switch, `unsupported` for types nobody has described.
    public func ramp(to voltage: Millivolts) throws(ChipFault) -> APWVoltageRamp {
        guard let setpoint = type.setpoint else {
            throw ChipFault(.apw, .unsupported(APWCommand.setVoltage.rawValue))
        }
        if type.evidence == .formula, !configuration.allowUnverifiedType {
            throw ChipFault(.apw, .unverified(.supplyType(type.code)))
        }
        guard case .dac(let line) = setpoint else { throw ChipFault(.apw, .unverified(.floatingPointSetpoint)) }
        try require(voltage, within: configuration.limits)
        if let label = type.label { try require(voltage, within: label) }
        guard let code = line.code(for: voltage) else {
            throw ChipFault(.apw, .notRepresentable(requested: voltage.value))
        }
        return APWVoltageRamp(to: code, line: line, device: device, transport: configuration.transport)
    }

    private func require(_ voltage: Millivolts, within range: ClosedRange<Millivolts>) throws(ChipFault) {
        guard range.contains(voltage) else {
            throw ChipFault(
                .apw,
                .outOfRange(requested: voltage.value, allowed: range.lowerBound.value...range.upperBound.value))
        }
    }

    /// The output voltage for an answer to `.measurement`; `unverifiedScale` unless the configuration allows the scale.
    public func outputVoltage(adc: UInt16, at taken: Instant) -> Reading<Millivolts> {
        guard configuration.allowUnverifiedADCScale else { return .failed(.unverifiedScale) }
        // The ADC has ten bits; more means that the reply was something else.
        return adc > 1023 ? .failed(.implausible) : .ok(APWSupply.millivolts(adc: adc), at: taken)
    }

    /// (count + 0.8615) / 63.017 V, rounded toward zero.
    public static func millivolts(adc: UInt16) -> Millivolts {
        Millivolts(clamping: (Int64(adc) * 10_000 + 8615) * 100 / 63_017)
    }

    /// Finds out, without changing anything, what supply is there.
    public struct Identification: TimedSequence {
        private enum State {
            case listening
            case type(APWExchange)
            case version(APWExchange, type: UInt8)
        }

        private let device: I2CDevice
        private let configuration: Configuration
        private var state = State.listening

        public init(on bus: any I2CBus, at address: I2CAddress = 0x10, configuration: Configuration) {
            device = I2CDevice(bus, at: address)
            self.configuration = configuration
        }

        /// Gives the supply, untouched.
        /// - Throws: `wrongPart` for another protocol or another type than expected, and the fault of the third attempt.
        public mutating func advance(now: Instant) throws(ChipFault) -> Progress<APWSupply> {
            switch state {
            case .listening:
                try listen()
                return try follow(APWExchange(.type, device: device, transport: configuration.transport), now: now)
            case .type(let exchange): return try follow(exchange, now: now)
            case .version(let exchange, let type): return try follow(exchange, type: type, now: now)
            }
        }

        /// A supply that speaks these frames gives 0xF5 when nothing was asked. A reply left over from an interrupted
        /// dialogue is read away first. Anything else is another protocol, to which no frame must be sent.
        private func listen() throws(ChipFault) {
            var found = try receive(1)[0]
            if found == 0x55 || found == 0xAA {
                _ = try receive(APWFrame.longest + 1)
                found = try receive(1)[0]
            }
            guard found == APWFrame.nothingQueued else {
                throw ChipFault(
                    .apw,
                    .wrongPart(register: 0x00, found: UInt32(found), expected: UInt32(APWFrame.nothingQueued)))
            }
        }

        private func receive(_ count: Int) throws(ChipFault) -> [UInt8] {
            do throws(BusFault) { return try configuration.transport.receive(count, from: device) } catch {
                throw ChipFault(.apw, .bus(error))
            }
        }

        private mutating func follow(_ exchange: APWExchange, now: Instant) throws(ChipFault) -> Progress<APWSupply> {
            var exchange = exchange
            switch try exchange.advance(now: now) {
            case .wait(let instant):
                state = .type(exchange)
                return .wait(until: instant)
            case .done(let value):
                let type = UInt8(truncatingIfNeeded: value)
                if let expected = configuration.expectedType, expected != type {
                    throw ChipFault(
                        .apw,
                        .wrongPart(
                            register: APWCommand.type.rawValue, found: UInt32(type), expected: UInt32(expected)))
                }
                return try follow(
                    APWExchange(.version, device: device, transport: configuration.transport), type: type, now: now)
            }
        }

        private mutating func follow(
            _ exchange: APWExchange, type: UInt8, now: Instant
        ) throws(ChipFault) -> Progress<APWSupply> {
            var exchange = exchange
            switch try exchange.advance(now: now) {
            case .wait(let instant):
                state = .version(exchange, type: type)
                return .wait(until: instant)
            case .done(let value):
                let firmware = UInt8(truncatingIfNeeded: value)
                return .done(
                    APWSupply(
                        type: APWType(code: type, firmware: firmware), firmware: firmware,
                        configuration: configuration, device: device))
            }
        }
    }
}

/// Leads an APW supply from the setpoint it has to another, and reads back where it arrived.
public struct APWVoltageRamp: TimedSequence {
    private enum State {
        case asking(APWExchange)
        case stepping(APWExchange, code: UInt8)
        case verifying(APWExchange)
    }

    private let target: UInt8
    private let line: DACLine
    private let device: I2CDevice
    private let transport: APWTransport
    private let largestStep: Int
    private var state: State

    init(to target: UInt8, line: DACLine, device: I2CDevice, transport: APWTransport) {
        self.target = target
        self.line = line
        self.device = device
        self.transport = transport
        largestStep = max(1, Int(line.slope * Int64(APWSupply.rampStep.value) / 1_000_000_000))
        state = .asking(APWExchange(.setpoint, device: device, transport: transport))
    }

    /// Gives the voltage the supply is set to at the end. At most 255 steps of one code, each about half a second.
    public mutating func advance(now: Instant) throws(ChipFault) -> Progress<Millivolts> {
        switch state {
        case .asking(var exchange):
            switch try exchange.advance(now: now) {
            case .wait(let instant):
                state = .asking(exchange)
                return .wait(until: instant)
            case .done(let value): return try step(from: UInt8(truncatingIfNeeded: value), now: now)
            }
        case .stepping(var exchange, let code):
            switch try exchange.advance(now: now) {
            case .wait(let instant):
                state = .stepping(exchange, code: code)
                return .wait(until: instant)
            case .done: return try step(from: code, now: now)
            }
        case .verifying(var exchange):
            switch try exchange.advance(now: now) {
            case .wait(let instant):
                state = .verifying(exchange)
                return .wait(until: instant)
            case .done(let value):
                guard UInt8(truncatingIfNeeded: value) == target else {
                    throw ChipFault(
                        .apw,
                        .notKept(
                            register: APWCommand.setpoint.rawValue, wrote: UInt32(target), found: UInt32(value)))
                }
                return .done(line.voltage(code: target))
            }
        }
    }

    private mutating func step(from code: UInt8, now: Instant) throws(ChipFault) -> Progress<Millivolts> {
        let distance = Int(target) - Int(code)
        if distance == 0 {
            state = .verifying(APWExchange(.setpoint, device: device, transport: transport))
        } else {
            let next = UInt8(Int(code) + min(max(distance, -largestStep), largestStep))
            let exchange = APWExchange(
                .setVoltage, value: UInt16(next), device: device, transport: transport, settle: APWSupply.setSettle)
            state = .stepping(exchange, code: next)
        }
        return try advance(now: now)
    }
}
