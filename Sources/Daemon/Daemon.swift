import Base
import Platform
import Rig
import SHA256
import Stratum

/// The running rig: one thread that waits for sockets, workers, signals and time, asks the supervisor what to do, and does it.
final class Daemon {
    /// Reports taken in one turn, so that easy shares cannot keep the pools waiting.
    static let reportsPerTurn = 256
    /// Reports that may wait; workers pause when there are more.
    static let reportCapacity = 1024
    /// Totals are written to disk so often; what a crash can cost.
    static let totalsInterval = Duration.seconds(60)
    /// How long the pools may take to answer the last shares when the daemon is told to stop.
    static let farewellLimit = Duration.seconds(1)
    /// How long boards may take to cool down when the daemon is told to stop.
    static let coolDownLimit = Duration.seconds(180)

    private enum Watched {
        static let signals = Reactor.Token(rawValue: 1)
        static let resolver = Reactor.Token(rawValue: 2)
        static let reports = Reactor.Token(rawValue: 3)
        static let boards = Reactor.Token(rawValue: 4)
        static let parts = Reactor.Token(rawValue: 5)
        static let relay = Reactor.Token(rawValue: 6)
        /// Connections count up from here.
        static let firstConnection: UInt64 = 1 << 32
        /// The desk of the simulated rig, and its clients, from here.
        static let firstOfTwin: UInt64 = 1 << 48
    }

    private var reactor: Reactor
    private let signals: Signals
    private let resolver: Resolver
    private let reports: Mailbox<HashReport>
    private let workers: HashWorkers
    private let boards: BoardThreads
    private let control: ControlDesk?
    private let grid: GridDesk?
    private let economy: EconomyDesk?
    private var twin: TwinDesk?
    private let manager: ServiceManager?
    /// The last attempt to tell it something failed.
    private var isManagerDeaf = false
    private let sink: EventSink
    private let state: StateDirectory?
    private var supervisor: Supervisor
    private var desk: OrderDesk
    private var connections: [PoolConnection] = []
    /// What has happened and was not yet told to the supervisor.
    private var inbox: [Supervisor.Input] = []
    private var events: [Reactor.Event] = []
    private var isStopping = false
    /// When the end has to come, boards and fans or not; nil while nobody has asked for it.
    private var endLimit: Instant?
    private var nextSecond: Instant
    private var nextTotals: Instant
    private var secondsCount = 0

    init(_ plan: RunPlan) throws(SystemError) {
        // Before any thread: they inherit the blocked signals.
        signals = try Signals()
        var remarks = plan.remarks
        do throws(SystemError) {
            manager = try ServiceManager.ofThisProcess()
        } catch {
            manager = nil
            remarks.append(
                Event(.warning, "rig", "the service manager cannot be reached: \(error.description)"))
        }
        reactor = try Reactor()
        resolver = try Resolver()
        reports = try Mailbox(capacity: Self.reportCapacity)
        state = plan.state
        sink = EventSink(level: plan.configuration.log.level, isJournal: plan.isUnderServiceManager, state: plan.state)
        workers = try HashWorkers(plan.chain, kernel: plan.kernel, reports: reports)
        boards = try BoardThreads(plan.boards)
        desk = OrderDesk(workers.mailboxes)
        let now = Clock.now
        if let setup = plan.control {
            control = try ControlDesk(setup, boards: boards, state: plan.state, seed: Entropy.seed(), now: now)
        } else {
            control = nil
        }
        if let setup = plan.grid {
            grid = try GridDesk(setup, control: control, state: plan.state, seed: Entropy.seed(), now: now)
        } else {
            grid = nil
        }
        if let control {
            economy = try EconomyDesk(
                plan.configuration.power, beside: plan.configurationPath, control: control, state: plan.state, now: now)
        } else {
            economy = nil
        }
        nextSecond = now
        nextTotals = now + Self.totalsInterval
        supervisor = Supervisor(
            plan.configuration, agent: Product.agent, workerCount: workers.count,
            boards: plan.boards.map { $0.profile },
            seed: Entropy.seed(), now: now)
        try reactor.register(signals.descriptor, for: .readable, as: Watched.signals)
        try reactor.register(resolver, as: Watched.resolver)
        try reactor.register(reports, as: Watched.reports)
        try reactor.register(boards.news, as: Watched.boards)
        if let control { try reactor.register(control.parts.news, as: Watched.parts) }
        try grid?.watch(reactor, as: Watched.relay)
        do throws(FileError) {
            try plan.state?.writeEndpoints([("feed", grid?.feedPort), ("surplus", economy?.surplusPort)])
        } catch {
            remarks.append(Event(.error, "state", "cannot save: \(error.description)"))
        }
        if let tellTwin = plan.tellTwin, let state = plan.state {
            do throws(SystemError) {
                twin = try TwinDesk(in: state.path, firstToken: Watched.firstOfTwin, reactor, handler: tellTwin)
            } catch {
                remarks.append(
                    Event(.warning, "twin", "nobody can tell the simulated rig anything: \(error.description)"))
            }
        }
        for event in remarks { sink.write(event) }
    }

