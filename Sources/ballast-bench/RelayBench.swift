import Base
import Daemon
import Platform

extension Benchmark {
    static var relay: Benchmark {
        Benchmark(
            name: "relay", options: "[--events N] [--decisions N] [--json]",
            summary:
                "Relay: from the mains below 49.7 Hz to load off, idle and with everything else busy; goals below the table."
        ) { (options: inout Options) throws(BenchmarkError) in
            let events = try options.takeNumber("--events", in: 1...10_000) ?? 15
            let decisions = try options.takeNumber("--decisions", in: 1...1_000_000) ?? 10_000
            let isJSON = options.takeFlag("--json")
            try options.finish()
            var output = try Output(
                "relay", columns: ["load", "delay", "p50_ms", "p99_ms", "p99_9_ms", "max_ms", "samples"], isJSON: isJSON
            )
            var goals = RelayGoals()
            for isLoaded in [false, true] {
                let trial = try RelayTrial.run(events: events, decisions: decisions, isLoaded: isLoaded)
                for delays in trial.delays {
                    let sorted = delays.sorted
                    try output.row([
                        .text(isLoaded ? "full" : "idle"), .text(delays.name.description),
                        thousandths(permille(500, of: sorted)), thousandths(permille(990, of: sorted)),
                        thousandths(permille(999, of: sorted)), thousandths(sorted.last), .integer(sorted.count),
                    ])
                    goals.take(delays, isLoaded: isLoaded)
                }
                for refusal in trial.refusals { try output.note("not granted: \(refusal.description)") }
                if isLoaded {
                    try output.note(
                        "full load: \(trial.workerCount) hash workers, a bus that hangs, a socket flooded with "
                            + Decimal.quantity(Double(trial.floodedBytes), unit: "B"))
                }
            }
            for line in goals.lines { try output.note(line) }
        }
    }
}

extension RelayTrial {
    fileprivate static func run(events: Int, decisions: Int, isLoaded: Bool) throws(BenchmarkError) -> RelayTrial {
        do throws(Failure) {
            return try RelayTrial(events: events, decisions: decisions, isLoaded: isLoaded)
        } catch {
            switch error {
            case .system(let error): throw .failed(error.description)
            case .noKernel: throw .failed("no SHA-256 kernel passes its self-test")
            case .wrongCount(let expected, let found):
                throw .failed("load was to be taken off \(expected) times, and was \(found) times")
            }
        }
    }
}

/// The goals of Docs/power.md, and whether this run met them.
private struct RelayGoals {
    var lines: [String] = []

    mutating func take(_ delays: RelayTrial.Delays, isLoaded: Bool) {
        switch delays.name.description {
        case "decision to line" where isLoaded:
            check("decision to line, full load, p99.9", permille(999, of: delays.sorted), .milliseconds(1))
        case "crossing to decision":
            check("crossing to decision at 1 Hz/s, longest", delays.sorted.last, .milliseconds(90))
        case "crossing to AC -90%":
            check("crossing to AC power down 90 % (supply simulated), longest", delays.sorted.last, .milliseconds(200))
        default: break
        }
    }

    private mutating func check(_ name: String, _ found: Duration?, _ goal: Duration) {
        guard let found else { return }
        let shown = Decimal.fixed(Double(found.nanoseconds) / 1e6, places: 3)
        let wanted = Decimal.fixed(Double(goal.nanoseconds) / 1e6, places: 0)
        lines.append("\(found <= goal ? "met" : "MISSED"): \(name) \(shown) ms, goal \(wanted) ms")
    }
}

private func thousandths(_ duration: Duration?) -> Output.Value {
    .thousandths(Int((duration ?? .zero).nanoseconds / 1000))
}

/// The delay that `permille` of the sorted `delays` do not exceed; nil when there are none.
private func permille(_ permille: Int, of delays: [Duration]) -> Duration? {
    let index = max(0, (delays.count * permille + 999) / 1000 - 1)
    return delays.isEmpty ? nil : delays[index]
}
