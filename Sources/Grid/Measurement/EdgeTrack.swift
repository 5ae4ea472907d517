import Base

/// Sorts edges: which belong to the mains, which are strays, and where the phase stepped.
///
/// Real mains moves an edge by some tens of microseconds against the course of those before, even at 10 Hz/s; a phase step
/// of 10° moves it by 553 µs (Docs/grid.md, "Phase steps"). An edge that is off is held back until the next ones
/// show whether all have moved or this one was a stray.
struct EdgeTrack {
    enum Outcome: Equatable {
        /// The edge belongs to the mains; so many before it did not come, and whether one held back turned out a stray.
        case accepted(missing: Int32, stray: Bool)
        /// Within the time after an edge in which no other can be.
        case blanked
        /// Off its place; the next edges tell why.
        case suspect
        /// The edge and the one held back before it belong to the mains, whose frequency changes fast.
        case drift
        /// The phase has stepped by so many seconds, or the polarities against each other.
        case phaseStep(Double)
        case amplitudeStep
        /// Nothing fits any more: the track begins anew with this edge.
        case lost
        /// Not later than an edge before it.
        case outOfOrder
    }

    private struct Suspect {
        var edge: EdgeRing.Edge
        var error: Double
    }

    /// Edges closer than this to the one before are bounces, in 1/1000 of the nominal half period (3 ms at 50 Hz).
    static let blankingPermille: Int64 = 300
    /// Half cycles that the expectation of the next edge rests on.
    static let reach: Int64 = 6
    /// An edge this far off its place is suspect, in seconds, however quiet the edges are: a phase step of 1.1° at 50 Hz.
    static let gate = 60e-6
    /// Beyond this it is suspect even in noise.
    static let widestGate = 1e-3
    /// Half cycles without an edge after which the count of cycles is lost.
    static let longestGap: Int64 = 10
    /// So many edges in a row that fit nothing end the track.
    static let strayLimit = 12

    private(set) var ring: EdgeRing
    private let halfPeriod: Double
    private var origin: Instant?
    private var lastEdge: Int64?
    private var risingSuspect: Suspect?
    private var fallingSuspect: Suspect?
    private var lastStep: (index: Int64, error: Double)?
    private var lastDrift: (index: Int64, error: Double)?
    private var strays = 0
    private var epoch: Int32 = 0
    /// How far the last accepted edges were off, the newest weighing most.
    private var trend = 0.0
    /// Running mean of how far accepted edges are off, in seconds.
    private var typicalError = 0.0
    /// Half the curvature of the course, in seconds per half cycle squared: the rate of change of frequency.
    var curvature = 0.0
    /// The last good slope, for the first edges after a step.
    var slope: Double?

    init(nominal: Millihertz, capacity: Int) {
        ring = EdgeRing(capacity: capacity)
        halfPeriod = 500 / Double(max(1, nominal.value))
    }

    /// When the newest edge of the mains came.
    var newestAt: Instant? {
        guard let origin, let newest = ring.newest else { return nil }
        return origin + .nanoseconds(newest.nanoseconds)
    }

    /// Whether an edge is waiting for the next ones to explain it.
    var isPuzzled: Bool { risingSuspect != nil || fallingSuspect != nil }

    mutating func forget() {
        ring.removeAll()
        risingSuspect = nil
        fallingSuspect = nil
        lastStep = nil
        lastDrift = nil
        strays = 0
        curvature = 0
        slope = nil
        lastEdge = nil
        origin = nil
        typicalError = 0
        trend = 0
    }

