import Base
import Buses
import Peripherals

/// An APW supply: its type first, then voltage in small steps, its watchdog fed while the output is on.
final class APWDriver: SupplyDriver {
    private enum Talk {
        case idle
        case identifying(APWSupply.Identification)
        case ramping(APWVoltageRamp)
        case arming(APWExchange)
        case disarming(APWExchange)
        case feeding(APWExchange)
        case measuring(APWExchange)
    }

    static let measureInterval = Duration.seconds(2)
    /// How far the measured output may lie from the commanded one. The one published scale is of a class, not a unit.
    static let tolerance = Millivolts(700)

    let enableSettle = APWSupply.enableSettle
    let discharge = APWSupply.discharge
    let measuresWhileOff = true
    private let bus: any I2CBus
    private let address: I2CAddress
    private let configuration: APWSupply.Configuration
    private let usesWatchdog: Bool
    private var part: APWSupply?
    private var talk = Talk.idle
    private var commanded = Millivolts(0)
    private var isArmed = false
    private var nextFeed = Instant(nanoseconds: 0)
    private var nextMeasurement = Instant(nanoseconds: 0)

    init(on bus: any I2CBus, at address: I2CAddress, configuration: APWSupply.Configuration, usesWatchdog: Bool) {
        self.bus = bus
        self.address = address
        self.configuration = configuration
        self.usesWatchdog = usesWatchdog
    }

    var isTalking: Bool { if case .idle = talk { false } else { true } }

    func abandon() { talk = .idle }

    func identify(now: Instant) throws(ChipFault) -> Progress<Void> {
        var dialogue =
            if case .identifying(let dialogue) = talk { dialogue } else {
                APWSupply.Identification(on: bus, at: address, configuration: configuration)
            }
        switch try dialogue.advance(now: now) {
        case .wait(let instant):
            talk = .identifying(dialogue)
            return .wait(until: instant)
        case .done(let supply):
            part = supply
            talk = .idle
            return .done(())
        }
    }

    func supply(_ voltage: Millivolts, now: Instant) throws(ChipFault) -> Progress<Void> {
        guard let part else { return .wait(until: now + .seconds(1)) }
        if case .arming(var exchange) = talk {
            switch try exchange.advance(now: now) {
            case .wait(let instant):
                talk = .arming(exchange)
                return .wait(until: instant)
            case .done:
                isArmed = true
                return begin(now: now)
            }
        }
        var ramp = if case .ramping(let ramp) = talk { ramp } else { try part.ramp(to: voltage) }
        switch try ramp.advance(now: now) {
        case .wait(let instant):
            talk = .ramping(ramp)
            return .wait(until: instant)
        case .done(let reached):
            commanded = reached
            guard usesWatchdog, part.type.supports(.watchdog) else { return begin(now: now) }
            talk = .arming(try part.setWatchdog(true))
            return .wait(until: now)
        }
    }

    private func begin(now: Instant) -> Progress<Void> {
        talk = .idle
        nextFeed = now + APWSupply.watchdogFeedInterval
        nextMeasurement = now + Self.measureInterval
        return .done(())
    }

    func cut(now: Instant) throws(ChipFault) -> Progress<Void> {
        guard let part, isArmed else { return .done(()) }
        var exchange = if case .disarming(let exchange) = talk { exchange } else { try part.setWatchdog(false) }
        switch try exchange.advance(now: now) {
        case .wait(let instant):
            talk = .disarming(exchange)
            return .wait(until: instant)
        case .done:
            talk = .idle
            isArmed = false
            return .done(())
        }
    }

    func attend(
        now: Instant, into readings: inout SupplyReadings
    ) throws(ChipFault) -> (next: Instant, fault: PartFault?) {
        guard let part else { return (now + .seconds(1), nil) }
        var fault: PartFault?
        readings.isComplete = false
        switch talk {
        case .feeding(var exchange):
            switch try exchange.advance(now: now) {
            case .wait(let instant):
                talk = .feeding(exchange)
                return (instant, nil)
            case .done(let flag):
                talk = .idle
                nextFeed = now + APWSupply.watchdogFeedInterval
                if flag != 0 { fault = .status(flag) }
            }
        case .measuring(var exchange):
            switch try exchange.advance(now: now) {
            case .wait(let instant):
                talk = .measuring(exchange)
                return (instant, nil)
            case .done(let count):
                talk = .idle
                nextMeasurement = now + Self.measureInterval
                readings.voltage = part.outputVoltage(adc: count, at: now)
                readings.isComplete = true
                fault = judge(readings.voltage)
            }
        default:
            if nextFeed <= now, isArmed {
                talk = .feeding(try part.ask(.faultFlag))
                return (now, nil)
            }
            if nextMeasurement <= now, part.type.supports(.measurement) {
                talk = .measuring(try part.ask(.measurement))
                return (now, nil)
            }
        }
        return (isArmed ? min(nextFeed, nextMeasurement) : nextMeasurement, fault)
    }

    private func judge(_ voltage: Reading<Millivolts>) -> PartFault? {
        guard let measured = voltage.value else { return nil }
        let agreement = OutputAgreement(measured: measured, commanded: commanded, tolerance: Self.tolerance)
        return agreement == .agrees ? nil : .output(agreement)
    }
}
