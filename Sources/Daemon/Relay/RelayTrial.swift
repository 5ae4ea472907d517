import Base
import Buses
import Grid
import Platform
import Rig
import SHA256
import Twin

/// Measures the relay in real time against a simulated mains: from the crossing of the threshold to load off.
public struct RelayTrial {
    /// One kind of delay, shortest first.
    public struct Delays: Sendable {
        public var name: StaticString
        public var sorted: [Duration]
    }

    /// Why there is no result.
    public enum Failure: Error {
        case system(SystemError)
        /// No kernel computes right on this processor.
        case noKernel
        /// The relay did not take load off, or took it off more often than the mains gave cause.
        case wrongCount(expected: Int, found: Int)
    }

    public private(set) var delays: [Delays] = []
    /// What the system did not grant: real-time priority, locked memory.
    public private(set) var refusals: [SystemError] = []
    /// Bytes that the flooded socket delivered meanwhile, and hash workers at work.
    public private(set) var floodedBytes: UInt64 = 0
    public private(set) var workerCount = 0

    /// Seconds of a cycle: steady, down through the threshold at 1 Hz/s to 49.4 Hz, and back.
    private static let steady = 1.4, bottom = 2.0, back = 2.3, cycle = 3.0
    /// The mains falls below 49.7 Hz, the highest activation level of the Nordic fast frequency reserve, at this point of a cycle.
    private static let crossing = 1.7
    private static let trip = Microhertz(49_700_000)
    /// Of each edge, one standard deviation: an optocoupler's.
    private static let jitter: Int32 = 5000
    /// Rigs of as many seeds are asked how their mains power falls.
    private static let falls = 16

    /// - Parameters:
    ///   - events: how often the mains falls through the threshold; each takes three seconds.
    ///   - decisions: how often the path from decision to line is walked besides, a thousand edges a second.
    ///   - isLoaded: whether everything else is as busy as it can be.
    public init(events: Int, decisions: Int, isLoaded: Bool) throws(Failure) {
        guard let kernel = KernelSelection(processorTime: { Clock.threadProcessorTime }).fastest else {
            throw .noKernel
        }
        do throws(SystemError) {
            let load = isLoaded ? try RelayLoad(kernel: kernel) : nil
            let baseline = try WakeupMeter(samples: events * 3000 + decisions * 2)
            try runEvents(events)
            try runDecisions(decisions)
            try baseline.end()
            delays.append(Delays(name: "timer wake-up", sorted: baseline.sorted))
            if let load {
                floodedBytes = load.floodedBytes
                workerCount = load.workerCount
                try load.stop()
            }
        } catch {
            throw .system(error)
        }
        let found = delays.first.map { $0.sorted.count } ?? 0
        guard found == events else { throw .wrongCount(expected: events, found: found) }
        let walked = delays.first { $0.name.description == "decision to line" }.map { $0.sorted.count } ?? 0
        guard walked == decisions else { throw .wrongCount(expected: decisions, found: walked) }
    }

    // MARK: Events

    private mutating func runEvents(_ count: Int) throws(SystemError) {
        var points: [MainsScript.Point] = [.init(0, 50)]
        for number in 0..<count {
            let begin = Double(number) * Self.cycle
            points += [
                .init(begin + Self.steady, 50), .init(begin + Self.bottom, 49.4), .init(begin + Self.back, 50),
            ]
        }
        var distortion = MainsDistortion()
        distortion.jitter = Self.jitter
        let origin = Clock.now + .milliseconds(20)
        let feed = TwinFeed(MainsScript(points), distortion: distortion, seed: 50, origin: origin)
        let judge = UnderFrequencyJudge(
            .init(trip: Self.trip, release: Microhertz(49_900_000), releaseAfter: .milliseconds(100)),
            estimator: .init(nominal: Millihertz(50_000)))
        let relay = try RelayThread(feed: feed, judge: judge, lines: Self.lines())
        let end = origin + .milliseconds(Int64(Double(count) * Self.cycle * 1000))
        let offs = try run(relay, until: end)
        var crossingToDecision: [Duration] = []
        var edgeToDecision: [Duration] = []
        var crossingToPower: [Duration] = []
        let falls = (1...UInt64(Self.falls)).compactMap { SupplyFall.measure(seed: $0) }
        for event in offs {
            let number = Int64((event.decided - origin).nanoseconds / Int64(Self.cycle * 1e9))
            let crossed = origin + .nanoseconds(number * Int64(Self.cycle * 1e9) + Int64(Self.crossing * 1e9))
            crossingToDecision.append(event.decided - crossed)
            edgeToDecision.append(event.decided - event.edge)
            guard let off = event.supplyOff, !falls.isEmpty else { continue }
            crossingToPower.append(off - crossed + falls[Int(number) % falls.count])
        }
        add("crossing to decision", crossingToDecision)
        add("edge to decision", edgeToDecision)
        add("crossing to AC -90%", crossingToPower)
    }

