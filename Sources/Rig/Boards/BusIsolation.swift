import ASIC
import Base
import Buses

/// Decides what becomes of a board whose bus fails: a few failures in a row are borne, then the board is isolated for
/// a while, longer each time, and given up at last. Other boards go on.
struct BusIsolation: Sendable {
    /// Failures in a row that are borne before the board is isolated, where the fault says that trying again may help.
    static let patience = 3
    /// Isolations without any success in between before the board is given up.
    static let limit = 8

    /// When an isolated board is to be brought up again.
    private(set) var retryAt: Instant?
    /// The board stays off until it is started anew.
    private(set) var isGivenUp = false
    private var failures = 0
    private var isolations = 0

    var isActive: Bool { retryAt != nil || isGivenUp }

    /// The bus worked.
    mutating func succeed() {
        failures = 0
    }

    /// The board has proved itself: earlier isolations are forgotten.
    mutating func prove() {
        isolations = 0
    }

    /// The operator stops the board: it is not to come back by itself.
    mutating func cancel() {
        retryAt = nil
    }

    /// True once, when the time of an isolation is over.
    mutating func end(now: Instant) -> Bool {
        guard let retryAt, retryAt <= now else { return false }
        self.retryAt = nil
        return true
    }

    /// Takes a failure. Nil: try again at the next step; otherwise the board is isolated from now on.
    mutating func fail(_ fault: BusFault, now: Instant) -> BoardReport.Isolation? {
        failures += 1
        let isHopeful =
            switch fault.retryHint {
            case .now, .afterDelay: true
            case .afterBusRecovery, .never: false
            }
        if isHopeful, failures <= Self.patience { return nil }
        failures = 0
        isolations += 1
        guard isolations <= Self.limit else {
            isGivenUp = true
            return .givenUp
        }
        let delay = Duration.seconds(min(60, 1 << Int64(isolations - 1)))
        retryAt = now + delay
        return .retry(after: delay)
    }

    /// What telemetry calls a board in this state whose chips are at `stage`.
    func stage(_ stage: ChainStage) -> BoardStatus.Stage {
        switch stage {
        case .off: isActive ? .isolated : .off
        case .bringingUp: .bringingUp
        case .hashing: .hashing
        case .backingOff: .backingOff
        case .faulted: .faulted
        }
    }
}
