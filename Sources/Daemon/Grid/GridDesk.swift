import Base
import Buses
import Grid
import Platform
import Rig

/// The mains at work, on the supervisor's thread: starts the relay, hears what it did, and follows the frequency with the
/// products that are slower than it.
final class GridDesk {
    /// Between two looks at the readings.
    static let interval = Duration.milliseconds(100)
    /// Without a reading for so long the thread that takes them is not alive.
    static let silence = Duration.seconds(1)

    /// When the next look is due.
    private(set) var deadline: Instant
    private(set) var status = GridStatus()
    private let control: ControlDesk?
    private let relay: RelayThread<UnderFrequencyJudge>?
    private let thread: JoinableThread?
    private var followers: [FrequencyFollower] = []
    private let source: GridSource?
    private let onLoss: LossPolicy
    private var recorder: EventRecorder
    private let state: StateDirectory?
    private var isSeen = false
    private var heard: Instant
    private var events: [Event] = []

    init(_ setup: GridSetup, control: ControlDesk?, state: StateDirectory?, seed: UInt64, now: Instant)
        throws(SystemError)
    {
        self.control = control
        self.state = state
        deadline = now
        heard = now
        onLoss = setup.source.policy.onLoss
        recorder = EventRecorder(step: Self.interval)
        let held = control?.loop.arbiter.claims.filter { $0.key.source == .frequency } ?? []
        var warnings: [SystemError] = []
        if let feed = setup.feed {
            let judge = UnderFrequencyJudge(
                control == nil ? nil : setup.relay, estimator: .init(nominal: setup.nominal),
                isRectified: setup.isRectified, isOff: held.contains { $0.key == RelayEvent.key })
            let relay = try RelayThread(
                feed: feed, judge: judge, lines: control?.relayLines ?? RelayLines([], inhibit: Inhibit()))
            thread = JoinableThread(try relay.start { warnings.append($0) })
            self.relay = relay
            status.hasRelay = judge.settings != nil
            status.isRelayOff = judge.isOff
        } else {
            relay = nil
            thread = nil
        }
        source = try GridSource(setup, seed: seed, now: now)
        status.isRecording = setup.source.isRecording
        if let control { join(control, setup, held, seed: seed, now: now) }
        for warning in warnings { events.append(Self.warning(warning)) }
    }

    /// Takes up the claims of an earlier run, and gives back those that nobody will answer for any more.
    private func join(
        _ control: ControlDesk, _ setup: GridSetup, _ held: [PowerClaim], seed: UInt64, now: Instant
    ) {
        for (index, follow) in setup.follows.enumerated() {
            let slot = UInt8(index + 1)
            followers.append(
                FrequencyFollower(
                    follow.product, slot: slot, offer: follow.offer, isArmed: follow.isArmed,
                    isResponding: held.contains { $0.key.slot == slot }, seed: seed &+ UInt64(slot), now: now))
        }
        control.relayProgress = relay.map { relay in { relay.turns } }
        if status.isRelayOff { control.control(.relayTripped, now: now) }
        for claim in held {
            let isAnsweredFor = claim.key == RelayEvent.key ? status.isRelayOff : claim.key.slot <= followers.count
            if !isAnsweredFor { control.claim(.release(claim.key), now: now) }
        }
    }

    private static func warning(_ error: SystemError) -> Event {
        let lack = error.call.description == "mlockall" ? "locked memory" : "real-time priority"
        return Event(
            .warning, "relay", "it runs without \(lack), and other programs may delay it: \(error.description)")
    }

    /// What there is to say since the last call.
    func takeEvents() -> [Event] {
        defer { events.removeAll(keepingCapacity: true) }
        return events
    }

    // MARK: The relay

    /// Has the reactor tell, as `token`, when the relay has done something.
    func watch(_ reactor: borrowing Reactor, as token: Reactor.Token) throws(SystemError) {
        if let relay { try reactor.register(relay.events.wakeup.descriptor, for: .readable, as: token) }
    }

    /// The port that programs feed the frequency to; nil where there is none.
    var feedPort: UInt16? { source?.port }

