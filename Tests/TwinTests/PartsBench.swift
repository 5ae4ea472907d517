import Base
import Buses
import Peripherals
import Testing
import Twin

extension PlantBench {
    /// Carries a driver's dialogue through in simulated time.
    func finish<Sequence: TimedSequence>(_ sequence: Sequence) throws -> Sequence.Output {
        var sequence = sequence
        for _ in 0..<2000 {
            switch try sequence.advance(now: clock.now) {
            case .wait(let until):
                try #require(until > clock.now)
                run(until - clock.now)
            case .done(let output): return output
            }
        }
        throw StuckDialogue()
    }

    /// A rig whose only parts are these, on bus 0, with one S19 board's worth of everything else.
    static func with(_ parts: (I2CAddress, TwinPart)..., boards: [TwinBoardConfiguration] = [.s19]) -> PlantBench {
        var configuration = TwinRigConfiguration.s19(boards: boards.count)
        configuration.boards = boards
        configuration.parts = parts.map { TwinRigConfiguration.Part(bus: 0, address: $0.0, kind: $0.1) }
        return PlantBench(configuration)
    }
}

struct StuckDialogue: Error {}

/// How far a sensor may be from the truth: its noise and the smallest step of its code.
func expectClose(
    _ reading: Reading<Celsius>, _ truth: Celsius, step: Double, sourceLocation: SourceLocation = #_sourceLocation
) {
    guard let value = reading.value else {
        Issue.record("no value: \(reading)", sourceLocation: sourceLocation)
        return
    }
    #expect(
        (value.degrees - truth.degrees).magnitude <= step + 0.07, "\(value.degrees), truth \(truth.degrees)",
        sourceLocation: sourceLocation)
}
