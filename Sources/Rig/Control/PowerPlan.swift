import ASIC
import Base

/// Which boards run, and at what clocks, so that the rig takes as much power as it may and no more.
///
/// Boards run at like clocks, since a chip is the more efficient the slower it runs; whole boards are switched off where
/// clocks alone do not do it, or not in time. Off and slower are decided at once; on and faster only when it pays
/// (`Hysteresis`), so that the plan does not hunt after a meter's noise.
public struct PowerPlan: Sendable {
    /// What is the same for every decision.
    public struct Profile: Equatable, Sendable {
        /// What the rig takes besides its boards: control board, fans, the supplies' own use.
        public var base: Milliwatts
        /// Power out of the supplies in thousandths of the power into them, 1–1000.
        public var efficiencyPermille: Int32
        public var hysteresis = Hysteresis()

        public init(base: Milliwatts, efficiencyPermille: Int32 = 940) {
            self.base = base
            self.efficiencyPermille = min(max(efficiencyPermille, 1), 1000)
        }
    }

    /// What a change for the better must be worth.
    public struct Hysteresis: Equatable, Sendable {
        /// Room below the limit that is not worth a change, in thousandths of the limit.
        public var roomPermille: Int64 = 15
        /// More power used, or more hashes for the same power, that are worth switching a board, in thousandths.
        public var gainPermille: UInt64 = 50
        /// Between a board's being switched off for lack of power and the next decision to switch one on.
        public var dwell = Duration.seconds(60)
        /// How soon a limit without a deadline is kept.
        public var usualDeadline = Duration.seconds(10)

        public init() {}
    }

    /// A board as it is now.
    public struct Board: Equatable, Sendable {
        public var model: BoardPowerModel
        public var voltage: Millivolts
        /// Lowest and highest clock, the latter cut by heat or by the tuner.
        public var clocks: ClosedRange<ClockFrequency>
        /// Whether it may run at all.
        public var isAvailable: Bool
        /// Its clock now; nil while it does not hash.
        public var clock: ClockFrequency?
        /// Whether it takes power already, or is on its way to.
        public var isOn: Bool

        public init(
            model: BoardPowerModel, voltage: Millivolts, clocks: ClosedRange<ClockFrequency>, isAvailable: Bool,
            clock: ClockFrequency?, isOn: Bool
        ) {
            self.model = model
            self.voltage = voltage
            self.clocks = clocks
            self.isAvailable = isAvailable
            self.clock = clock
            self.isOn = isOn
        }
    }

    /// Steps in which clocks are planned: half a step of the chains' own ramps (Docs/chips-uart.md, "Clock").
    static let clockStep: UInt32 = 3_125_000
    /// How fast chains change their clocks: one ramp step each interval.
    static let hertzPerSecond: Int64 = Int64(FrequencyRamp.stepHertz) * 10
    /// More boards than any rig has.
    public static let maximumBoards = 16

    /// What a choice of boards comes to.
    private struct Worth {
        var count = 0
        var power: Int64 = 0
        var hashes: UInt64 = 0
    }

    public let profile: Profile
    /// The clock of every board; nil is off.
    public private(set) var clocks: [ClockFrequency?]
    /// Power at the mains that the plan comes to, after correction.
    public private(set) var planned = Milliwatts.zero
    /// Measured power at the mains in thousandths of what the models say.
    public private(set) var correctionPermille: Int64 = 1000
    private var lastSwitchOff: Instant?
    /// Room for candidates, kept.
    private var trial: [ClockFrequency?]
    private var best: [ClockFrequency?]

    public init(boardCount: Int, profile: Profile) {
        self.profile = profile
        clocks = Array(repeating: nil, count: min(boardCount, Self.maximumBoards))
        trial = clocks
        best = clocks
    }

    /// Power at the mains with these clocks; nil is a board that is off.
    func mains(_ clocks: [ClockFrequency?], _ boards: [Board]) -> Milliwatts {
        var sum: Int64 = 0
        for index in clocks.indices where index < boards.count {
            guard let clock = clocks[index] else { continue }
            sum += Int64(boards[index].model.power(at: clock, boards[index].voltage).value)
        }
        let raw = Int64(profile.base.value) + sum * 1000 / Int64(profile.efficiencyPermille)
        return Milliwatts(clamping: (raw * correctionPermille + 999) / 1000)
    }

