import Base

/// When a voltage counts as low, gone and restored (Docs/grid.md, "Dead bus").
public struct VoltageLimits: Equatable, Sendable {
    /// Below this, in thousandths of nominal, nothing trips: voltage dips are not shortages of power.
    public var sagBelow: Int32 = 800
    /// Below this there is no mains. EU 2016/1388 Art. 19 wants the lock-out of relays adjustable from 300 to 900.
    public var deadBelow: Int32 = 300
    /// At and above this the voltage counts toward "restored".
    public var goodFrom: Int32 = 850
    /// A measurement of the voltage counts for so long.
    public var staleAfter: Duration = .seconds(3)
    /// An interruption at least this long is an outage, and needs to be recovered from.
    public var outageAfter: Duration = .seconds(1)
    /// So long without a break must the voltage be good after an outage.
    public var restoreAfter: Duration = .seconds(300)

    public init() {}
}

/// Follows outages and recoveries.
struct OutageWatch: Equatable, Sendable {
    private var goneSince: Instant?
    private var goodSince: Instant?
    /// Whether an outage has not been recovered from yet.
    private(set) var isRecovering: Bool

    init(isRecovering: Bool) {
        self.isRecovering = isRecovering
    }

    /// Takes note of the state of the mains now; what is worth telling.
    mutating func update(isGone: Bool, isGood: Bool, limits: VoltageLimits, now: Instant) -> MainsEvent? {
        guard isGood else {
            goodSince = nil
            guard isGone else {
                goneSince = nil
                return nil
            }
            let since = goneSince ?? now
            goneSince = since
            guard !isRecovering, now - since >= limits.outageAfter else { return nil }
            isRecovering = true
            return .outage
        }
        if let goneSince, now - goneSince >= limits.outageAfter { isRecovering = true }
        goneSince = nil
        let since = goodSince ?? now
        goodSince = since
        guard isRecovering, now - since >= limits.restoreAfter else { return nil }
        isRecovering = false
        return .restored
    }
}
