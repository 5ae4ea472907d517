import ASIC
import Base
import Buses
import Mining

/// A hash board at work: a chain of chips, the bus that it hangs on, and the lines that hold it in reset.
///
/// Belongs to one thread, since its buses block. Whoever holds it calls `step` at `wakeAt`, or when its bus has something to
/// say, and takes the reports afterwards.
public protocol HashBoard: AnyObject {
    /// When `step` is due; nil when nothing is.
    var wakeAt: Instant? { get }
    /// How often `step` is wanted besides, because chips may speak at any time; nil when they cannot.
    var pollInterval: Duration? { get }
    /// Brings the chips up, once or again after they were given up.
    func start(now: Instant)
    /// Holds the chips in reset.
    func stop(now: Instant)
    /// Moves the chips' clock to `frequency` in steps, now or when the chips are brought up.
    func setFrequency(_ frequency: ClockFrequency, now: Instant)
    /// Gives the chips their next work; results of earlier work are worthless when `isClean`.
    func assign(_ work: Work, id: UInt64, isClean: Bool, now: Instant)
    /// Tells whether a reported nonce was right.
    func record(_ found: FoundNonce, isValid: Bool, now: Instant)
    /// Reads the bus, does what is due, and carries out what the chain wants.
    func step(now: Instant)
    /// Hands over what happened since the last call, oldest first.
    func takeReports() -> [BoardReport]
    /// What the board is doing.
    func status(now: Instant) -> BoardStatus
}

/// What a hash board tells the supervisor.
public enum BoardReport: Sendable {
    /// A chip reports a nonce, to be hashed and judged.
    case found(FoundNonce)
    /// The chips are about to run out of work: this many pieces are wanted.
    case needsWork(Int)
    case event(ChainEvent)
    /// The board cannot run at a clock that it was told; it keeps the one it had.
    case clockRefused(ChainPlanError)
    /// The board's enable line was not renewed in time: its load is off.
    case leaseExpired
    /// A bus failed; the board does without it, or is isolated.
    case fault(BusFault, Isolation?)

    /// A board that is left alone after its bus failed.
    public enum Isolation: Sendable {
        /// It is brought up again after this time.
        case retry(after: Duration)
        /// It has failed too often in a row; it stays off until it is started anew.
        case givenUp
    }
}

/// What the supervisor tells a hash board.
public enum BoardOrder: Sendable {
    case start
    case stop
    case setFrequency(ClockFrequency)
    case assign(Work, id: UInt64, isClean: Bool)
    case record(FoundNonce, isValid: Bool)
    /// Stop the board and end its thread.
    case end
}

/// What a board is doing, for telemetry.
public struct BoardStatus: Equatable, Sendable {
    /// Where the board is in its life.
    public enum Stage: Hashable, Sendable {
        case off
        case bringingUp
        case hashing
        /// In reset after a fault of the chips, to be brought up anew.
        case backingOff
        /// In reset after a fault that restarts did not cure.
        case faulted
        /// In reset because its bus failed.
        case isolated
    }

    public var stage = Stage.off
    /// What the chain has against going on; nil when nothing.
    public var fault: ChainFault?
    /// What the chips were last told to run at; nil while that is not known.
    public var clock: ClockFrequency?
    /// Chips that answered, and chips that there should be.
    public var chipsPresent = 0
    public var chipsExpected = 0
    public var validNonces: UInt64 = 0
    public var hardwareErrors: UInt64 = 0
    public var duplicates: UInt64 = 0
    /// Hashes per second as the valid nonces tell, and its standard error; 0 before there are any.
    public var hashesPerSecond: UInt64 = 0
    public var standardError: UInt64 = 0
    /// The hottest that the chips measure themselves.
    public var chipTemperature = Reading<Celsius>.failed(.settling)

    public init() {}

    mutating func take(_ stage: ChainStage, _ isolation: BusIsolation) {
        self.stage = isolation.stage(stage)
        switch stage {
        case .backingOff(let fault), .faulted(let fault): self.fault = fault
        case .off, .bringingUp, .hashing: fault = nil
        }
    }

    mutating func take(_ statistics: ChainStatistics, _ rate: HashRateEstimate.Rate?) {
        validNonces = statistics.validNonces
        hardwareErrors = statistics.hardwareErrors
        duplicates = statistics.duplicates
        guard let rate else { return }
        hashesPerSecond = UInt64(max(0, min(rate.hashesPerSecond, 1e18)))
        standardError = UInt64(max(0, min(rate.standardError, 1e18)))
    }
}

/// Reports that wait to be taken. Bounded: when there is no room, the oldest report that is no find gives way to a find,
/// and other reports are left out.
struct ReportQueue {
    static let limit = 1024

    private var reports: [BoardReport] = []
    /// What was handed out last: its memory is used again once the one who took it has let go of it.
    private var handedOut: [BoardReport] = []

    init() {
        reports.reserveCapacity(64)
        handedOut.reserveCapacity(64)
    }

    mutating func append(_ report: BoardReport) {
        if reports.count >= Self.limit {
            guard case .found = report, let oldest = reports.firstIndex(where: { !Self.isFind($0) }) else { return }
            reports.remove(at: oldest)
        }
        reports.append(report)
    }

    mutating func takeAll() -> [BoardReport] {
        guard !reports.isEmpty else { return [] }
        swap(&reports, &handedOut)
        reports.removeAll(keepingCapacity: true)
        return handedOut
    }

    private static func isFind(_ report: BoardReport) -> Bool {
        if case .found = report { true } else { false }
    }
}
