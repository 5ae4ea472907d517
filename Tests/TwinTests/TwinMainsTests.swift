import Base
import Buses
import Testing

@testable import Twin

/// The mains of a simulated rig as a line of its control board shows it.
@Suite struct TwinMainsTests {
    final class Bench {
        let plant = PlantBench()
        let line: TwinMainsLine
        var edges: [Edge] = []

        init() { line = plant.rig.mains(nominal: Millihertz(50_000)) }

        /// Runs for so many milliseconds, a little ahead of the rig as a feed does, and gives the edges on the way.
        func run(_ milliseconds: Int) -> [Edge] {
            edges.removeAll()
            for _ in 0..<(milliseconds / 20) {
                plant.run(.milliseconds(20))
                line.run(to: plant.rig.now + .milliseconds(40), into: &edges)
            }
            return edges
        }

        func tell(_ command: String) -> Bool { plant.rig.command(Array(command.utf8)).isAccepted }

        /// The mean frequency of the edges.
        func hertz(_ edges: [Edge]) -> Double {
            guard let first = edges.first, let last = edges.last, edges.count > 2 else { return 0 }
            return Double(edges.count - 1) * 0.5e9 / Double((last.at - first.at).nanoseconds)
        }
    }

    @Test func theFrequencyGoesWhereItIsToldAtTheRateItIsTold() {
        let bench = Bench()
        #expect(abs(bench.hertz(bench.run(1000)) - 50) < 1e-6)
        #expect(bench.tell("set frequency 49.5Hz 0.5Hz/s"))
        let slide = bench.run(1000)
        #expect(abs(bench.hertz(slide) - 49.75) < 0.02, "the mean of a second's slide")
        _ = bench.run(200)
        #expect(abs(bench.hertz(bench.run(1000)) - 49.5) < 1e-6)
        #expect(bench.tell("set frequency 50.2Hz"))
        _ = bench.run(100)
        #expect(abs(bench.hertz(bench.run(1000)) - 50.2) < 1e-6)
    }

    @Test func aBlackoutHasNoEdgesAndTheyComeBackWithTheVoltage() {
        let bench = Bench()
        _ = bench.run(200)
        #expect(bench.tell("set mains 0V"))
        _ = bench.run(100)
        #expect(bench.run(1000).isEmpty)
        #expect(bench.tell("set mains 230V"))
        _ = bench.run(100)
        #expect(bench.run(1000).count >= 99)
    }

    @Test func aPhaseStepMovesTheEdgesOnce() {
        let bench = Bench()
        // Not just at a crossing, where a step would be two edges.
        bench.plant.run(.milliseconds(3))
        let before = bench.run(200)
        #expect(bench.tell("set phase 36deg"))
        let edges = before + bench.run(400)
        let gaps = zip(edges.dropFirst(), edges).map { ($0.at - $1.at).nanoseconds }
        let odd = gaps.filter { abs($0 - 10_000_000) > 1000 }
        #expect(odd.count == 1)
        // A tenth of a cycle.
        #expect(abs((odd.first ?? 0) - 12_000_000) < 1000)
    }

    @Test(arguments: [
        ("set frequency", "line 1, column 14: expected a frequency, such as 49.5Hz, found the end of the line"),
        ("set frequency 49.5", "line 1, column 15: expected a frequency, such as 49.5Hz, found '49.5'"),
        ("set frequency 49.5Hz 0Hz/s", "0Hz/s"), ("set phase 200deg", "-180deg to 180deg"),
    ])
    func nonsenseIsRefused(command: String, complaint: String) throws {
        let answer = PlantBench().rig.command(Array(command.utf8))
        #expect(!answer.isAccepted)
        #expect(answer.text.contains(complaint.split(separator: ": ").last ?? ""), "\(answer.text)")
    }
}
