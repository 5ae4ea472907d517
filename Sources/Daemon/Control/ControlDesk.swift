import Base
import Buses
import Platform
import Rig

/// The controller at work, on the supervisor's thread: collects what is seen, ticks, and carries out what is decided.
final class ControlDesk {
    /// Between two looks at everything. A fault must lead to a safe state within two seconds.
    static let tick = Duration.milliseconds(500)
    /// How long a board's enable line stays up without renewal: it outlives a late tick and a lost one.
    static let lease = Duration.seconds(3)
    /// Orders to the parts' thread that wait for room.
    static let waitingLimit = 64
    /// News taken in one turn.
    static let newsPerTurn = 512

    private(set) var loop: ControlLoop
    /// When the next tick is due.
    private(set) var deadline: Instant
    let parts: PartsThread
    private let thread: JoinableThread
    private let boards: BoardThreads
    private let records: ControlRecords
    private let board: Board
    private let lines: RigLines
    /// How many turns the relay's thread has made; nil where there is none.
    var relayProgress: (() -> UInt64)?
    private var watchdog: (any HardwareWatchdog)?
    private var isWatchdogDeaf = false
    private var actions: [ControlLoop.Action] = []
    private var waiting: [PartsOrder] = []
    private var events: [Event] = []
    private var ticks: UInt64 = 0

    init(_ setup: ControlSetup, boards: BoardThreads, state: StateDirectory?, seed: UInt64, now: Instant)
        throws(SystemError)
    {
        self.boards = boards
        board = setup.assembly.board
        lines = setup.assembly.lines
        records = ControlRecords(
            state, supplyCount: setup.configuration.supplies.count, boardCount: setup.configuration.boards.count)
        loop = ControlLoop(
            setup.configuration, wiring: setup.wiring, power: setup.power, memory: records.memory,
            powerMemory: records.powerMemory, start: records.start(uptime: now), seed: seed, now: now)
        parts = try PartsThread(supplyCount: board.supplies.count, make: setup.makeParts)
        thread = JoinableThread(try parts.start())
        deadline = now
        events = records.complaints
        arm(setup.assembly)
    }

    private func arm(_ assembly: RigAssembly) {
        guard let make = assembly.makeWatchdog, let description = board.watchdog else { return }
        do throws(BusFault) {
            let watchdog = try make()
            let timeout = try watchdog.arm(timeout: .seconds(description.timeout))
            self.watchdog = watchdog
            events.append(
                Event(
                    .info, "watchdog", "armed: the board is reset after \(Decimal.span(timeout)) without a sign of life"
                ))
        } catch {
            events.append(Event(.error, "watchdog", "cannot be armed: \(error.description)"))
        }
    }

    /// What there is to say since the last call.
    func takeEvents() -> [Event] {
        defer { events.removeAll(keepingCapacity: true) }
        return events
    }

    /// The lines that the relay takes load off with.
    var relayLines: RelayLines { lines.relay }

    // MARK: Inputs

    /// Takes what the parts' thread tells.
    func takeNews(now: Instant) {
        for _ in 0..<Self.newsPerTurn {
            guard let item = parts.news.take() else { return }
            loop.take(item)
            if let event = PartsNarration.event(for: item, board: board) { events.append(event) }
            if case .supply(_, .off) = item { claim(.stage(.supplyOff, at: now), now: now) }
        }
    }

    func take(_ status: BoardStatus, ofBoard index: Int, now: Instant) { loop.take(status, ofBoard: index, now: now) }

    /// Tells the controller something.
    func control(_ input: ControlInput, now: Instant) {
        loop.control(input, now: now, into: &actions)
        carryOut(now)
    }

    /// Tells the arbiter something.
    func claim(_ input: PowerArbiter.Input, now: Instant) {
        loop.power(input, now: now, into: &actions)
        carryOut(now)
    }

    /// The regular look at everything.
    func tick(now: Instant) {
        deadline = max(deadline + Self.tick, now + Self.tick / 4)
        ticks += 1
        // In the order of the progress gate: the tick itself, the parts, then each board, then the relay.
        loop.note(progress: ticks, ofParty: 0)
        loop.note(progress: parts.turns, ofParty: 1)
        for index in 0..<boards.count { loop.note(progress: boards.progress(ofBoard: index), ofParty: 2 + index) }
        if let relayProgress { loop.note(progress: relayProgress(), ofParty: 2 + boards.count) }
        loop.tick(unixSeconds: Clock.civilSeconds, now: now, into: &actions)
        carryOut(now)
        deliver()
    }

