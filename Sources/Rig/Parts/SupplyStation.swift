import Base
import Buses
import Peripherals

/// A supply: identified before it is switched on, watched while it is on, and cut by its line first.
final class SupplyStation: Station {
    /// Attempts to switch on before the supply is given up.
    static let attempts = 3
    /// Between attempts at a line or dialogue that failed.
    static let pause = Duration.milliseconds(200)
    /// Failures of the attendance in a row before they are told.
    static let patience = 3

    let chain: String? = nil
    private let path: String
    private let supply: Int
    private let driver: any SupplyDriver
    private let line: (any OutputLine)?
    /// The temperature sensor that the supply's own reading belongs to.
    private let sensor: Int?
    private(set) var state = SupplyState.unidentified
    private var wantsOn = false
    private var voltage: Millivolts
    /// A new voltage is to be set while on.
    private var isVoltageDue = false
    /// The line has been raised, and the driver waits until it may speak.
    private var settledAt: Instant?
    private var mayStartAt = Instant(nanoseconds: 0)
    private var attemptsLeft = SupplyStation.attempts
    private var failures = 0
    private var fault: PartFault?
    private var retry = PartsRetry()
    private(set) var wakeAt = Instant(nanoseconds: 0)

    init(
        _ path: String, supply: Int, driver: any SupplyDriver, line: (any OutputLine)?, voltage: Millivolts,
        sensor: Int?
    ) {
        self.path = path
        self.supply = supply
        self.driver = driver
        self.line = line
        self.voltage = voltage
        self.sensor = sensor
    }

    /// Takes an order. Switching off drops the line before this returns.
    func order(_ order: SupplyOrder, now: Instant, into news: inout [PartNews]) {
        wakeAt = min(wakeAt, now)
        switch order {
        case .voltage(let wanted):
            guard wanted != voltage else { return }
            voltage = wanted
            isVoltageDue = true
        case .on:
            guard !wantsOn else { return }
            wantsOn = true
            attemptsLeft = Self.attempts
        case .off:
            wantsOn = false
            switch state {
            case .switchingOn, .on: beginOff(now: now, into: &news)
            case .givenUp: enter(.off, into: &news)
            case .unidentified, .off, .discharging, .switchingOff: break
            }
        }
    }

    func step(now: Instant, into news: inout [PartNews]) {
        switch state {
        case .unidentified: identify(now: now, into: &news)
        case .off, .discharging: rise(now: now, into: &news)
        case .switchingOn: bringUp(now: now, into: &news)
        case .on: attend(now: now, into: &news)
        case .switchingOff: cut(now: now, into: &news)
        case .givenUp: wakeAt = now + .seconds(60)
        }
    }

    func rest(now: Instant, into news: inout [PartNews]) { wakeAt = now + .seconds(1) }

    // MARK: Steps

    private func identify(now: Instant, into news: inout [PartNews]) {
        guard retry.next <= now else {
            wakeAt = retry.next
            return
        }
        do throws(ChipFault) {
            switch try driver.identify(now: now) {
            case .wait(let instant): wakeAt = instant
            case .done:
                retry.succeed()
                fault = nil
                news.append(.found(path))
                enter(.off, into: &news)
                wakeAt = now
            }
        } catch {
            driver.abandon()
            tell(.chip(error), into: &news)
            retry.fail(error.retryHint, now: now)
            wakeAt = retry.next
        }
    }

    /// Off: waits until it may and is to be switched on.
    private func rise(now: Instant, into news: inout [PartNews]) {
        guard mayStartAt <= now else {
            if state != .discharging(until: mayStartAt) { enter(.discharging(until: mayStartAt), into: &news) }
            wakeAt = mayStartAt
            return
        }
        if state != .off { enter(.off, into: &news) }
        // A controller wants to see that the output is off before it has it switched on.
        if driver.measuresWhileOff, !wantsOn || driver.isTalking { return measure(now: now, into: &news) }
        guard wantsOn else {
            wakeAt = now + .seconds(60)
            return
        }
        guard setLine(true, now: now, into: &news) else { return }
        enter(.switchingOn, into: &news)
        settledAt = now + driver.enableSettle
        wakeAt = now + driver.enableSettle
    }

