import Base
import Testing
import Thermal

/// Something that goes wrong on the bench, and what must not come of it.
struct Scenario: CustomTestStringConvertible, Sendable {
    let name: String
    /// The protections without which it ends badly.
    let guards: Protections
    /// What went wrong; empty when everything held.
    let run: @Sendable (Protections) throws -> [String]

    var testDescription: String { name }

    static let all: [Scenario] = sensors + boards + fans + loop
}

/// Collects what does not hold.
struct Findings {
    private(set) var list: [String] = []

    mutating func require(_ condition: Bool, _ what: @autoclosure () -> String) {
        if !condition, !list.contains(what()) { list.append(what()) }
    }
}

extension Bench {
    /// A bench that has settled at full power.
    static func settled(
        _ disabled: Protections, seed: UInt64 = 7, change: (inout BenchSetup) -> Void = { _ in }
    ) throws -> Bench {
        var bench = try Bench(disabling: disabled, seed: seed, change: change)
        bench.run(.seconds(240))
        return bench
    }

    /// How long until the board is off, at most `limit`; nil when it is still on then.
    mutating func timeUntilOff(_ board: Int, limit: Duration) -> Duration? {
        let start = now
        while now - start < limit {
            step()
            if !isEnergised(board) { return now - start }
        }
        return nil
    }

    /// How long until the fan that is given has full duty; nil when it has not within the limit.
    mutating func timeUntilFull(_ fan: Int, limit: Duration) -> Duration? {
        let start = now
        while now - start < limit {
            step()
            if decision.fans[fan].duty == .full { return now - start }
        }
        return nil
    }
}
