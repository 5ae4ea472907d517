import Base
import Buses
import Testing
import Twin

/// A simulated rig under hands: what an operator without an agent could do.
final class PlantBench {
    let clock = ManualClock(now: Instant(nanoseconds: 1_000_000_000))
    let rig: TwinRig
    var chains: [IdealChain] = []

    init(_ configuration: TwinRigConfiguration = .s19(), seed: UInt64 = 1) {
        rig = TwinRig(configuration: configuration, seed: seed, clock: clock, exclusion: NoExclusion())
        for index in rig.boards.indices {
            let board = configuration.boards[index]
            let chain = IdealChain(
                chipCount: board.chips, referenceClock: board.referenceClock,
                minimum: Millivolts(board.referenceVoltage.value / 2))
            rig.boards[index].attach(chain)
            chains.append(chain)
        }
    }

    func run(_ duration: Duration) {
        clock.advance(by: duration)
        rig.advance(to: clock.now)
    }

    func set(_ offset: UInt32, _ active: Bool) throws {
        try #require(rig.output(0, offset)).set(active)
    }

    func setSupply(_ on: Bool) throws { try set(0, on) }

    func setFans(percent: Int32) throws {
        for pwm in rig.configuration.pwms {
            try #require(rig.pwm(pwm.chip, pwm.channel)).apply(
                PWMSetting(period: 40_000, duty: DutyCycle(percent: percent)))
        }
    }

    /// All boards hashing at the clock of their operating point.
    func mine() throws {
        if rig.configuration.supply.hasEnableLine { try setSupply(true) }
        for board in rig.boards.indices { try set(UInt32(1 + board), true) }
        run(.milliseconds(500))
        for (board, chain) in chains.enumerated() {
            try set(UInt32(11 + board), false)
            chain.setBusy(permille: 1000)
            chain.setClock(rig.configuration.boards[board].referenceClock)
        }
    }

    /// Runs until `condition` holds, looking every `step`; the time that took, or nil after `limit`.
    func time(until limit: Duration, step: Duration = .milliseconds(1), _ condition: () -> Bool) -> Duration? {
        let start = clock.now
        while clock.now - start < limit {
            if condition() { return clock.now - start }
            run(step)
        }
        return nil
    }

    func bus(_ number: UInt16 = 0) throws -> any I2CBus { try #require(rig.i2c(number)) }
}

extension Celsius {
    /// Degrees, for tests that compare with tolerance.
    var degrees: Double { Double(millidegrees) / 1000 }
}
