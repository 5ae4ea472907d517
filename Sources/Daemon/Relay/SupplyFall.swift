import Base
import Buses
import Twin

/// How long the mains power of a simulated rig takes to follow its lines: at full load all lines of the way off are written at
/// once, and the time is taken until a tenth of the power is left.
///
/// The power supply's bulk capacitor and slow power-factor loop make most of it (Docs/power.md). It is a model's figure, not a
/// measurement of a real supply.
enum SupplyFall {
    /// Nil when the rig does not come up or down, which the model does not do.
    static func measure(seed: UInt64) -> Duration? {
        let clock = ManualClock(now: Instant(nanoseconds: 1_000_000_000))
        let configuration = TwinRigConfiguration.s19()
        let rig = TwinRig(configuration: configuration, seed: seed, clock: clock, exclusion: NoExclusion())
        func run(_ duration: Duration) {
            clock.advance(by: duration)
            rig.advance(to: clock.now)
        }
        do throws(BusFault) {
            for pwm in configuration.pwms {
                try rig.pwm(pwm.chip, pwm.channel)?.apply(
                    PWMSetting(period: 40_000, duty: Base.DutyCycle(percent: 60)))
            }
            try bringUp(rig, run)
            run(.seconds(20))
            let before = rig.acPower
            guard before > Milliwatts(1_000_000) else { return nil }
            try takeOff(rig)
            for milliseconds in 0..<1000 {
                if Int64(rig.acPower.value) * 10 <= Int64(before.value) { return .milliseconds(milliseconds) }
                run(.milliseconds(1))
            }
        } catch {}
        return nil
    }

    private static func bringUp(_ rig: TwinRig, _ run: (Duration) -> Void) throws(BusFault) {
        var chains: [IdealChain] = []
        for (index, board) in rig.configuration.boards.enumerated() {
            let chain = IdealChain(
                chipCount: board.chips, referenceClock: board.referenceClock,
                minimum: Millivolts(board.referenceVoltage.value / 2))
            rig.boards[index].attach(chain)
            chains.append(chain)
        }
        try rig.output(0, 0)?.set(true)
        for board in rig.boards.indices { try rig.output(0, UInt32(1 + board))?.set(true) }
        run(.milliseconds(500))
        for (board, chain) in chains.enumerated() {
            try rig.output(0, UInt32(11 + board))?.set(false)
            chain.setBusy(permille: 1000)
            chain.setClock(rig.configuration.boards[board].referenceClock)
        }
    }

    /// The preset's pins: supply enable 0, board switches from 1, resets from 11.
    private static func takeOff(_ rig: TwinRig) throws(BusFault) {
        for board in rig.boards.indices { try rig.output(0, UInt32(11 + board))?.set(true) }
        for board in rig.boards.indices { try rig.output(0, UInt32(1 + board))?.set(false) }
        try rig.output(0, 0)?.set(false)
    }
}
