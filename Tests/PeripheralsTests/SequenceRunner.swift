import Base
import Buses
import Peripherals
import Testing

/// Runs a sequence on a simulated clock and checks what every sequence promises: called early it touches nothing and
/// repeats its instant, and it ends.
func run<Sequence: TimedSequence>(
    _ sequence: inout Sequence, on bus: FakeI2CBus, from start: Instant = t0, limit: Int = 2000
) throws -> (output: Sequence.Output, took: Duration) {
    var now = start
    for _ in 0..<limit {
        switch try sequence.advance(now: now) {
        case .done(let output): return (output, now - start)
        case .wait(let until):
            #expect(until > now)
            let traffic = bus.trace.count
            guard case .wait(until) = try sequence.advance(now: now) else {
                Issue.record("a call before its time went on")
                throw Endless()
            }
            #expect(bus.trace.count == traffic)
            now = until
        }
    }
    throw Endless()
}

struct Endless: Error {}
