import Base
import Buses

/// Decides what becomes of a board whose bus fails: a few failures in a row are borne, then the board is isolated for
/// a while, longer each time, and given up at last. Other boards go on.
struct BusIsolation: Sendable {
    /// Failures in a row that are borne before the board is isolated, where the fault says that trying again may help.
    static let patience = 3
    /// Isolations without any success in between before the board is given up.
    static let limit = 8

    private var failures = 0
    private var isolations = 0

    /// The bus worked.
    mutating func succeed() {
        failures = 0
    }

    /// The board has proved itself: earlier isolations are forgotten.
    mutating func prove() {
        isolations = 0
    }

    /// What to do about a failure; nil: try again at the next step.
    mutating func judge(_ fault: BusFault) -> BoardReport.Isolation? {
        failures += 1
        let isHopeful =
            switch fault.retryHint {
            case .now, .afterDelay: true
            case .afterBusRecovery, .never: false
            }
        if isHopeful, failures <= Self.patience { return nil }
        failures = 0
        isolations += 1
        guard isolations <= Self.limit else { return .givenUp }
        return .retry(after: .seconds(min(60, 1 << Int64(isolations - 1))))
    }
}
