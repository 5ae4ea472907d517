import Base
import Buses
import Peripherals

/// A line that says whether a board is in its slot.
final class PlugStation: Station {
    static let interval = Duration.seconds(1)

    /// The line is looked at whatever it says.
    let chain: String? = nil
    private let name: String
    private let line: any InputLine
    /// What the line said twice in a row.
    private(set) var isPlugged = false
    private var last: Bool?
    private var hasTold = false
    private(set) var wakeAt = Instant(nanoseconds: 0)

    init(chain name: String, line: any InputLine) {
        self.name = name
        self.line = line
    }

    func step(now: Instant, into news: inout [PartNews]) {
        wakeAt = now + Self.interval
        do throws(BusFault) {
            let state = try line.isActive()
            if state == last, state != isPlugged || !hasTold {
                isPlugged = state
                hasTold = true
                news.append(.plugged(chain: name, state))
            }
            // The first look is followed by another soon, since everything on the board waits for it.
            if last == nil { wakeAt = now + .milliseconds(50) }
            last = state
        } catch {
            if last != nil || !hasTold { news.append(.lost("chains.\(name)", .bus(error))) }
            hasTold = true
            last = nil
        }
    }

    func rest(now: Instant, into news: inout [PartNews]) { wakeAt = now + Self.interval }
}

/// A power meter.
final class MeterStation: Station {
    static let interval = Duration.seconds(1)

    /// The meters that there are, as one type.
    enum Driver {
        case ina226(INA226)
        case ina260(INA260)
    }

    let chain: String? = nil
    private let path: String
    private let meter: Int
    private let driver: Driver
    private var isPrepared = false
    private var fault: PartFault?
    private var retry = PartsRetry()
    private(set) var wakeAt = Instant(nanoseconds: 0)

    init(_ path: String, meter: Int, driver: Driver) {
        self.path = path
        self.meter = meter
        self.driver = driver
    }

    func step(now: Instant, into news: inout [PartNews]) {
        wakeAt = now + Self.interval
        if !isPrepared {
            guard retry.next <= now else {
                let failure = fault?.failure ?? .settling
                return news.append(.meter(meter, .failed(failure), .failed(failure)))
            }
            do throws(ChipFault) {
                try prepare()
                isPrepared = true
                retry.succeed()
                news.append(.found(path))
            } catch {
                return lose(.chip(error), now: now, into: &news)
            }
        }
        let (voltage, power) = read(now: now)
        if let failure = power.failure, voltage.failure != nil {
            lose(.reading(failure), now: now, into: &news)
        } else {
            fault = nil
            news.append(.meter(meter, voltage, power))
        }
    }

    func rest(now: Instant, into news: inout [PartNews]) { wakeAt = now + Self.interval }

    private func prepare() throws(ChipFault) {
        switch driver {
        case .ina226(let part):
            try part.validate()
            try part.configure()
        case .ina260(let part): try part.validate()
        }
    }

    private func read(now: Instant) -> (Reading<Millivolts>, Reading<Milliwatts>) {
        switch driver {
        case .ina226(let part): (part.busVoltage(now: now), part.power(now: now))
        case .ina260(let part): (part.busVoltage(now: now), part.power(now: now))
        }
    }

    private func lose(_ found: PartFault, now: Instant, into news: inout [PartNews]) {
        if fault != found { news.append(.lost(path, found)) }
        news.append(.meter(meter, .failed(found.failure), .failed(found.failure)))
        fault = found
        isPrepared = false
        retry.fail(found.retryHint, now: now)
    }
}

/// A hash board's EEPROM, which is read once for each time that the board is plugged in.
final class MemoryStation: Station {
    static let attempts = 3

    let chain: String?
    private let path: String
    private let memory: Int
    private let part: AT24C02
    private var attemptsLeft = MemoryStation.attempts
    private var retry = PartsRetry()
    private(set) var wakeAt = Instant(nanoseconds: 0)

    init(_ path: String, memory: Int, chain: String?, part: AT24C02) {
        self.path = path
        self.memory = memory
        self.chain = chain
        self.part = part
    }

    func step(now: Instant, into news: inout [PartNews]) {
        guard attemptsLeft > 0 else {
            wakeAt = Instant(nanoseconds: .max)
            return
        }
        do throws(ChipFault) {
            let contents = try part.contents()
            attemptsLeft = 0
            news.append(
                .memory(
                    memory, AT24C02.preamble(contents[0], contents[1]), isPlain: AT24C02.hasPlainSerial(contents)))
            wakeAt = Instant(nanoseconds: .max)
        } catch {
            attemptsLeft -= 1
            retry.fail(error.retryHint, now: now)
            wakeAt = retry.next
            if attemptsLeft == 0 { news.append(.lost(path, .chip(error))) }
        }
    }

    func rest(now: Instant, into news: inout [PartNews]) {
        attemptsLeft = Self.attempts
        wakeAt = now + .seconds(1)
    }
}
