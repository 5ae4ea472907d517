import Base

/// How much power is allowed by the time of day and by the price.
///
/// Civil time is an input, never a state: whatever the wall clock does, the next look at it gives the right claim again.
public struct PowerSchedule: Equatable, Sendable {
    /// A time of day that recurs.
    public struct Hours: Equatable, Sendable {
        /// Bit 0 for Monday to bit 6 for Sunday: the days on which it begins.
        public var days: UInt8
        /// Minutes after local midnight, 0…1439; `until` not after `from` means the next day.
        public var from: Int
        public var until: Int
        public var limit: PowerLimit

        public init(days: UInt8 = 0x7F, from: Int, until: Int, limit: PowerLimit) {
            self.days = days
            self.from = from
            self.until = until
            self.limit = limit
        }
    }

    /// What a price allows.
    public struct PriceRule: Equatable, Sendable {
        /// From this price on, in millionths of the currency per kilowatt-hour.
        public var from: Int64
        public var limit: PowerLimit

        public init(from: Int64, limit: PowerLimit) {
            self.from = from
            self.limit = limit
        }
    }

    /// Most entries of each kind.
    public static let entryLimit = 32
    /// The slots of the two claims.
    public static let hoursKey = PowerClaim.Key(.schedule, slot: 0)
    public static let priceKey = PowerClaim.Key(.schedule, slot: 1)

    /// Local time is so many minutes ahead of UTC, −840…840.
    public var utcOffset = 0
    public var hours: [Hours] = []
    public var priceRules: [PriceRule] = []

    public init() {}

    /// What the schedule wants now: for each of its two keys a claim, or nil for none.
    public struct Wish: Equatable, Sendable {
        public var hours: PowerClaim?
        public var price: PowerClaim?
        /// When to look again at the latest.
        public var until: Instant
    }

    /// A claim lasts so long without another look, which is due in half that time at the latest.
    static let renewal = Duration.seconds(120)

    /// Reads the schedule at a civil time.
    /// - Parameters:
    ///   - unixSeconds: what the wall clock shows.
    ///   - rated: tells which of two limits in different units is the lower one.
    public func wish(unixSeconds: Int64, prices: PriceTable, rated: Milliwatts, now: Instant) -> Wish {
        var wish = Wish(until: now + .seconds(secondsToChange(unixSeconds)))
        if let limit = hoursLimit(unixSeconds, rated: rated) {
            wish.hours = PowerClaim(Self.hoursKey, limit, start: now, expiry: now + Self.renewal)
        }
        guard let entry = prices.entry(at: unixSeconds) else { return wish }
        wish.until = min(wish.until, now + .seconds(entry.until - unixSeconds))
        if let limit = priceLimit(entry.price) {
            wish.price = PowerClaim(Self.priceKey, limit, start: now, expiry: now + Self.renewal)
        }
        return wish
    }

    /// The lowest limit of all hours that hold at a civil time.
    func hoursLimit(_ unixSeconds: Int64, rated: Milliwatts) -> PowerLimit? {
        let (day, minute) = local(unixSeconds)
        var lowest: PowerLimit?
        for entry in hours where isWithin(entry, day: day, minute: minute) {
            guard let limit = lowest else {
                lowest = entry.limit
                continue
            }
            if entry.limit.resolved(rated: rated) < limit.resolved(rated: rated) { lowest = entry.limit }
        }
        return lowest
    }

    /// The limit of the highest rule that the price reaches.
    func priceLimit(_ price: Int64) -> PowerLimit? {
        var best: PriceRule?
        for rule in priceRules where rule.from <= price && (best.map { rule.from >= $0.from } ?? true) { best = rule }
        return best?.limit
    }

    private func isWithin(_ entry: Hours, day: Int, minute: Int) -> Bool {
        func begins(_ day: Int) -> Bool { entry.days >> UInt8((day + 7) % 7) & 1 == 1 }
        if entry.from < entry.until { return begins(day) && minute >= entry.from && minute < entry.until }
        return begins(day) && minute >= entry.from || begins(day - 1) && minute < entry.until
    }

    /// Day of the week, Monday 0, and minute of the day.
    private func local(_ unixSeconds: Int64) -> (day: Int, minute: Int) {
        let seconds = unixSeconds + Int64(utcOffset) * 60
        let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        // 1 January 1970 was a Thursday.
        let weekday = ((days + 3) % 7 + 7) % 7
        return (Int(weekday), Int((seconds - days * 86_400) / 60))
    }

    /// Seconds to the next full minute: nothing changes within one.
    private func secondsToChange(_ unixSeconds: Int64) -> Int64 {
        60 - ((unixSeconds % 60) + 60) % 60
    }
}