    /// Judges the next edge.
    mutating func take(_ crossing: Crossing) -> Outcome {
        guard let origin else {
            self.origin = crossing.at
            begin(crossing.polarity, 0)
            return .accepted(missing: 0, stray: false)
        }
        let time = (crossing.at - origin).nanoseconds
        if let lastEdge {
            guard time > lastEdge else { return .outOfOrder }
            if time - lastEdge < Int64(halfPeriod * 1e6) * Self.blankingPermille { return .blanked }
            if time - lastEdge > Int64(halfPeriod * 1e9) * Self.longestGap { return restart(crossing) }
        }
        lastEdge = time
        guard let newest = ring.newest else {
            begin(crossing.polarity, time)
            return .accepted(missing: 0, stray: false)
        }
        let isRising = crossing.polarity == .rising
        let fit = PhaseFit(ring, span: Self.reach, extension: Self.reach, halfPeriod: halfPeriod)
        let period = fit.spread >= 10 ? fit.slope(curvature: curvature) : slope
        guard let period else { return acquire(newest, time, isRising, crossing) }
        let elapsed = Double(time - newest.nanoseconds) * 1e-9
        let x = Self.distance(elapsed / (halfPeriod + period), sameParity: (newest.index & 1 == 0) == isRising)
        let edge = EdgeRing.Edge(index: newest.index + x, nanoseconds: time, epoch: epoch)
        guard
            let expected = fit.prediction(
                x: Double(x), isRising: isRising, slope: period, curvature: curvature)
        else {
            // The first edge of its polarity in this stretch: its offset is not known yet.
            guard x >= 1, abs(elapsed / (halfPeriod + period) - Double(x)) < 0.4 else { return stray(crossing) }
            return accept(edge, x - 1)
        }
        let error = elapsed - Double(x) * halfPeriod - expected
        if x >= 1, abs(error) > gate, let last = lastDrift, edge.index - last.index <= Self.reach,
            (last.error > 0) == (error > 0), abs(error) < Self.widestGate
        {
            lastDrift = (edge.index, error)
            return accept(edge, x - 1)
        }
        guard x >= 1, abs(error) <= gate else {
            return x >= 1 ? suspect(edge, error, isRising, crossing) : stray(crossing)
        }
        typicalError += (abs(error) - typicalError) / 32
        trend += (error - trend) * 0.7
        return accept(edge, x - (hasBothPolarities(fit) ? 1 : 2))
    }

    private var gate: Double {
        // Five standard deviations of a normal error are four times its mean magnitude twice over, or nearly.
        min(Self.widestGate, max(Self.gate, 6.3 * typicalError))
    }

    /// Whether two errors are the same one but for noise and what a change of amplitude does to a comparator off zero.
    private func isLike(_ first: Double, _ second: Double) -> Bool {
        abs(first - second) <= max(40e-6, 5 * typicalError, min(100e-6, 0.15 * abs(first)))
    }

    /// Whether errors grow from edge to edge, as they do when the frequency, and not the phase, has stepped.
    private func isDrift(from first: Double, to second: Double) -> Bool {
        guard (first > 0) == (second > 0), abs(second) < Self.widestGate else { return false }
        if isTrend(first) { return true }
        // A step of 1 Hz moves the first edge by 200 µs and the next by 400.
        return abs(first) <= 250e-6 && abs(second) > 1.4 * abs(first) && !isLike(first, second)
    }

    /// Whether the edges before were already on their way to so large an error.
    private func isTrend(_ error: Double) -> Bool { (trend > 0) == (error > 0) && abs(trend) > 0.3 * abs(error) }

    private func hasBothPolarities(_ fit: PhaseFit) -> Bool { fit.newest.0.count > 0 && fit.newest.1.count > 0 }

    /// The number of half cycles nearest to `ratio` that is even for edges of the same polarity and odd otherwise.
    private static func distance(_ ratio: Double, sameParity: Bool) -> Int64 {
        sameParity ? 2 * Int64((ratio / 2).rounded()) : 2 * Int64(((ratio - 1) / 2).rounded()) + 1
    }

    private mutating func begin(_ polarity: Crossing.Polarity, _ time: Int64) {
        lastEdge = time
        ring.append(EdgeRing.Edge(index: polarity == .rising ? 0 : 1, nanoseconds: time, epoch: epoch))
    }

    /// Without a course yet: an edge is taken if its distance from the one before is possible for the mains at all.
    private mutating func acquire(
        _ newest: EdgeRing.Edge, _ time: Int64, _ isRising: Bool, _ crossing: Crossing
    ) -> Outcome {
        let ratio = Double(time - newest.nanoseconds) * 1e-9 / halfPeriod
        let x = Self.distance(ratio, sameParity: (newest.index & 1 == 0) == isRising)
        let slack = x & 1 == 0 ? 0.2 * Double(x) : 0.4
        guard x >= 1, abs(ratio - Double(x)) <= slack else { return restart(crossing) }
        return accept(EdgeRing.Edge(index: newest.index + x, nanoseconds: time, epoch: epoch), 0)
    }

