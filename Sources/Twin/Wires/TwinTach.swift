import Base
import Buses

/// The tachometer wire of a simulated fan: its edges, and its speed as the control board would count it.
public final class TwinTach: EdgeSource, Tachometer {
    /// A fan without a pulse for this long, which is 30 min⁻¹ at two pulses a revolution, counts as stopped.
    private static let slowest = 30.0

    private let fan: FanUnit
    private let access: TwinAccess

    init(_ fan: FanUnit, access: TwinAccess) {
        self.fan = fan
        self.access = access
    }

    /// Rising edges since the last call; none are kept before the first one.
    public func read(into edges: inout MutableSpan<Edge>) throws(BusFault) -> Int {
        _ = access.enter()
        fan.pulses.listen()
        var count = 0
        while count < edges.count, let pulse = fan.pulses.next() {
            edges[count] = Edge(.toActive, at: pulse.at, sequence: pulse.sequence)
            count += 1
        }
        access.leave()
        return count
    }

    public var lost: UInt64 {
        _ = access.enter()
        let lost = fan.pulses.lost
        access.leave()
        return lost
    }

    /// The speed over the newest pulses; stopped below 30 min⁻¹, and without its wire.
    public func speed(now: Instant) -> Reading<RPM> {
        _ = access.enter()
        let (speed, isCounterZero) = (fan.isTachometerLost ? 0 : fan.speed, fan.isCounterZero)
        access.leave()
        if isCounterZero { return .failed(.implausible) }
        return speed < TwinTach.slowest ? .failed(.stopped) : .ok(RPM(Int32(speed)), at: now)
    }
}
