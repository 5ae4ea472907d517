import Base
import Buses

@testable import Rig

/// An arbiter in simulated time: a rig of 3 kW that runs on 1 kW or more.
struct PowerBench {
    static let rated = Milliwatts(3_000_000)
    static let minimum = Milliwatts(1_000_000)

    var arbiter: PowerArbiter
    var now: Instant
    var notes: [PowerArbiter.Note] = []

    static func settings(_ change: (inout PowerSettings) -> Void = { _ in }) -> PowerSettings {
        guard var settings = PowerSettings(rated: rated, minimum: minimum) else {
            preconditionFailure("sensible figures")
        }
        change(&settings)
        return settings
    }

    init(
        _ settings: PowerSettings = PowerBench.settings(), seed: UInt64 = 1, start: PowerStart = .fresh,
        memory: PowerMemory? = nil, now: Instant = Instant(nanoseconds: 3_600_000_000_000)
    ) {
        self.now = now
        arbiter = PowerArbiter(settings, seed: seed, start: start, memory: memory, now: now)
    }

    var watts: Int32 { arbiter.setpoint.limit.value / 1000 }
    var source: PowerClaim.Source { arbiter.setpoint.source }
    var reason: PowerSetpoint.Reason { arbiter.setpoint.reason }

    mutating func handle(_ input: PowerArbiter.Input) { notes += arbiter.handle(input, now: now) }

    /// Claims from now on.
    mutating func claim(
        _ source: PowerClaim.Source, _ limit: PowerLimit, _ direction: PowerClaim.Direction = .atMost, slot: UInt8 = 0,
        after delay: Duration = .zero, for span: Duration? = nil, _ change: (inout PowerClaim) -> Void = { _ in }
    ) {
        var claim = PowerClaim(
            .init(source, slot: slot), limit, direction, start: now + delay, expiry: span.map { now + delay + $0 })
        change(&claim)
        handle(.claim(claim))
    }

    mutating func release(_ source: PowerClaim.Source, slot: UInt8 = 0) { handle(.release(.init(source, slot: slot))) }

    /// Lets time pass, with a tick whenever the arbiter asked for one; at most `limit` of them.
    mutating func run(_ span: Duration, limit: Int = 10_000) {
        let end = now + span
        for _ in 0..<limit {
            guard let due = arbiter.deadline, due <= end else { break }
            now = max(now, due)
            handle(.tick)
        }
        now = end
        handle(.tick)
    }
}

extension Milliwatts {
    static func watts(_ watts: Int32) -> Milliwatts { Milliwatts(watts * 1000) }
}