    /// Runs until it is told to stop.
    func run() throws(SystemError) {
        notify(.ready)
        inbox.append(.tick)
        while !isStopping {
            try turn()
            if let endLimit, control?.loop.controller.isStopped ?? true || Clock.now >= endLimit { isStopping = true }
        }
        try stop()
    }

    /// Asked to end: boards go off at once, and the fans cool them. Asked again: at once.
    private func end(_ now: Instant) {
        guard let control, endLimit == nil else {
            isStopping = true
            return
        }
        endLimit = now + Self.coolDownLimit
        control.control(.end, now: now)
        sink.write(
            Event(.notice, "rig", "ends: boards are off, fans cool them down; a second signal ends it at once"))
    }

    /// Does what has come up, and waits for more until something is due.
    private func turn() throws(SystemError) {
        work()
        try reactor.wait(until: deadline, into: &events)
        for event in events { try handle(event) }
        let now = Clock.now
        if supervisor.deadline.map({ $0 <= now }) ?? false { inbox.append(.tick) }
        for connection in connections where connection.deadline.map({ $0 <= now }) ?? false {
            tell(connection.advance(reactor), of: connection)
        }
        if let grid, grid.deadline <= now { grid.tick(now: now) }
        if let control, control.deadline <= now { control.tick(now: now) }
        try twin?.expire(reactor, now: now)
        if nextSecond <= now { everySecond(now) }
        tellEvents()
    }

    /// Writes what the desks have to say.
    private func tellEvents() {
        for event in grid?.takeEvents() ?? [] { sink.write(event) }
        for event in economy?.takeEvents() ?? [] { sink.write(event) }
        for event in control?.takeEvents() ?? [] { sink.write(event) }
    }

    private var deadline: Instant {
        var earliest = nextSecond
        if let due = supervisor.deadline { earliest = min(earliest, due) }
        if let control { earliest = min(earliest, control.deadline) }
        if let grid { earliest = min(earliest, grid.deadline) }
        if let due = twin?.deadline { earliest = min(earliest, due) }
        for connection in connections {
            if let due = connection.deadline { earliest = min(earliest, due) }
        }
        if desk.hasWaiting || boards.hasWaiting { earliest = min(earliest, Clock.now + .milliseconds(1)) }
        return inbox.isEmpty ? earliest : Clock.now
    }

    // MARK: Events

    private func handle(_ event: Reactor.Event) throws(SystemError) {
        switch event.token {
        case Watched.signals:
            while let signal = try signals.next() {
                // Settings are read at start; SIGHUP is taken so that a lost terminal does not end a mining rig.
                if case .terminate = signal { end(Clock.now) }
            }
        case Watched.resolver:
            while let answer = resolver.take() { connect(answer) }
        case Watched.reports:
            for _ in 0..<Self.reportsPerTurn {
                guard let report = reports.take() else { break }
                inbox.append(.report(report))
            }
        case Watched.boards: takeNews(limit: Self.reportsPerTurn)
        case Watched.parts: control?.takeNews(now: Clock.now)
        case Watched.relay: grid?.takeRelayEvents(now: Clock.now)
        default:
            if let twin, twin.owns(event.token) {
                for command in try twin.handle(event.token, reactor, now: Clock.now) {
                    sink.write(Event(.notice, "twin", command))
                }
                return
            }
            guard let connection = connections.first(where: { $0.token == event.token }) else { return }
            tell(connection.handle(event.readiness, reactor), of: connection)
        }
    }

    private func takeNews(limit: Int) {
        for _ in 0..<limit {
            guard let item = boards.news.take() else { return }
            switch item {
            case .report(let index, let report): inbox.append(.board(index, report))
            case .status(let index, let status):
                boards.note(status, ofBoard: index)
                control?.take(status, ofBoard: index, now: Clock.now)
            }
        }
    }

    private func connect(_ answer: Resolver.Answer) {
        guard let connection = connections.first(where: { UInt64($0.id.number) == answer.request }) else { return }
        switch answer.addresses {
        case .success(let addresses): tell(connection.connect(to: addresses, reactor), of: connection)
        case .failure(let failure): tell([.ended("its name cannot be resolved: \(failure.text)")], of: connection)
        }
    }

