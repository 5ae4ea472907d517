import Base

/// Keeps a worker hashing for its part of the time, however late it is woken and whatever else runs on its processor.
///
/// It compares the processor time used with the time gone by and says how long to rest. What a rest took too long is made up
/// for, up to a limit: a worker that had nothing to do for a minute does not run at full power for the next one.
struct DutyCycle {
    /// A rest is as long as this at least: waking up takes some 50 µs (timer slack, prctl(2)), which shorter ones would be
    /// made of.
    static let shortestRest = Duration.milliseconds(1)
    /// Time that may be made up for.
    static let makeUpLimit = Duration.milliseconds(10)

    /// 1–100.
    let percent: Int
    /// Nanoseconds of hashing above the setting, times 100.
    private var excess: Int64 = 0

    init(percent: Int) {
        self.percent = percent
    }

    /// Takes in that of `time` that has gone by, `hashing` was spent on the processor.
    mutating func record(_ time: Duration, hashing: Duration) {
        // A day at a time keeps the products far from overflow.
        let limit: Int64 = 86_400_000_000_000
        let (all, used) = (min(limit, time.nanoseconds), min(limit, hashing.nanoseconds))
        let sum = excess + 100 * used - Int64(percent) * all
        excess = max(sum, -Int64(percent) * Self.makeUpLimit.nanoseconds)
    }

    /// How long to rest now; zero while a rest would be too short to be worth it.
    var rest: Duration {
        let due = Duration.nanoseconds(excess / Int64(percent))
        return due < Self.shortestRest ? .zero : due
    }
}