    // MARK: Actions

    private func carryOut(_ now: Instant) {
        // Carrying out may lead to more, a stage of the way off for example; bounded, since a stage leads to nothing.
        for _ in 0..<4 where !actions.isEmpty {
            let batch = actions
            actions.removeAll(keepingCapacity: true)
            var isInReset = false
            var isDisabled = false
            for action in batch {
                if case .boardReset(_, true) = action { isInReset = true }
                if case .boardLine(_, false) = action { isDisabled = true }
                perform(action, now)
            }
            guard loop.arbiter.setpoint.isOff else { continue }
            let done = Clock.now
            if isInReset { loop.power(.stage(.chipsInReset, at: done), now: now, into: &actions) }
            if isDisabled { loop.power(.stage(.boardsDisabled, at: done), now: now, into: &actions) }
        }
    }

    private func perform(_ action: ControlLoop.Action, _ now: Instant) {
        switch action {
        case .fan(let fan, let duty): order(.duty(fan: fan, duty))
        case .boardLine(let index, let enable):
            drive(index) { (lines) throws(BusFault) in
                if enable { try lines.enable(until: Clock.now + Self.lease) } else { try lines.disable() }
            }
        case .boardReset(let index, let isHeld):
            drive(index) { (lines) throws(BusFault) in try lines.hold(isHeld) }
        case .chain(let index, .start): boards.give(.start, to: index)
        case .chain(let index, .stop): boards.give(.stop, to: index)
        case .chain(let index, .setFrequency(let frequency)): boards.give(.setFrequency(frequency), to: index)
        case .supply(let supply, let order):
            gate(supply, order)
            self.order(.supply(supply, order))
        case .event(let event): events.append(event)
        case .persist(let record):
            if let complaint = records.write(record, loop.controller.json(of: record)) { events.append(complaint) }
        case .feedWatchdog: feed()
        }
    }

    private func drive(_ index: Int, _ body: (BoardLines) throws(BusFault) -> Void) {
        guard index < boards.count else { return }
        do throws(BusFault) {
            try body(boards.lines(ofBoard: index))
        } catch {
            // The relay was faster: it keeps the line off, and tells of it.
            if error.kind == .writeRefused, lines.relay.inhibit.isSet { return }
            events.append(Event(.error, "board \(index + 1)", error.description))
        }
    }

    /// A supply's line is dropped here, without waiting for its bus; raising it is up to the parts' thread, which may.
    private func gate(_ supply: Int, _ order: SupplyOrder) {
        guard lines.supplies.indices.contains(supply) else { return }
        do throws(BusFault) {
            switch order {
            case .on: try lines.supplies[supply]?.setGate(true)
            case .off: try lines.supplies[supply]?.setGate(false)
            case .voltage: break
            }
        } catch {
            if error.kind == .writeRefused, lines.relay.inhibit.isSet { return }
            events.append(Event(.error, "supplies.\(board.supplies[supply].name)", error.description))
        }
    }

    /// Orders keep their order; a newer duty of a fan replaces one that still waits.
    private func order(_ order: PartsOrder) {
        if case .duty(let fan, _) = order {
            waiting.removeAll { if case .duty(fan, _) = $0 { true } else { false } }
        }
        if waiting.count >= Self.waitingLimit { waiting.removeFirst() }
        waiting.append(order)
        deliver()
    }

    private func deliver() {
        while let order = waiting.first, parts.orders.post(order) { waiting.removeFirst() }
    }

    private func feed() {
        do throws(BusFault) {
            try watchdog?.feed()
            isWatchdogDeaf = false
        } catch {
            guard !isWatchdogDeaf else { return }
            isWatchdogDeaf = true
            events.append(Event(.error, "watchdog", error.description))
        }
    }

    // MARK: The end

    /// Writes down what a successor must know of the claims on power.
    func savePower(now: Instant) {
        if let complaint = records.write(loop.arbiter.memory(now: now)) { events.append(complaint) }
    }

    /// Ends the parts' thread and disarms the watchdog. Boards are off; fans stay as they are.
    func stop(now: Instant) throws(SystemError) {
        savePower(now: now)
        waiting = [.end]
        for _ in 0..<2000 where !waiting.isEmpty {
            deliver()
            if !waiting.isEmpty { Platform.Thread.sleep(.milliseconds(1)) }
        }
        try thread.join()
        do throws(BusFault) {
            try watchdog?.disarm()
        } catch {
            events.append(
                Event(.warning, "watchdog", "cannot be disarmed and will reset the board: \(error.description)"))
        }
    }
}