    private func tell(_ news: [PoolConnection.News], of connection: PoolConnection) {
        for item in news {
            switch item {
            case .established: inbox.append(.connected(connection.id))
            case .received(let bytes): inbox.append(.received(bytes, connection.id))
            case .ended(let reason):
                sink.write(Event(.debug, "pool", "connection \(connection.id.number): \(reason)"))
                connections.removeAll { $0 === connection }
                inbox.append(.closed(connection.id))
            }
        }
    }

    // MARK: Actions

    /// Tells the supervisor everything that has happened, and does what it wants; what comes of that is told in the next turn.
    private func work() {
        desk.deliver()
        boards.deliver()
        let inputs = inbox
        inbox.removeAll(keepingCapacity: true)
        for input in inputs {
            for action in supervisor.handle(input, now: Clock.now) { perform(action) }
        }
    }

    private func perform(_ action: Supervisor.Action) {
        switch action {
        case .connect(let id, let endpoint):
            let connection = PoolConnection(id, token: .init(rawValue: Watched.firstConnection + UInt64(id.number)))
            connections.append(connection)
            if !resolver.resolve(endpoint.host, port: endpoint.port, request: UInt64(id.number)) {
                tell([.ended("too many names are being resolved")], of: connection)
            }
        case .send(let id, let bytes):
            guard let connection = connections.first(where: { $0.id == id }) else { return }
            tell(connection.send(bytes, reactor), of: connection)
        case .close(let id): connections.removeAll { $0.id == id }
        case .order(let worker, let order): desk.give(order, to: worker)
        case .board(let index, let order): boards.give(order, to: index)
        case .hasWork(let hasWork): control?.control(.hasWork(hasWork), now: Clock.now)
        case .event(let event): sink.write(event)
        }
    }

    private func everySecond(_ now: Instant) {
        nextSecond = now + .seconds(1)
        inbox.append(.hashed(total: workers.hashCount))
        if !boards.isEmpty { inbox.append(.boards(boards.statuses)) }
        if let control { inbox.append(.plant(control.loop.status)) }
        if let grid { inbox.append(.grid(grid.status)) }
        economy?.tick(
            unixSeconds: Clock.civilSeconds, acceptedWork: supervisor.status.acceptedWork, now: now)
        if secondsCount % 5 == 0 { inbox.append(.temperature(Thermometer.read())) }
        secondsCount += 1
        sink.showLive(supervisor.status.line)
        notify(.alive)
        if secondsCount % 10 == 0 { notify(.status(Array(supervisor.status.line.utf8))) }
        if nextTotals <= now {
            nextTotals = now + Self.totalsInterval
            saveTotals()
            control?.savePower(now: now)
            economy?.save()
        }
    }

    /// How fast new jobs reached the hash workers; empty when there were none.
    private var switchText: String {
        let switches = supervisor.switches
        guard switches.count > 0 else { return "" }
        func milliseconds(_ delay: Duration) -> String { Decimal.fixed(Double(delay.nanoseconds) / 1e6, places: 2) }
        return
            ", job switch median \(milliseconds(switches.percentile(50))), 99 % \(milliseconds(switches.percentile(99))),"
            + " longest \(milliseconds(switches.longest)) ms"
    }

    /// A service manager that cannot be told, while it restarts for example, is no reason to stop the rig: said once.
    private func notify(_ notice: ServiceManager.Notice) {
        do throws(SystemError) {
            _ = try manager?.notify(notice)
            isManagerDeaf = false
        } catch {
            guard !isManagerDeaf else { return }
            isManagerDeaf = true
            sink.write(Event(.warning, "rig", "the service manager cannot be told: \(error.description)"))
        }
    }

    private func saveTotals() {
        guard let state else { return }
        do throws(FileError) {
            try state.write(state.totals.adding(supervisor.status))
        } catch {
            sink.write(Event(.error, "state", "cannot save the totals: \(error.description)"))
        }
    }

    private func stop() throws(SystemError) {
        notify(.stopping)
        work()
        try grid?.stop(now: Clock.now)
        try boards.stop { takeNews(limit: .max) }
        try control?.stop(now: Clock.now)
        economy?.save()
        tellEvents()
        try workers.stop(&desk) {
            while let report = reports.take() { inbox.append(.report(report)) }
        }
        work()
        let limit = Clock.now + Self.farewellLimit
        while supervisor.awaitsReplies, Clock.now < limit { try turn() }
        for action in supervisor.stop(now: Clock.now) { perform(action) }
        sink.finishLive()
        let status = supervisor.status
        sink.write(
            Event(
                .notice, "rig",
                "stopped after \(Decimal.span(status.uptime)): accepted \(status.accepted), rejected \(status.rejected),"
                    + " stale \(status.stale), lost \(status.lost)\(switchText)"))
        saveTotals()
    }
}