    /// Decides anew.
    /// - Parameters:
    ///   - limit: the most that the rig may take at the mains; zero is off.
    ///   - deadline: when it must not take more; nil: soon.
    public mutating func decide(limit: Milliwatts, deadline: Instant?, boards: [Board], now: Instant) {
        let allowed = min(boards.count, clocks.count)
        if limit <= .zero {
            for index in clocks.indices { clocks[index] = nil }
            planned = .zero
            return
        }
        let isSame = clocks.indices.allSatisfy { ($0 < allowed && boards[$0].isAvailable) || clocks[$0] == nil }
        let isKept = isSame && clocks.indices.allSatisfy { isInRange($0, boards) } && mains(clocks, boards) <= limit
        let sheds = shed(limit, deadline ?? now + profile.hysteresis.usualDeadline, boards, now)
        let mayAdd = lastSwitchOff.map { now - $0 >= profile.hysteresis.dwell } ?? true

        // The boards that are on stay on if they can; more or fewer only where that pays.
        let running = (0..<allowed).count { boards[$0].isAvailable && isHeld($0, boards) && !isShed($0, sheds) }
        let available = (0..<allowed).count { boards[$0].isAvailable && !isShed($0, sheds) }
        var found = Worth()
        for index in best.indices { best[index] = nil }
        for count in stride(from: min(available, mayAdd ? available : running), to: 0, by: -1) {
            guard fill(count, limit, boards, sheds) else { continue }
            let worth = Worth(
                count: count, power: Int64(mains(trial, boards).value), hashes: hashRate(trial, boards))
            if isBetter(worth, than: found, running, limit) {
                found = worth
                swap(&best, &trial)
            }
        }
        let present = Int64(mains(clocks, boards).value)
        if isKept, sheds == 0, found.power <= present || present >= enough(limit) {
            return adopt(clocks, boards, now)
        }
        adopt(best, boards, now)
    }

    /// Takes a measurement of the whole rig's power while all boards were steady. While a response to the grid is active,
    /// only what lowers the plan is learnt.
    public mutating func calibrate(measured: Milliwatts, boards: [Board], isFrozen: Bool) {
        let modelled = Int64(mains(clocks, boards).value) * 1000 / max(1, correctionPermille)
        guard modelled > 0, measured > .zero else { return }
        let found = min(max(Int64(measured.value) * 1000 / modelled, 700), 1400)
        // Upward at once, since too much is being taken; downward by eighths.
        let next = found > correctionPermille ? found : correctionPermille + (found - correctionPermille) / 8
        if isFrozen, next < correctionPermille { return }
        correctionPermille = next
    }

    // MARK: Inside

    private mutating func adopt(_ next: [ClockFrequency?], _ boards: [Board], _ now: Instant) {
        for index in next.indices where index < boards.count && boards[index].isAvailable {
            if next[index] == nil, clocks[index] != nil { lastSwitchOff = now }
        }
        for index in next.indices { clocks[index] = next[index] }
        planned = clocks.contains { $0 != nil } ? mains(clocks, boards) : .zero
    }

    /// Whether the board is on or was meant to be.
    private func isHeld(_ index: Int, _ boards: [Board]) -> Bool { boards[index].isOn || clocks[index] != nil }

    private func isInRange(_ index: Int, _ boards: [Board]) -> Bool {
        guard let clock = clocks[index], index < boards.count else { return true }
        return boards[index].clocks.contains(clock)
    }

    private func hashRate(_ clocks: [ClockFrequency?], _ boards: [Board]) -> UInt64 {
        var sum: UInt64 = 0
        for index in clocks.indices where index < boards.count {
            if let clock = clocks[index] { sum += boards[index].model.hashRate(at: clock) }
        }
        return sum
    }

    /// Power that is near enough to the limit.
    private func enough(_ limit: Milliwatts) -> Int64 {
        Int64(limit.value) * (1000 - profile.hysteresis.roomPermille) / 1000
    }

