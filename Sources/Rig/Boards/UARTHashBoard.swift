import ASIC
import Base
import Buses
import Mining

/// A hash board whose chips hang on a UART.
public final class UARTHashBoard: HashBoard {
    /// Bytes that may wait for the port. A full job of the longest chains takes about 100.
    static let outgoingLimit = 16 * 1024
    /// Bytes read at a time, and how often in a row.
    static let readLimit = 512
    static let readsPerStep = 8
    /// Hardware and host may differ by this much in their idea of a line rate, in percent (Docs/chips-uart.md).
    static let baudTolerancePercent: UInt32 = 3
    /// How often the port is looked at while chips may speak.
    static let listening = Duration.milliseconds(2)

    private var chain: UARTChain
    private let port: any UARTPort
    private let resetLine: any OutputLine
    private var output = ChainOutput()
    private var outgoing = OutgoingQueue()
    private var reports = ReportQueue()
    private var isolation = BusIsolation()
    private var inbound = [UInt8](repeating: 0, count: UARTHashBoard.readLimit)

    /// - Parameters:
    ///   - resetLine: active while the chips are held in reset.
    public init(plan: ChainPlan, port: any UARTPort, resetLine: any OutputLine, now: Instant) {
        chain = UARTChain(plan: plan, now: now)
        self.port = port
        self.resetLine = resetLine
    }

    /// When `step` is due.
    public var wakeAt: Instant? {
        isolation.isActive ? isolation.retryAt : chain.wakeAt
    }

    public var pollInterval: Duration? {
        switch chain.stage {
        case .bringingUp, .hashing: Self.listening
        case .off, .backingOff, .faulted: nil
        }
    }

    /// Brings the chips up, forgetting what went wrong before.
    public func start(now: Instant) {
        isolation = BusIsolation()
        chain.start(now: now, into: &output)
        carryOut(now)
    }

    /// Holds the chips in reset and forgets their work.
    public func stop(now: Instant) {
        isolation.cancel()
        outgoing.removeAll()
        chain.stop(now: now, into: &output)
        carryOut(now)
    }

    /// Moves the chips' clock, now or when they are brought up.
    public func setFrequency(_ frequency: ClockFrequency, now: Instant) {
        do throws(ChainPlanError) {
            try chain.setFrequency(frequency, now: now)
        } catch {
            report(.clockRefused(error))
        }
    }

    /// Gives the chips their next work.
    public func assign(_ work: Work, id: UInt64, isClean: Bool, now: Instant) {
        chain.assign(work, id: id, isClean: isClean, now: now, into: &output)
        carryOut(now)
    }

    /// Tells the chain what a reported nonce turned out to be.
    public func record(_ found: FoundNonce, isValid: Bool, now: Instant) {
        if isValid { isolation.prove() }
        chain.record(found, isValid: isValid, now: now, into: &output)
        carryOut(now)
    }

    /// Reads the bus, does what is due, and carries out what the chain wants.
    public func step(now: Instant) {
        if isolation.end(now: now) { chain.start(now: now, into: &output) }
        guard !isolation.isActive else { return }
        do throws(BusFault) {
            try receive(now)
        } catch {
            fail(error, now)
        }
        if chain.wakeAt.map({ $0 <= now }) ?? false { chain.timer(now: now, into: &output) }
        carryOut(now)
    }

    /// Hands over what happened since the last call.
    public func takeReports() -> [BoardReport] { reports.takeAll() }

    /// What the board is doing, with the hash rate as of `now`.
    public func status(now: Instant) -> BoardStatus {
        var status = BoardStatus()
        status.take(chain.stage, isolation)
        status.clock = chain.stage == .hashing ? chain.ramp.current : nil
        status.chipsPresent = chain.presentChipCount
        status.chipsExpected = chain.plan.chipCount
        status.take(chain.statistics, chain.hashRate.rate(now: now))
        status.chipTemperature = chain.hottestChip(now: now)
        return status
    }

    // MARK: Bus

    private func receive(_ now: Instant) throws(BusFault) {
        // Taken out for the while, so that reading neither copies nor allocates.
        var buffer: [UInt8] = []
        swap(&buffer, &inbound)
        defer { swap(&buffer, &inbound) }
        for _ in 0..<Self.readsPerStep {
            let count = try Self.read(port, into: &buffer)
            guard count > 0 else { break }
            isolation.succeed()
            chain.receive(buffer[..<count], now: now, into: &output)
        }
    }

    private static func read(_ port: any UARTPort, into buffer: inout [UInt8]) throws(BusFault) -> Int {
        var space = buffer.mutableSpan
        return try port.read(into: &space)
    }

    /// Carries out what the chain wants, in order, and what that leads to.
    private func carryOut(_ now: Instant) {
        for action in output.actions {
            switch action {
            case .send(let range):
                if !outgoing.append(output.bytes[range]) {
                    fail(BusFault(.busy, bus: port.name, operation: "queue a command"), now)
                }
            case .setBaud(let rate): outgoing.appendRateChange(rate)
            case .discardInput: attempt(now) { (port) throws(BusFault) in try port.discardInput() }
            case .reset(let asserted):
                do throws(BusFault) {
                    try resetLine.set(asserted)
                } catch {
                    fail(error, now)
                }
            case .needsWork: report(.needsWork(1))
            case .found(let found): report(.found(found))
            case .event(let event): report(.event(event))
            }
        }
        output.removeAll()
        do throws(BusFault) {
            try flush()
        } catch {
            fail(error, now)
        }
    }

    /// Sends what waits, and changes the line rate where its turn has come and everything before has left.
    private func flush() throws(BusFault) {
        while let next = outgoing.next {
            switch next {
            case .bytes(let range):
                let bytes = outgoing.bytes
                let count = try port.write(bytes.span.extracting(range))
                guard count > 0 else { return }
                isolation.succeed()
                outgoing.drop(bytes: count)
            case .rate(let wanted):
                guard try port.unsent() == 0 else { return }
                let actual = try port.setBaud(wanted)
                let difference = actual > wanted ? actual - wanted : wanted - actual
                outgoing.dropRate()
                if UInt64(difference) * 100 > UInt64(wanted) * UInt64(Self.baudTolerancePercent) {
                    throw BusFault(.unsupported, bus: port.name, operation: "set the line rate")
                }
            }
        }
    }

    private func attempt(_ now: Instant, _ body: (any UARTPort) throws(BusFault) -> Void) {
        do throws(BusFault) {
            try body(port)
        } catch {
            fail(error, now)
        }
    }

    /// A bus fault concerns this board only: it is borne, or the board is isolated with its chips in reset.
    private func fail(_ fault: BusFault, _ now: Instant) {
        let verdict = isolation.fail(fault, now: now)
        report(.fault(fault, verdict))
        guard verdict != nil else { return }
        outgoing.removeAll()
        var farewell = ChainOutput()
        chain.stop(now: now, into: &farewell)
        do throws(BusFault) {
            try resetLine.set(true)
        } catch {
            report(.fault(error, verdict))
        }
    }

    private func report(_ report: BoardReport) { reports.append(report) }
}
