import Base
import Buses
import Peripherals

/// The core regulator of Bitaxe boards.
final class TPS546Driver: SupplyDriver {
    static let interval = Duration.seconds(1)
    /// How far the measured output may lie from the commanded one: the accuracy of the part's ADC with reserve.
    static let tolerance = Millivolts(60)

    let enableSettle = Duration.milliseconds(15)
    let discharge = Duration.seconds(1)
    let measuresWhileOff = true
    private let bus: any I2CBus
    private let address: I2CAddress
    private let profile: TPS546Profile
    private var startup: TPS546D24A.Startup?
    private var part: TPS546D24A?
    private var commanded = Millivolts(0)
    private var onSince: Instant?

    init(on bus: any I2CBus, at address: I2CAddress, profile: TPS546Profile) {
        self.bus = bus
        self.address = address
        self.profile = profile
    }

    func abandon() { startup = nil }

    func identify(now: Instant) throws(ChipFault) -> Progress<Void> {
        var dialogue = startup ?? TPS546D24A.Startup(on: bus, at: address, profile: profile)
        switch try dialogue.advance(now: now) {
        case .wait(let instant):
            startup = dialogue
            return .wait(until: instant)
        case .done(let found):
            startup = nil
            part = found
            return .done(())
        }
    }

    func supply(_ voltage: Millivolts, now: Instant) throws(ChipFault) -> Progress<Void> {
        guard let part else { return .wait(until: now + .seconds(1)) }
        try part.setVoltage(voltage)
        commanded = voltage
        if onSince == nil {
            try part.setOutput(true)
            onSince = now
        }
        return .done(())
    }

    func cut(now: Instant) throws(ChipFault) -> Progress<Void> {
        onSince = nil
        try part?.setOutput(false)
        return .done(())
    }

    func attend(
        now: Instant, into readings: inout SupplyReadings
    ) throws(ChipFault) -> (next: Instant, fault: PartFault?) {
        guard let part else { return (now + Self.interval, nil) }
        readings.voltage = part.outputVoltage(now: now)
        readings.temperature = part.temperature(now: now)
        if let voltage = readings.voltage.value {
            readings.power = part.outputCurrent(now: now).map { voltage * $0 }
        } else if let failure = readings.voltage.failure {
            readings.power = .failed(failure)
        }
        guard let onSince, now - onSince > TPS546D24A.powerGoodGrace else { return (now + Self.interval, nil) }
        let status = try part.status()
        if !status.isDisjoint(with: .faults) { return (now + Self.interval, .status(status.rawValue)) }
        guard let measured = readings.voltage.value else { return (now + Self.interval, nil) }
        let agreement = OutputAgreement(measured: measured, commanded: commanded, tolerance: Self.tolerance)
        return (now + Self.interval, agreement == .agrees ? nil : .output(agreement))
    }
}

/// The voltage controller of S9 hash boards, which wants to hear a heartbeat every second.
final class PIC16Driver: SupplyDriver {
    private enum Talk {
        case idle
        case setting(PIC16F1704.Exchange)
        case enabling(PIC16F1704.Exchange)
        case disabling(PIC16F1704.Exchange)
        case beating(PIC16F1704.Exchange)
    }

    let enableSettle = Duration.milliseconds(500)
    let discharge = Duration.seconds(1)
    private let bus: any I2CBus
    private let address: I2CAddress
    private let limits: ClosedRange<Millivolts>
    private var startup: PIC16F1704.Startup?
    private var part: PIC16F1704?
    private var talk = Talk.idle
    private var isEnabled = false
    private var nextBeat = Instant(nanoseconds: 0)

    init(on bus: any I2CBus, at address: I2CAddress, limits: ClosedRange<Millivolts>) {
        self.bus = bus
        self.address = address
        self.limits = limits
    }

    func abandon() {
        startup = nil
        talk = .idle
    }

    func identify(now: Instant) throws(ChipFault) -> Progress<Void> {
        var dialogue = startup ?? PIC16F1704.Startup(on: bus, at: address, limits: limits)
        switch try dialogue.advance(now: now) {
        case .wait(let instant):
            startup = dialogue
            return .wait(until: instant)
        case .done(let found):
            startup = nil
            part = found
            return .done(())
        }
    }

    func supply(_ voltage: Millivolts, now: Instant) throws(ChipFault) -> Progress<Void> {
        guard let part else { return .wait(until: now + .seconds(1)) }
        if case .enabling(var exchange) = talk {
            switch try exchange.advance(now: now) {
            case .wait(let instant):
                talk = .enabling(exchange)
                return .wait(until: instant)
            case .done:
                talk = .idle
                isEnabled = true
                nextBeat = now
                return .done(())
            }
        }
        var exchange = if case .setting(let exchange) = talk { exchange } else { try part.setVoltage(voltage) }
        switch try exchange.advance(now: now) {
        case .wait(let instant):
            talk = .setting(exchange)
            return .wait(until: instant)
        case .done:
            talk = .idle
            if isEnabled { return .done(()) }
            talk = .enabling(part.perform(.enable(true)))
            return .wait(until: now)
        }
    }

    func cut(now: Instant) throws(ChipFault) -> Progress<Void> {
        guard let part else { return .done(()) }
        var exchange = if case .disabling(let exchange) = talk { exchange } else { part.perform(.enable(false)) }
        switch try exchange.advance(now: now) {
        case .wait(let instant):
            talk = .disabling(exchange)
            return .wait(until: instant)
        case .done:
            talk = .idle
            isEnabled = false
            return .done(())
        }
    }

    func attend(
        now: Instant, into readings: inout SupplyReadings
    ) throws(ChipFault) -> (next: Instant, fault: PartFault?) {
        guard let part else { return (now + .seconds(1), nil) }
        var exchange: PIC16F1704.Exchange
        if case .beating(let beating) = talk {
            exchange = beating
        } else {
            guard nextBeat <= now else { return (nextBeat, nil) }
            exchange = part.perform(.heartbeat)
            // A little early: the next one must not be late.
            nextBeat = now + .milliseconds(800)
        }
        switch try exchange.advance(now: now) {
        case .wait(let instant):
            talk = .beating(exchange)
            return (instant, nil)
        case .done:
            talk = .idle
            return (nextBeat, nil)
        }
    }
}
