import Base
import Buses
import Grid
import Platform
import Rig
import Synchronization

/// The real-time path from an edge of the mains to the lines that take load off.
///
/// It waits for edges and for nothing else: no lock, no allocation, no bus but its own lines. What happened is told
/// afterwards through `events`, whether anybody listens or not.
final class RelayThread<Judge: RelayJudge>: @unchecked Sendable {
    /// Above the kernel's threaded interrupt handlers, which run at 50 unless configured otherwise.
    static var priority: Int { 80 }
    /// Without edges the time is looked at so often: 2.5 cycles at 50 Hz.
    private static var silence: Duration { .milliseconds(50) }

    /// What the relay has done, in order.
    let events: SingleProducerRing<RelayEvent>
    /// What the judge has measured, edge by edge, for whoever follows the frequency; nobody has to empty it.
    let readings: SingleProducerRing<MainsReading>
    private let feed: any RelayFeed
    private let lines: RelayLines
    private let isEnding = Atomic(false)
    private let progress = Atomic<UInt64>(0)
    private var core: RelayCore<Judge>
    private var slew = ClockSlew()
    private var count: UInt32 = 0
    private var hasFault = false

    /// - Parameter lines: nobody else writes them but through their guards.
    init(feed: any RelayFeed, judge: Judge, lines: RelayLines) throws(SystemError) {
        self.feed = feed
        self.lines = lines
        core = RelayCore(judge, now: Clock.now)
        events = try SingleProducerRing(capacity: 256)
        readings = try SingleProducerRing(capacity: 512)
    }

    /// Starts the thread; `warn` hears what the system did not grant. Without real-time priority it still works, but other
    /// programs may delay it.
    func start(warn: (SystemError) -> Void) throws(SystemError) -> Platform.Thread {
        do throws(SystemError) { try Process.lockMemory() } catch { warn(error) }
        var attributes = Platform.Thread.Attributes(name: "relay")
        attributes.realTimePriority = Self.priority
        do throws(SystemError) {
            return try Platform.Thread(attributes) { [self] in run() }
        } catch {
            guard error.errno == .notPermitted else { throw error }
            warn(error)
        }
        attributes.realTimePriority = nil
        return try Platform.Thread(attributes) { [self] in run() }
    }

    /// Tells the thread to return within the time that it looks at silence. Lines stay as they are.
    func end() { isEnding.store(true, ordering: .relaxed) }

    /// How many turns the thread has made: whoever feeds the watchdog looks whether it moves.
    var turns: UInt64 { progress.load(ordering: .relaxed) }

    private func run() {
        Process.useStack()
        var edges = InlineArray<16, Edge>(repeating: Edge(.toActive, at: Clock.now, sequence: 0))
        if core.isOff { report(lines.keepOff(), Clock.now) }
        var nextLook = Clock.now
        while !isEnding.load(ordering: .relaxed) {
            progress.wrappingAdd(1, ordering: .relaxed)
            do throws(SystemError) {
                try feed.wait(until: Clock.now + Self.silence)
            } catch {
                // A descriptor that cannot be waited for is looked at all the same, only less often.
                Platform.Thread.sleep(.milliseconds(5))
            }
            var span = edges.mutableSpan
            let got: Int
            do throws(BusFault) { got = try feed.read(into: &span) } catch { got = 0 }
            let read = Clock.now
            let wasOff = core.isOff
            for index in 0..<got { act(core.take(edges[index]), read) }
            if got == 0 { act(core.check(now: read), read) }
            if wasOff, core.isOff { repeatOff(read) }
            if nextLook <= read {
                nextLook = read + ClockSlew.interval
                if let rate = slew.take(adjusted: Clock.now, raw: Clock.raw) { core.correct(clockRate: rate) }
            }
        }
    }

    private func act(_ action: RelayCore<Judge>.Action, _ read: Instant) {
        perform(action, read)
        if let reading = core.judge.reading { readings.push(reading, wakes: false) }
    }

    private func perform(_ action: RelayCore<Judge>.Action, _ read: Instant) {
        switch action {
        case .none: return
        case .takeOff:
            var event = event(.off, read)
            let fault = lines.takeOff(&event) { Clock.now }
            tell(event)
            report(fault, read)
        case .letGo:
            lines.letGo()
            tell(event(.letGo, read))
        case .blind: tell(event(.blind, read))
        case .sighted: tell(event(.sighted, read))
        }
    }

    private func repeatOff(_ read: Instant) { report(lines.takeOffAgain(), read) }

    /// Tells of the first fault, not of every repetition.
    private func report(_ fault: BusFault?, _ read: Instant) {
        if let fault, !hasFault { tell(event(.lineFault(fault), read)) }
        hasFault = fault != nil
    }

    private func event(_ kind: RelayEvent.Kind, _ read: Instant) -> RelayEvent {
        RelayEvent(
            kind: kind, number: count, edge: core.newestEdge, frequency: core.frequency, read: read,
            decided: Clock.now)
    }

    private func tell(_ event: RelayEvent) {
        events.push(event)
        count &+= 1
    }
}
