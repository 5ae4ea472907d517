import Base
import Buses

/// The mains of a simulated rig: a script, played as edges by a generator.
public struct ScriptedMains: Sendable {
    public private(set) var generator: MainsGenerator
    private let script: MainsScript
    private var nextPoint = 0
    private var nextHappening = 0

    public init(
        _ script: MainsScript, distortion: MainsDistortion = MainsDistortion(), seed: UInt64 = 1,
        origin: Instant = Instant(nanoseconds: 0)
    ) {
        self.script = script
        generator = MainsGenerator(
            frequency: script.frequency(at: 0) ?? 0, distortion: distortion, seed: seed, origin: origin)
    }

    /// Plays up to `end` seconds after the origin and appends the edges on the way.
    public mutating func run(to end: Double, into edges: inout [Edge]) {
        // Bounded by the points and happenings that are left.
        while true {
            while nextPoint < script.points.count, script.points[nextPoint].time <= generator.elapsed { nextPoint += 1 }
            let point = nextPoint < script.points.count ? script.points[nextPoint].time : .infinity
            let happening =
                nextHappening < script.happenings.count ? script.happenings[nextHappening].time : .infinity
            let stop = min(end, point, happening)
            generator.run(to: stop, toward: script.frequency(at: stop) ?? 0, into: &edges)
            guard happening <= stop else {
                if stop >= end { return }
                continue
            }
            switch script.happenings[nextHappening].what {
            case .phaseStep(let degrees): generator.stepPhase(degrees: degrees, into: &edges)
            case .amplitude(let permille): generator.setAmplitude(permille, into: &edges)
            case .distortion(let distortion): generator.setDistortion(distortion, into: &edges)
            }
            nextHappening += 1
        }
    }
}

/// A scripted mains on the simulated rig's clock, for whoever reads edges of a line.
public final class TwinMains: EdgeSource {
    private let clock: any TwinClock
    private let start: Instant
    private var mains: ScriptedMains
    private var waiting: [Edge] = []

    /// The script begins now.
    public init(
        _ script: MainsScript, clock: any TwinClock, distortion: MainsDistortion = MainsDistortion(), seed: UInt64 = 1
    ) {
        self.clock = clock
        start = clock.now
        mains = ScriptedMains(script, distortion: distortion, seed: seed, origin: clock.now)
    }

    /// Moves the edges up to now; those that do not fit wait for the next call.
    public func read(into edges: inout MutableSpan<Edge>) throws(BusFault) -> Int {
        mains.run(to: Double((clock.now - start).nanoseconds) * 1e-9, into: &waiting)
        let count = min(edges.count, waiting.count)
        for index in 0..<count { edges[index] = waiting[index] }
        waiting.removeFirst(count)
        return count
    }

    /// Nothing is lost here.
    public var lost: UInt64 { 0 }

    /// The voltage now in thousandths of nominal, as a front end with a converter would tell.
    public var amplitude: Int32 { mains.generator.amplitude }
}
