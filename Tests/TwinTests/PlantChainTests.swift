import Base
import Buses
import Testing

@testable import Twin

/// Chips that really hash, on a board of the rig.
@Suite struct PlantChainTests {
    @Test func faultsOfAChainReachChipsThatHash() throws {
        let clock = ManualClock(now: Instant(nanoseconds: 1_000_000_000))
        var configuration = TwinRigConfiguration.s19(boards: 1)
        configuration.boards[0].chips = 12
        let rig = TwinRig(configuration: configuration, seed: 1, clock: clock, exclusion: NoExclusion())
        let chain = BM13xxChainModel(.bm1362, chipCount: 12, simulatedShift: 28, now: clock.now)
        rig.boards[0].attach(chain)
        func say(_ line: String) -> String { rig.command(Array(line.utf8)).text }
        func run(_ duration: Duration) {
            clock.advance(by: duration)
            rig.advance(to: clock.now)
        }
        try rig.output(0, 0)?.set(true)
        try rig.output(0, 1)?.set(true)
        try rig.output(0, 11)?.set(false)
        run(.seconds(1))
        #expect(chain.reach == 12)
        #expect(say("fail board1 dead-chips 3 for 5s") == "ok")
        #expect(chain.reach == 9)
        run(.seconds(6))
        #expect(chain.reach == 12)
        #expect(say("fail board1 silent") == "ok")
        #expect(chain.reach == 0)
        #expect(say("clear board1 silent") == "ok")
        #expect(chain.reach == 12)
    }
}