    private mutating func accept(_ edge: EdgeRing.Edge, _ missing: Int64) -> Outcome {
        let puzzles = (risingSuspect == nil ? 0 : 1) + (fallingSuspect == nil ? 0 : 1)
        if edge.index & 1 == 0 { risingSuspect = nil } else { fallingSuspect = nil }
        // An explanation must come at once, or the suspect was a stray.
        if let held = risingSuspect, edge.index - held.edge.index > 3 { risingSuspect = nil }
        if let held = fallingSuspect, edge.index - held.edge.index > 3 { fallingSuspect = nil }
        strays = 0
        ring.append(edge)
        let left = (risingSuspect == nil ? 0 : 1) + (fallingSuspect == nil ? 0 : 1)
        return .accepted(missing: Int32(clamping: max(0, missing)), stray: left < puzzles)
    }

    private mutating func suspect(
        _ edge: EdgeRing.Edge, _ error: Double, _ isRising: Bool, _ crossing: Crossing
    ) -> Outcome {
        let same = isRising ? risingSuspect : fallingSuspect
        let other = isRising ? fallingSuspect : risingSuspect
        if let other, edge.index - other.edge.index <= 3 {
            if isDrift(from: other.error, to: error) { return drift(other.edge, edge, error) }
            if isLike(other.error, error) {
                return step(other.edge, edge, .phaseStep((error + other.error) / 2))
            }
            if isLike(-other.error, error) { return step(other.edge, edge, .amplitudeStep) }
        }
        if let same, edge.index - same.edge.index <= 3 {
            if other == nil, isDrift(from: same.error, to: error) { return drift(same.edge, edge, error) }
            if isLike(same.error, error) {
                // Where only one polarity is wired, its step is the mains' own.
                let fit = PhaseFit(ring, span: Self.reach, extension: 0, halfPeriod: halfPeriod)
                return step(same.edge, edge, hasBothPolarities(fit) ? .amplitudeStep : .phaseStep(error))
            }
        }
        strays += 1
        guard strays < Self.strayLimit else { return restart(crossing) }
        if isRising {
            risingSuspect = Suspect(edge: edge, error: error)
        } else {
            fallingSuspect = Suspect(edge: edge, error: error)
        }
        return .suspect
    }

    /// The frequency is changing faster than expected: both edges are the mains' own.
    private mutating func drift(_ first: EdgeRing.Edge, _ second: EdgeRing.Edge, _ error: Double) -> Outcome {
        ring.append(first)
        trend = error
        lastDrift = (second.index, error)
        risingSuspect = nil
        fallingSuspect = nil
        _ = accept(second, 0)
        return .drift
    }

    /// All edges have moved: the new ones get offsets of their own, and share the slope.
    private mutating func step(_ first: EdgeRing.Edge, _ second: EdgeRing.Edge, _ outcome: Outcome) -> Outcome {
        if case .phaseStep(let error) = outcome {
            // Step upon step in the same direction is the course itself.
            if let lastStep, second.index - lastStep.index <= Self.reach, (lastStep.error > 0) == (error > 0) {
                self.lastStep = (second.index, error)
                return drift(first, second, error)
            }
            lastStep = (second.index, error)
        }
        epoch &+= 1
        ring.append(EdgeRing.Edge(index: first.index, nanoseconds: first.nanoseconds, epoch: epoch))
        ring.append(EdgeRing.Edge(index: second.index, nanoseconds: second.nanoseconds, epoch: epoch))
        risingSuspect = nil
        fallingSuspect = nil
        strays = 0
        trend = 0
        return outcome
    }

    private mutating func stray(_ crossing: Crossing) -> Outcome {
        strays += 1
        return strays < Self.strayLimit ? .suspect : restart(crossing)
    }

    private mutating func restart(_ crossing: Crossing) -> Outcome {
        forget()
        origin = crossing.at
        begin(crossing.polarity, 0)
        return .lost
    }
}
