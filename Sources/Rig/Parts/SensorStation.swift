import Base
import Buses
import Peripherals

/// A temperature sensor on a bus, with all its channels.
final class SensorStation: Station {
    /// Between readings.
    static let interval = Duration.seconds(1)
    /// Rounds without any value after which the part counts as lost.
    static let patience = 3

    private enum State {
        case lost(PartFault?)
        case found(emptyRounds: Int)
    }

    /// A channel that the board file names: its place there, its number on the part, and what is added to it.
    struct Channel {
        var sensor: Int
        var number: Int
        var offset: Celsius
    }

    let chain: String?
    private let path: String
    private let channels: [Channel]
    private var driver: SensorDriver
    private var state = State.lost(nil)
    private var retry = PartsRetry()
    private(set) var wakeAt = Instant(nanoseconds: 0)

    init(_ path: String, chain: String?, driver: SensorDriver, channels: [Channel]) {
        self.path = path
        self.chain = chain
        self.driver = driver
        self.channels = channels
    }

    func step(now: Instant, into news: inout [PartNews]) {
        wakeAt = now + Self.interval
        if case .lost(let fault) = state {
            guard retry.next <= now else { return tell(fault?.failure ?? .settling, into: &news) }
            do throws(ChipFault) {
                try driver.prepare()
                retry.succeed()
                state = .found(emptyRounds: 0)
                news.append(.found(path))
            } catch {
                return lose(.chip(error), now: now, into: &news)
            }
        }
        read(now: now, into: &news)
    }

    func rest(now: Instant, into news: inout [PartNews]) {
        wakeAt = now + Self.interval
        state = .lost(nil)
        retry = PartsRetry()
    }

    private func read(now: Instant, into news: inout [PartNews]) {
        var values = 0
        var failure = ReadingFailure.settling
        for channel in channels {
            let offset = channel.offset
            let reading = driver.temperature(channel: channel.number, now: now).map { $0 + offset }
            news.append(.temperature(sensor: channel.sensor, reading))
            if let found = reading.failure { failure = found } else { values += 1 }
        }
        guard values == 0, case .found(let rounds) = state else {
            state = .found(emptyRounds: 0)
            return
        }
        // A part that was reset has to be set up again before it says anything true.
        if failure == .deviceReset || rounds + 1 >= Self.patience {
            lose(.reading(failure), now: now, into: &news)
        } else {
            state = .found(emptyRounds: rounds + 1)
        }
    }

    private func lose(_ fault: PartFault, now: Instant, into news: inout [PartNews]) {
        let isKnown = if case .lost(let known) = state { known == fault } else { false }
        if !isKnown { news.append(.lost(path, fault)) }
        if case .lost = state { tell(fault.failure, into: &news) }
        state = .lost(fault)
        retry.fail(fault.retryHint, now: now)
        if case .reading(.deviceReset) = fault { retry = PartsRetry() }
    }

    private func tell(_ failure: ReadingFailure, into news: inout [PartNews]) {
        for channel in channels { news.append(.temperature(sensor: channel.sensor, .failed(failure))) }
    }
}

/// A temperature that a kernel driver reads.
final class KernelSensorStation: Station {
    let chain: String?
    private let sensor: Int
    private let offset: Celsius
    private let source: any TemperatureSource
    private(set) var wakeAt = Instant(nanoseconds: 0)

    init(_ sensor: Int, chain: String?, offset: Celsius, source: any TemperatureSource) {
        self.sensor = sensor
        self.chain = chain
        self.offset = offset
        self.source = source
    }

    func step(now: Instant, into news: inout [PartNews]) {
        wakeAt = now + SensorStation.interval
        let offset = offset
        news.append(.temperature(sensor: sensor, source.temperature(now: now).map { $0 + offset }))
    }

    func rest(now: Instant, into news: inout [PartNews]) { wakeAt = now + SensorStation.interval }
}
