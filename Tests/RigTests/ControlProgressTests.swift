import Base
import Testing

@testable import Rig

@Suite struct ControlProgressTests {
    func at(_ seconds: Int64) -> Instant { Instant(nanoseconds: 1_000_000_000_000) + .seconds(seconds) }

    @Test func theWatchdogStarvesAsSoonAsOnePartyMakesNoProgress() {
        let parties = [
            ProgressGate.Party("relay", limit: .seconds(1)), ProgressGate.Party("board 0", limit: .seconds(5)),
            ProgressGate.Party("thermal", limit: .seconds(3)),
        ]
        var gate = ProgressGate(parties, now: at(0))
        var counts: [UInt64] = [0, 0, 0]
        for second in 1...20 {
            for party in counts.indices where !(party == 1 && second > 10) { counts[party] += 1 }
            gate.note(counts, now: at(Int64(second)))
            #expect(gate.laggard(now: at(Int64(second))) == (second > 15 ? 1 : nil), "at \(second) s")
        }
        // It comes back to life.
        counts[1] += 1
        gate.note(counts, now: at(21))
        #expect(gate.laggard(now: at(21)) == nil)
    }

    @Test func partiesThatNeverSpokeGetTheirLimitOnce() {
        var gate = ProgressGate([ProgressGate.Party("relay", limit: .seconds(2))], now: at(0))
        gate.note([], now: at(2))
        #expect(gate.laggard(now: at(2)) == nil)
        gate.note([], now: at(3))
        #expect(gate.laggard(now: at(3)) == 0)
    }
}
