import Base
import Buses

/// Where the rig's energy went, what it cost and what it earned, by cause; survives restarts as `energy.json`.
///
/// Integers only: what is added up for years must not drift.
public struct EnergyLedger: Equatable, Sendable {
    /// What the rig was doing with its power.
    public enum Cause: UInt8, CaseIterable, Sendable {
        /// Running at its target.
        case normal
        /// Following a surplus.
        case absorbed
        /// Held back by an operator, a schedule, a technician, heat or the lack of a pool.
        case curtailed
        /// Serving the grid's frequency, the way back included.
        case response
    }

    /// The sums of one cause.
    public struct Account: Equatable, Sendable {
        public var milliseconds: UInt64 = 0
        /// Energy taken, and energy that the target would have taken in addition.
        public var usedMilliwattHours: UInt64 = 0
        public var withheldMilliwattHours: UInt64 = 0
        /// What of the energy taken no meter has measured: the boards' models say so.
        public var estimatedMilliwattHours: UInt64 = 0
        /// Cost of the energy taken, in millionths of the currency; negative prices earn.
        public var cost: Int64 = 0
        /// Energy taken while no price was known.
        public var unpricedMilliwattHours: UInt64 = 0
        /// Thousandths of a satoshi earned.
        public var millisatoshis: UInt64 = 0

        public init() {}

        /// Whole satoshis for each kilowatt-hour taken; nil before the first watt-hour.
        public var satoshisPerKilowattHour: UInt64? {
            guard usedMilliwattHours >= 1000 else { return nil }
            // (msat / 1000) / (mWh / 10⁶)
            let (high, low) = millisatoshis.multipliedFullWidth(by: 1000)
            guard high < usedMilliwattHours else { return nil }
            return usedMilliwattHours.dividingFullWidth((high, low)).quotient
        }
    }

    private struct Remainder: Equatable {
        var used: UInt64 = 0
        var withheld: UInt64 = 0
    }

    /// Longest time that one measurement stands for; more is time without a measurement.
    static let longestSpan = Duration.seconds(60)
    /// Milliwatt-milliseconds in a milliwatt-hour.
    private static let unit: UInt64 = 3_600_000

    private(set) var accounts = Array(repeating: Account(), count: Cause.allCases.count)
    /// Time for which no measurement stands.
    public internal(set) var unmeasuredMilliseconds: UInt64 = 0
    /// What is not yet a whole milliwatt-hour, by cause: used and withheld.
    private var remainders = Array(repeating: Remainder(), count: Cause.allCases.count)
    /// Millionths of the currency are exact in units of 10⁻⁶ mWh·price.
    private var costRemainder: Int64 = 0
    private var last: Instant?

    public init() {}

    /// The sums of a cause.
    public subscript(cause: Cause) -> Account {
        get { accounts[Int(cause.rawValue)] }
        set { accounts[Int(cause.rawValue)] = newValue }
    }

    /// All causes together.
    public var total: Account {
        accounts.reduce(into: Account()) { sum, account in
            sum.milliseconds += account.milliseconds
            sum.usedMilliwattHours += account.usedMilliwattHours
            sum.withheldMilliwattHours += account.withheldMilliwattHours
            sum.estimatedMilliwattHours += account.estimatedMilliwattHours
            sum.cost += account.cost
            sum.unpricedMilliwattHours += account.unpricedMilliwattHours
            sum.millisatoshis += account.millisatoshis
        }
    }

    /// Books the time since the last call, about once a second, on the cause of the set point that held.
    /// - Parameters:
    ///   - power: what the rig takes, as measured.
    ///   - estimate: what it takes by its boards' models, for rigs without a meter; nil: then nothing is booked.
    ///   - target: what it would take if nobody wanted anything else.
    ///   - price: millionths of the currency per kilowatt-hour; nil where it is not known.
    public mutating func book(
        power: Reading<Milliwatts>, estimate: Milliwatts? = nil, setpoint: PowerSetpoint, target: Milliwatts,
        price: Int64?, now: Instant
    ) {
        defer { last = now }
        guard let last, now > last else { return }
        let span = now - last
        let milliseconds = UInt64(span.nanoseconds / 1_000_000)
        var taken: Milliwatts?
        if case .ok(let measured, let at) = power, measured >= .zero, now - at <= Self.longestSpan { taken = measured }
        let isEstimated = taken == nil
        guard let taken = taken ?? estimate, taken >= .zero, span <= Self.longestSpan else {
            unmeasuredMilliseconds += milliseconds
            return
        }
        let cause = Cause(setpoint)
        let index = Int(cause.rawValue)
        let used = remainders[index].used + UInt64(taken.value) * milliseconds
        let missing = UInt64(max(0, Int64(target.value) - Int64(taken.value)))
        let withheld = remainders[index].withheld + (cause == .normal ? 0 : missing * milliseconds)
        remainders[index] = Remainder(used: used % Self.unit, withheld: withheld % Self.unit)
        let energy = used / Self.unit
        self[cause].milliseconds += milliseconds
        self[cause].usedMilliwattHours += energy
        self[cause].withheldMilliwattHours += withheld / Self.unit
        if isEstimated { self[cause].estimatedMilliwattHours += energy }
        guard let price else {
            self[cause].unpricedMilliwattHours += energy
            return
        }
        // Price in 10⁻⁶/kWh times energy in mWh is cost in 10⁻¹²; at most 10⁹ · 36·10⁶ a call.
        costRemainder += price * Int64(clamping: energy)
        self[cause].cost += costRemainder / 1_000_000
        costRemainder %= 1_000_000
    }

    /// Books what accepted shares are worth, on the cause of the set point that holds.
    public mutating func earn(millisatoshis: UInt64, setpoint: PowerSetpoint) {
        self[Cause(setpoint)].millisatoshis += millisatoshis
    }
}

extension EnergyLedger.Cause {
    /// What the set point makes the rig do.
    public init(_ setpoint: PowerSetpoint) {
        switch setpoint.source {
        case .configured: self = .normal
        case .surplus: self = .absorbed
        case .frequency: self = .response
        case .safety, .remote, .technician, .schedule, .pool: self = .curtailed
        }
    }

    public var name: String {
        switch self {
        case .normal: "normal"
        case .absorbed: "absorbed"
        case .curtailed: "curtailed"
        case .response: "response"
        }
    }
}