    // MARK: Decisions

    private mutating func runDecisions(_ count: Int) throws(SystemError) {
        let begin = Clock.now + .milliseconds(5)
        let feed = MetronomeFeed(begin: begin, interval: .milliseconds(1), count: 2 * count)
        let relay = try RelayThread(feed: feed, judge: AlternatingJudge(), lines: Self.lines())
        let offs = try run(relay, until: begin + .milliseconds(Int64(2 * count)) + .milliseconds(50))
        add("edge to read", offs.map { $0.read - $0.edge })
        add("decision to line", offs.compactMap { event in event.supplyOff.map { $0 - event.decided } })
    }

    // MARK: -

    /// Lines of every stage, each write of which is one system call, like that of a GPIO line.
    private static func lines() throws(SystemError) -> RelayLines {
        let inhibit = Inhibit()
        var lines: [GuardedLine] = []
        for stage in [OffStage.chipsInReset, .boardsDisabled, .supplyOff] {
            lines.append(
                GuardedLine(
                    try SystemCallLine(), stage: stage, isOffWhenActive: stage == .chipsInReset, inhibit: inhibit,
                    name: BusName(.gpio, 0)))
        }
        return RelayLines(lines, inhibit: inhibit)
    }

    /// Lets the relay run until `end` and collects when it took load off.
    private mutating func run<Judge: RelayJudge>(
        _ relay: RelayThread<Judge>, until end: Instant
    ) throws(SystemError) -> [RelayEvent] {
        var refused: [SystemError] = []
        let thread = try relay.start { refused.append($0) }
        var offs: [RelayEvent] = []
        while Clock.now < end {
            let wait = min(end, Clock.now + .milliseconds(100))
            _ = try relay.events.wakeup.descriptor.waitUntilReadable(deadline: wait)
            relay.events.drain { if $0.kind == .off { offs.append($0) } }
        }
        relay.end()
        try thread.join()
        relay.events.drain { if $0.kind == .off { offs.append($0) } }
        for error in refused where !refusals.contains(where: { $0.call.description == error.call.description }) {
            refusals.append(error)
        }
        return offs
    }

    private mutating func add(_ name: StaticString, _ delays: [Duration]) {
        self.delays.append(Delays(name: name, sorted: delays.sorted()))
    }
}

/// A simulated line whose write costs a system call.
final class SystemCallLine: OutputLine {
    private let wakeup: Wakeup
    private var state = false

    init() throws(SystemError) { wakeup = try Wakeup() }

    func set(_ active: Bool) throws(BusFault) {
        wakeup.signal()
        state = active
    }

    func isActive() throws(BusFault) -> Bool { state }
}

/// Edges at a fixed rate, for walking the relay's path more often than the mains gives cause to.
final class MetronomeFeed: RelayFeed {
    private let begin: Instant
    private let interval: Duration
    private let count: Int
    private var next = 0

    init(begin: Instant, interval: Duration, count: Int) {
        self.begin = begin
        self.interval = interval
        self.count = count
    }

    func wait(until deadline: Instant) throws(SystemError) {
        Thread.sleep(until: next < count ? min(due, deadline) : deadline)
    }

    func read(into edges: inout MutableSpan<Edge>) throws(BusFault) -> Int {
        // One at a time, so that each is a decision of its own.
        guard next < count, due <= Clock.now else { return 0 }
        edges[0] = Edge(next % 2 == 0 ? .toActive : .toInactive, at: due, sequence: UInt32(next))
        next += 1
        return 1
    }

    private var due: Instant { begin + interval * next }
}

/// Off with every rising edge, on with every falling one.
struct AlternatingJudge: RelayJudge {
    private(set) var isOff = false

    mutating func take(_ edge: Edge) -> RelayVerdict {
        isOff = edge.direction == .toActive
        return RelayVerdict(isOff: isOff, frequency: nil, canSee: true)
    }

    mutating func check(now: Instant) -> RelayVerdict { RelayVerdict(isOff: isOff, frequency: nil, canSee: true) }
}