    /// More of the power that may be used is better, and of equals more hashes; another number of boards than run now has
    /// to be better by the hysteresis.
    private func isBetter(_ a: Worth, than b: Worth, _ running: Int, _ limit: Milliwatts) -> Bool {
        if b.count == 0 { return true }
        let (powerA, powerB) = (min(a.power, enough(limit)), min(b.power, enough(limit)))
        if powerA != powerB { return isMore(UInt64(max(0, powerA)), than: UInt64(max(0, powerB)), a, b, running) }
        return isMore(a.hashes, than: b.hashes, a, b, running)
    }

    private func isMore(_ x: UInt64, than y: UInt64, _ a: Worth, _ b: Worth, _ running: Int) -> Bool {
        let gain = profile.hysteresis.gainPermille
        if a.count == running { return x / 1000 * (1000 + gain) >= y }
        if b.count == running { return x > y / 1000 * (1000 + gain) }
        return x > y
    }

    /// Boards that have to go because clocks cannot fall far enough by the deadline, as bits: largest first.
    private func shed(_ limit: Milliwatts, _ deadline: Instant, _ boards: [Board], _ now: Instant) -> UInt32 {
        let time = max(.zero, deadline - now)
        let fall = min(time.nanoseconds / 1_000_000 * Self.hertzPerSecond / 1000, Int64(UInt32.max))
        var gone: UInt32 = 0
        for _ in boards.indices {
            var sum: Int64 = 0
            var largest: (index: Int, power: Int64)?
            for (index, board) in boards.enumerated() where index < clocks.count && !isShed(index, gone) {
                guard board.isAvailable, board.isOn else { continue }
                let clock = board.clock ?? board.clocks.lowerBound
                let reached = max(Int64(board.clocks.lowerBound.hertz), Int64(clock.hertz) - fall)
                let power = Int64(
                    board.model.power(
                        at: min(clock, ClockFrequency(hertz: UInt32(clamping: reached))), board.voltage
                    ).value)
                sum += power
                if largest.map({ power > $0.power }) ?? true { largest = (index, power) }
            }
            let raw = Int64(profile.base.value) + sum * 1000 / Int64(profile.efficiencyPermille)
            guard let largest, (raw * correctionPermille + 999) / 1000 > Int64(limit.value) else { break }
            gone |= 1 << UInt32(largest.index)
        }
        return gone
    }

    private func isShed(_ index: Int, _ sheds: UInt32) -> Bool { sheds >> UInt32(index) & 1 == 1 }

    /// Fills `trial` with `count` boards, those that are on first, at the highest like clocks within the limit, and then
    /// raises single boards by steps. False when so many do not fit.
    private mutating func fill(_ count: Int, _ limit: Milliwatts, _ boards: [Board], _ sheds: UInt32) -> Bool {
        for index in trial.indices { trial[index] = nil }
        var left = count
        for pass in 0..<2 {
            for index in trial.indices where left > 0 && index < boards.count {
                guard boards[index].isAvailable, isHeld(index, boards) == (pass == 0), !isShed(index, sheds) else {
                    continue
                }
                trial[index] = boards[index].clocks.lowerBound
                left -= 1
            }
        }
        guard left == 0, mains(trial, boards) <= limit else { return false }
        var (low, high): (Int64, Int64) = (0, 1000)
        while low < high {
            let middle = (low + high + 1) / 2
            scale(middle, boards)
            if mains(trial, boards) <= limit { low = middle } else { high = middle - 1 }
        }
        scale(low, boards)
        // Less than a step is left for each board, so one round of single steps uses what can be used.
        for index in trial.indices where index < boards.count {
            guard let clock = trial[index], clock < boards[index].clocks.upperBound else { continue }
            trial[index] = min(
                boards[index].clocks.upperBound, ClockFrequency(hertz: clock.hertz + Self.clockStep))
            if mains(trial, boards) > limit { trial[index] = clock }
        }
        return true
    }

    private mutating func scale(_ permille: Int64, _ boards: [Board]) {
        for index in trial.indices where index < boards.count && trial[index] != nil {
            let (low, high) = (boards[index].clocks.lowerBound.hertz, boards[index].clocks.upperBound.hertz)
            let rise = UInt32(clamping: Int64(high - low) * permille / 1000)
            trial[index] = ClockFrequency(
                hertz: permille == 1000 ? high : low + rise / Self.clockStep * Self.clockStep)
        }
    }
}
