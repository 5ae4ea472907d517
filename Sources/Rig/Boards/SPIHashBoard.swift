import ASIC
import Base
import Buses
import Mining

/// The lines and the supply of a hash board on an SPI bus; what a board does not have is nil.
public struct SPIBoardLines {
    /// Active while the chips are held in reset.
    public var reset: any OutputLine
    /// Active while the chain is supplied.
    public var power: (any OutputLine)?
    /// Active while the chips may start.
    public var startEnable: (any OutputLine)?
    public var supply: (any VoltageSupply)?

    public init(
        reset: any OutputLine, power: (any OutputLine)? = nil, startEnable: (any OutputLine)? = nil,
        supply: (any VoltageSupply)? = nil
    ) {
        self.reset = reset
        self.power = power
        self.startEnable = startEnable
        self.supply = supply
    }
}

/// A chain supply that is set in the 32 steps of the DragonMint boards.
public protocol VoltageSupply: AnyObject {
    func set(_ vid: SupplyVID) throws(BusFault)
}

/// A hash board whose chips hang on an SPI bus.
public final class SPIHashBoard<Chain: SPIChain>: HashBoard {
    private var chain: Chain
    private let bus: any SPIBus
    private let lines: SPIBoardLines
    private var output = SPIOutput()
    private var received: [UInt8] = []
    /// The part of a transfer that is under way.
    private var piece: [UInt8] = []
    private var reports = ReportQueue()
    private var isolation = BusIsolation()

    public init(chain: Chain, bus: any SPIBus, lines: SPIBoardLines) {
        self.chain = chain
        self.bus = bus
        self.lines = lines
        received.reserveCapacity(1024)
    }

    /// When `step` is due.
    public var wakeAt: Instant? {
        isolation.isActive ? isolation.retryAt : chain.wakeAt
    }

    /// Chips on SPI speak only when they are asked.
    public var pollInterval: Duration? { nil }

    /// Brings the chips up, forgetting what went wrong before.
    public func start(now: Instant) {
        isolation = BusIsolation()
        chain.start(now: now, into: &output)
        carryOut(now)
    }

    /// Holds the chips in reset and forgets their work.
    public func stop(now: Instant) {
        isolation.cancel()
        chain.stop(now: now, into: &output)
        carryOut(now)
    }

    /// Moves the chips' clock, now or when they are brought up.
    public func setFrequency(_ frequency: ClockFrequency, now: Instant) {
        do throws(ChainPlanError) {
            try chain.setFrequency(frequency)
        } catch {
            reports.append(.clockRefused(error))
        }
        carryOut(now)
    }

    /// Gives the chips their next work.
    public func assign(_ work: Work, id: UInt64, isClean: Bool, now: Instant) {
        do throws(WorkRefusal) {
            try chain.assign(work, id: id, isClean: isClean)
        } catch {
            // The chain asked for less than it was given: the piece goes unsearched, which costs nothing but its number.
        }
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
        if isolation.end(now: now) {
            chain.start(now: now, into: &output)
        } else if !isolation.isActive, chain.wakeAt.map({ $0 <= now }) ?? false {
            chain.timer(now: now, into: &output)
        }
        carryOut(now)
    }

    /// Hands over what happened since the last call.
    public func takeReports() -> [BoardReport] { reports.takeAll() }

    /// What the board is doing, with the hash rate as of `now`.
    public func status(now: Instant) -> BoardStatus {
        var status = BoardStatus()
        status.take(chain.stage, isolation)
        status.clock = chain.stage == .hashing ? chain.currentFrequency : nil
        status.chipsPresent = chain.workingCount
        status.chipsExpected = chain.expectedCount
        status.take(chain.ledger.statistics, chain.ledger.hashRate.rate(now: now))
        status.chipTemperature = chain.hottestChip(now: now)
        return status
    }

    // MARK: Bus

    /// Carries out what the chain wants, and what that leads to. A chain waits between its transfers, so this ends; the
    /// bound is for a chain that would not.
    private func carryOut(_ now: Instant) {
        var rounds = 0
        while !output.actions.isEmpty, rounds < 64 {
            rounds += 1
            let batch = output
            output = SPIOutput()
            for action in batch.actions { perform(action, batch.bytes, now) }
        }
    }

    private func perform(_ action: SPIAction, _ bytes: [UInt8], _ now: Instant) {
        switch action {
        case .transfer(let transfer): exchange(transfer, bytes, now)
        case .setClock(let hertz): attempt(now) { () throws(BusFault) in try bus.setClock(Hertz(clamping: hertz)) }
        case .reset(let asserted): attempt(now) { () throws(BusFault) in try lines.reset.set(asserted) }
        case .power(let on): attempt(now) { () throws(BusFault) in try lines.power?.set(on) }
        case .startEnable(let on): attempt(now) { () throws(BusFault) in try lines.startEnable?.set(on) }
        case .setSupply(let vid): set(vid, now)
        case .needsWork(let count): reports.append(.needsWork(count))
        case .found(let found): reports.append(.found(found))
        case .event(let event): reports.append(.event(event))
        }
    }

    /// Both messages of a transfer, in pieces no longer than the controller moves at once.
    private func exchange(_ transfer: SPITransfer, _ bytes: [UInt8], _ now: Instant) {
        received.removeAll(keepingCapacity: true)
        received.append(contentsOf: bytes[transfer.bytes])
        received.append(contentsOf: repeatElement(0, count: transfer.pollLength))
        do throws(BusFault) {
            try clock(0..<transfer.bytes.count)
            try clock(transfer.bytes.count..<received.count)
        } catch {
            chain.failed(transfer.number, now: now, into: &output)
            fail(error, now)
            return
        }
        isolation.succeed()
        chain.complete(transfer.number, received: received[...], now: now, into: &output)
    }

    private func clock(_ range: Range<Int>) throws(BusFault) {
        var start = range.lowerBound
        while start < range.upperBound {
            let end = min(range.upperBound, start + max(1, bus.longestTransfer))
            piece.removeAll(keepingCapacity: true)
            piece.append(contentsOf: received[start..<end])
            try Self.exchange(bus, &piece)
            received.replaceSubrange(start..<end, with: piece)
            start = end
        }
    }

    private static func exchange(_ bus: any SPIBus, _ bytes: inout [UInt8]) throws(BusFault) {
        var span = bytes.mutableSpan
        try bus.exchange(&span)
    }

    private func set(_ vid: SupplyVID, _ now: Instant) {
        do throws(BusFault) {
            try lines.supply?.set(vid)
            chain.supplyDone(now: now, into: &output)
        } catch {
            reports.append(.fault(error, nil))
            chain.supplyFailed(now: now, into: &output)
        }
    }

    private func attempt(_ now: Instant, _ body: () throws(BusFault) -> Void) {
        do throws(BusFault) {
            try body()
        } catch {
            fail(error, now)
        }
    }

    /// A bus fault concerns this board only: it is borne, or the board is isolated with its chips in reset.
    private func fail(_ fault: BusFault, _ now: Instant) {
        let verdict = isolation.fail(fault, now: now)
        reports.append(.fault(fault, verdict))
        guard verdict != nil else { return }
        var farewell = SPIOutput()
        chain.stop(now: now, into: &farewell)
        output = SPIOutput()
        do throws(BusFault) {
            try lines.reset.set(true)
            try lines.power?.set(false)
        } catch {
            reports.append(.fault(error, verdict))
        }
    }
}
