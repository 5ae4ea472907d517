import Base

/// What the arbiter must know of the rig, and how gently it is to be switched (Docs/power.md gives the reasons).
public struct PowerSettings: Equatable, Sendable {
    /// How power comes back.
    public struct Restore: Equatable, Sendable {
        /// Longest random delay before the first step.
        public var jitter = Duration.seconds(480)
        /// Each step in thousandths of the rated power, 1–1000.
        public var stepPermille = 100
        /// Time between steps.
        public var stepInterval = Duration.seconds(30)
        /// How long the mains must have been good after a blackout.
        public var goodMains = Duration.seconds(180)
        /// Mains that are bad for so long count as a blackout; a sag is shorter and switches nothing.
        public var blackoutAfter = Duration.seconds(2)

        public init() {}
    }

    /// Power at the mains with every board at its highest setting.
    public var rated: Milliwatts
    /// Least power at which the rig runs; a lower limit is off.
    public var minimum: Milliwatts
    /// Most power at which the rig counts as off: its control board and turning fans.
    public var standby = Milliwatts(100_000)
    /// Where the rig stands when nobody wants anything else.
    public var target = PowerLimit.permille(1000)
    public var minimumOnTime = Duration.seconds(300)
    public var minimumOffTime = Duration.seconds(120)
    /// Starts within 24 hours, 1–`CycleBudget.limit`.
    public var cyclesPerDay = 24
    public var restore = Restore()

    /// Nil unless 0 < `minimum` ≤ `rated`.
    public init?(rated: Milliwatts, minimum: Milliwatts) {
        guard minimum > .zero, minimum <= rated else { return nil }
        self.rated = rated
        self.minimum = minimum
    }

    /// One step of the restore.
    var step: Milliwatts {
        max(Milliwatts(value: 1), PowerLimit.permille(restore.stepPermille).resolved(rated: rated))
    }

    /// `limit` for this rig: zero when it is less than the rig can run on.
    func usable(_ limit: PowerLimit) -> Milliwatts {
        let power = limit.resolved(rated: rated)
        return power < minimum ? .zero : power
    }
}