    /// Hears what the relay has done.
    func takeRelayEvents(now: Instant) {
        relay?.events.drain { event in
            switch event.kind {
            case .off:
                status.isRelayOff = true
                control?.control(.relayTripped, now: now)
            case .letGo:
                status.isRelayOff = false
                control?.control(.relayReleased, now: now)
            case .blind, .sighted, .lineFault: break
            }
            if let control, status.hasRelay {
                for input in event.inputs { control.claim(input, now: now) }
                if event.kind == .off || event.kind == .letGo { control.savePower(now: now) }
            }
            if let told = GridNarration.event(for: event, hasRelay: status.hasRelay) { events.append(told) }
        }
    }

    // MARK: Readings

    /// The regular look at the readings.
    func tick(now: Instant) {
        deadline = max(deadline + Self.interval, now + Self.interval / 4)
        var count = 0
        relay?.readings.drain { reading in
            count += 1
            take(reading, now)
        }
        source?.tick(now: now) { reading in
            count += 1
            take(reading, now)
        }
        events += source?.takeEvents() ?? []
        if count > 0 {
            heard = now
        } else if now - heard > Self.silence {
            take(MainsReading(condition: .lost, at: now), now)
        } else {
            follow(nil, now)
        }
        record(now)
    }

    private func take(_ reading: MainsReading, _ now: Instant) {
        if let told = GridNarration.event(for: reading, wasSeen: isSeen) { events.append(told) }
        if reading.event == nil {
            isSeen = reading.condition.allowsTrip || isSeen && !reading.condition.isBlind
        }
        status.condition = reading.condition
        status.frequency = reading.slow?.frequency ?? reading.fast?.frequency
        status.rocof = reading.slow?.rocof
        watchMains(reading, now)
        follow(reading, now)
    }

    /// Tells the arbiter of the mains. Edges that stay away do not stop a rig that runs, since a wire may have come loose;
    /// one that is off does not start on them.
    private func watchMains(_ reading: MainsReading, _ now: Instant) {
        guard let control else { return }
        if reading.condition.allowsTrip {
            control.claim(.mains(isGood: true), now: now)
        } else if reading.condition == .dead || reading.condition == .ghost {
            let isKnown = reading.voltage != nil || control.loop.arbiter.setpoint.isOff
            if isKnown { control.claim(.mains(isGood: false), now: now) }
        }
    }

    private func follow(_ reading: MainsReading?, _ now: Instant) {
        guard let control, !followers.isEmpty else { return }
        let rated = control.loop.arbiter.settings.rated
        // A rig on its way up is on its way to the set point: what it takes at the moment is no measure.
        let limit = control.loop.arbiter.setpoint.limit
        let power = control.loop.isSettled ? min(limit, control.loop.rigPower) : limit
        var didChange = false
        for index in followers.indices {
            let before = followers[index].response
            let input = followers[index].take(reading, onLoss: onLoss, rated: rated, power: power, now: now)
            if let input {
                control.claim(input, now: now)
                didChange = didChange || before.permille == 0 || followers[index].response.permille == 0
            }
            let after = followers[index].response
            if let told = GridNarration.event(for: after, after: before, of: followers[index].product) {
                events.append(told)
            }
        }
        status.responses = followers.map { $0.response.permille }
        status.isAlarm = followers.contains { $0.response.isAlarm }
        if didChange { control.savePower(now: now) }
    }

    // MARK: The record

    private func record(_ now: Instant) {
        let shed = status.isRelayOff ? 1000 : status.responses.max { $0.magnitude < $1.magnitude } ?? 0
        recorder.take(
            frequency: status.frequency, rocof: status.rocof, response: shed,
            power: control?.loop.observation.mainsPower.value, now: now)
        save()
    }

    private func save() {
        guard let record = recorder.takeRecord(), let state else { return }
        let name = "event-\(eventNumber).csv"
        do throws(FileError) {
            try state.writeEvent(name, record)
            events.append(Event(.notice, "grid", "the event's course is in events/\(name)"))
        } catch {
            events.append(Event(.error, "state", "cannot save an event's course: \(error.description)"))
        }
    }

    /// The number of the newest claim of the frequency: that of the event, or of its last part.
    private var eventNumber: UInt64 {
        guard let arbiter = control?.loop.arbiter else { return 0 }
        let known = arbiter.records + arbiter.log.ended
        return known.reduce(0) { $1.key.source == .frequency ? max($0, $1.number) : $0 }
    }

    /// Ends the relay's thread; lines stay as they are. An event that is under way is recorded as far as it has come.
    func stop(now: Instant) throws(SystemError) {
        relay?.end()
        try thread?.join()
        recorder.finish()
        save()
    }
}