    private func bringUp(now: Instant, into news: inout [PartNews]) {
        if let settledAt, now < settledAt {
            wakeAt = settledAt
            return
        }
        do throws(ChipFault) {
            switch try driver.supply(voltage, now: now) {
            case .wait(let instant): wakeAt = instant
            case .done:
                isVoltageDue = false
                failures = 0
                attemptsLeft = Self.attempts
                fault = nil
                enter(.on, into: &news)
                wakeAt = now
            }
        } catch {
            fail(.chip(error), now: now, into: &news)
        }
    }

    private func attend(now: Instant, into news: inout [PartNews]) {
        do throws(ChipFault) {
            if isVoltageDue {
                switch try driver.supply(voltage, now: now) {
                case .wait(let instant):
                    wakeAt = instant
                    return
                case .done: isVoltageDue = false
                }
            }
            var readings = SupplyReadings()
            let (next, fault) = try driver.attend(now: now, into: &readings)
            wakeAt = next
            failures = 0
            tell(readings, into: &news)
            if let fault { tell(fault, into: &news) } else if readings.voltage.value != nil { self.fault = nil }
        } catch {
            driver.abandon()
            failures += 1
            wakeAt = now + Self.pause
            if case .never = error.retryHint { isVoltageDue = false }
            tellNothing(PartFault.chip(error).failure, into: &news)
            if failures >= Self.patience || error.retryHint == .never { tell(.chip(error), into: &news) }
        }
    }

    /// Off: looks at the part all the same, where it can be looked at.
    private func measure(now: Instant, into news: inout [PartNews]) {
        do throws(ChipFault) {
            var readings = SupplyReadings()
            let (next, _) = try driver.attend(now: now, into: &readings)
            wakeAt = min(max(next, now + .milliseconds(1)), now + .seconds(1))
            tell(readings, into: &news)
        } catch {
            driver.abandon()
            wakeAt = now + .seconds(1)
            tellNothing(PartFault.chip(error).failure, into: &news)
        }
    }

    private func tell(_ readings: SupplyReadings, into news: inout [PartNews]) {
        guard readings.isComplete else { return }
        news.append(.supplyOutput(supply, readings.voltage, readings.power))
        if let sensor, let temperature = readings.temperature {
            news.append(.temperature(sensor: sensor, temperature))
        }
    }

    private func tellNothing(_ failure: ReadingFailure, into news: inout [PartNews]) {
        news.append(.supplyOutput(supply, .failed(failure), .failed(failure)))
        if let sensor { news.append(.temperature(sensor: sensor, .failed(failure))) }
    }

    private func beginOff(now: Instant, into news: inout [PartNews]) {
        driver.abandon()
        enter(.switchingOff, into: &news)
        mayStartAt = now + driver.discharge
        if !setLine(false, now: now, into: &news) { return }
        wakeAt = now
    }

    private func cut(now: Instant, into news: inout [PartNews]) {
        // Again: the line may not have been reached the first time. There is no bound to trying to switch off.
        guard setLine(false, now: now, into: &news) else { return }
        do throws(ChipFault) {
            switch try driver.cut(now: now) {
            case .wait(let instant): wakeAt = instant
            case .done:
                failures = 0
                enter(.off, into: &news)
                wakeAt = now
            }
        } catch {
            driver.abandon()
            tell(.chip(error), into: &news)
            failures += 1
            wakeAt = now + Self.pause
            // With the line down the output is off whatever the dialogue says.
            if line != nil, failures >= Self.patience {
                failures = 0
                enter(.off, into: &news)
            }
        }
    }

    // MARK: Common

    /// Switching on has failed: off again, and after a while another attempt, or none.
    private func fail(_ fault: PartFault, now: Instant, into news: inout [PartNews]) {
        tell(fault, into: &news)
        attemptsLeft -= 1
        if attemptsLeft <= 0 || fault.retryHint == .never {
            wantsOn = false
            beginOff(now: now, into: &news)
            if line != nil { enter(.givenUp, into: &news) }
        } else {
            beginOff(now: now, into: &news)
        }
    }

    private func setLine(_ active: Bool, now: Instant, into news: inout [PartNews]) -> Bool {
        do throws(BusFault) {
            try line?.set(active)
            return true
        } catch {
            tell(.bus(error), into: &news)
            wakeAt = now + Self.pause
            return false
        }
    }

    private func enter(_ state: SupplyState, into news: inout [PartNews]) {
        guard state != self.state else { return }
        self.state = state
        news.append(.supply(supply, state))
    }

    private func tell(_ found: PartFault, into news: inout [PartNews]) {
        if fault != found { news.append(.lost(path, found)) }
        fault = found
    }
}
