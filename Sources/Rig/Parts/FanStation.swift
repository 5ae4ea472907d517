import Base
import Buses
import Peripherals

/// A fan, or several on one output. Its duty is written and read back again and again: a controller that was reset would
/// otherwise keep what it likes.
final class FanStation: Station {
    /// A fan in trouble is found out by two readings, and the others have to make up for it within two seconds.
    static let interval = Duration.milliseconds(500)

    let chain: String? = nil
    private let path: String
    private let fan: Int
    private let driver: FanDriver
    private let minimum: DutyCycle
    /// Full until somebody knows better.
    private var wanted = DutyCycle.full
    private var isPrepared = false
    private var isFound = false
    private var fault: PartFault?
    private var retry = PartsRetry()
    private(set) var wakeAt = Instant(nanoseconds: 0)

    init(_ path: String, fan: Int, driver: FanDriver, minimum: DutyCycle) {
        self.path = path
        self.fan = fan
        self.driver = driver
        self.minimum = minimum
    }

    /// Asks for a duty; below the least that keeps the fan turning it is that, unless it is zero.
    func set(_ duty: DutyCycle, now: Instant) {
        let duty = duty == .off ? duty : max(duty, minimum)
        guard duty != wanted else { return }
        wanted = duty
        if fault == nil { wakeAt = min(wakeAt, now) }
    }

    func step(now: Instant, into news: inout [PartNews]) {
        wakeAt = now + Self.interval
        if let fault, retry.next > now {
            news.append(.duty(fan: fan, .failed(fault.failure)))
        } else {
            drive(now: now, into: &news)
        }
        for tachometer in 0..<driver.tachometers {
            news.append(.speed(fan: fan, tachometer: tachometer, driver.speed(tachometer, now: now)))
        }
    }

    func rest(now: Instant, into news: inout [PartNews]) { wakeAt = now + Self.interval }

    private func drive(now: Instant, into news: inout [PartNews]) {
        do throws(PartFault) {
            if !isPrepared {
                do throws(ChipFault) { try driver.prepare() } catch { throw .chip(error) }
                isPrepared = true
            }
            news.append(.duty(fan: fan, .ok(try driver.apply(wanted), at: now)))
            if !isFound { news.append(.found(path)) }
            isFound = true
            fault = nil
            retry.succeed()
        } catch {
            if fault != error { news.append(.lost(path, error)) }
            news.append(.duty(fan: fan, .failed(error.failure)))
            fault = error
            isPrepared = false
            isFound = false
            retry.fail(error.retryHint, now: now)
            // A fan is worth more attempts than a sensor: it is tried at every step while the fault is a passing one.
            if error.retryHint != .never { retry = PartsRetry() }
        }
    }
}
