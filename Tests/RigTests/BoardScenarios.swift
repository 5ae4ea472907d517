import ASIC
import Base
import Buses

@testable import Rig

/// Boards that come up, fail and are brought back.
extension PowerScenario {
    /// A bench that has had power for three minutes.
    static func running(_ disabled: PowerProtections, boards: Int = 3) throws -> ControlBench {
        var bench = try ControlBench(boards: boards, disabling: disabled)
        bench.send(bench.setpoint(4000))
        bench.run(.seconds(180))
        return bench
    }

    /// Whether the board's line came up within a time.
    private static func comesUp(_ index: Int, within duration: Duration, _ bench: inout ControlBench) -> Bool {
        var wasUp = false
        bench.run(duration) { bench in wasUp = wasUp || bench.boards[index].lineUp }
        return wasUp
    }

    static let boards: [PowerScenario] = [
        PowerScenario(name: "the supply is slow", guards: [.suppliedFirst]) { disabled in
            var bench = try ControlBench(disabling: disabled)
            bench.supplyDead = true
            bench.send(bench.setpoint(4000))
            return comesUp(0, within: .seconds(120), &bench) ? ["enabled without a supply"] : bench.findings.list
        },
        PowerScenario(
            name: "the first second of a board", guards: [.settleInReset, .startsSlow, .stagger, .clockStep]
        ) { disabled in
            var bench = try ControlBench(disabling: disabled)
            var findings = Findings()
            var enabled: [Instant?] = [nil, nil, nil]
            var told: [ClockFrequency?] = [nil, nil, nil]
            bench.send(bench.setpoint(4000))
            bench.run(.seconds(180)) { bench in
                for action in bench.actions {
                    switch action {
                    case .boardLine(let index, true) where enabled[index] == nil:
                        let isAlone = enabled.allSatisfy { $0.map { bench.now - $0 >= .seconds(2) } ?? true }
                        findings.require(isAlone, "two boards draw their inrush at once")
                        enabled[index] = bench.now
                    case .boardReset(let index, false):
                        let settled = enabled[index].map { bench.now - $0 >= .seconds(1) } ?? false
                        findings.require(settled, "out of reset before its regulators settled")
                    case .chain(let index, .setFrequency(let clock)):
                        let last = told[index].map { $0.hertz } ?? 25_000_000
                        findings.require(clock.hertz <= last + 25_000_000, "its clock leaps")
                        told[index] = clock
                    default: break
                    }
                }
            }
            findings.require(bench.boards.allSatisfy { $0.clock == .megahertz(500) }, "not at full clock")
            return findings.list + bench.findings.list
        },
        PowerScenario(
            name: "a board whose switch is welded", guards: [.offIsProved, .weldedTakesSupply, .liveIsHot]
        ) { disabled in
            var bench = try running(disabled)
            bench.boards[1].defect = .welded
            bench.send(.command(.stopBoard(1)))
            var findings = Findings()
            bench.run(.seconds(8)) { bench in
                let duty = bench.fanDuty[0]
                findings.require(duty >= DutyCycle(percent: 20), "its heat is not seen")
                findings.require(bench.controller.thermalInputs.boards[1].isEnergised, "taken for cold")
            }
            bench.run(.seconds(60))
            findings.require(bench.boards[1].power == 0, "still live a minute later")
            findings.require(bench.controller.faults.isActive(.boardLockedOut, .board(1)), "nobody is told")
            return findings.list
        },
        PowerScenario(name: "a board with other chips", guards: [.finalFaults]) { disabled in
            var bench = try ControlBench(disabling: disabled)
            bench.boards[0].defect = .foreignChips
            bench.send(bench.setpoint(4000))
            bench.run(.seconds(600))
            return bench.boards[0].starts == 1 ? [] : ["tried again although it could do harm"]
        },
        PowerScenario(name: "a board whose chips never answer", guards: [.ladderEnds]) { disabled in
            var bench = try ControlBench(disabling: disabled)
            bench.boards[0].defect = .noChips
            bench.send(bench.setpoint(4000))
            bench.run(.seconds(5400))
            var findings = Findings()
            findings.require(bench.states[0] == .lockedOut, "not given up after 90 minutes")
            findings.require(bench.states[1] == .hashing && bench.states[2] == .hashing, "it stopped the others")
            return findings.list
        },
        PowerScenario(name: "a board that dies a minute after each start", guards: [.ladderRemembers]) { disabled in
            var bench = try ControlBench(disabling: disabled)
            bench.boards[0].defect = .dies
            bench.send(bench.setpoint(4000))
            bench.run(.seconds(7200))
            return bench.states[0] == .lockedOut ? [] : ["not given up after two hours"]
        },
        PowerScenario(name: "the grid fails eight times", guards: [.outagesAreFree]) { disabled in
            var bench = try running(disabled)
            var findings = Findings()
            for _ in 0..<8 {
                bench.supplyDead = true
                bench.run(.seconds(20))
                bench.supplyDead = false
                bench.run(.seconds(250))
                findings.require(bench.states.allSatisfy { $0 == .hashing }, "good boards are kept off")
            }
            return findings.list
        },
        PowerScenario(name: "a board that was given up, and a restart", guards: [.lockOutKept]) { disabled in
            var bench = try ControlBench(disabling: disabled)
            bench.boards[0].defect = .foreignChips
            bench.send(bench.setpoint(4000))
            bench.run(.seconds(120))
            var next = try ControlBench(memory: bench.memoryAfterCut, disabling: disabled)
            next.send(next.setpoint(4000))
            return comesUp(0, within: .seconds(120), &next) ? ["enabled although given up"] : []
        },
        PowerScenario(name: "full power and no hashes", guards: [.hashCheck]) { disabled in
            var bench = try running(disabled, boards: 1)
            bench.boards[0].defect = .noHashes
            var wasDown = false
            bench.run(.seconds(180)) { bench in wasDown = wasDown || !bench.boards[0].lineUp }
            return wasDown ? [] : ["heats for nothing"]
        },
        PowerScenario(name: "there is nothing to hash", guards: [.workBeforeBlame]) { disabled in
            var bench = try running(disabled, boards: 1)
            bench.boards[0].defect = .noHashes
            bench.send(.hasWork(false))
            var wasDown = false
            bench.run(.seconds(300)) { bench in wasDown = wasDown || !bench.boards[0].lineUp }
            return wasDown ? ["a good board is blamed"] : []
        },
        PowerScenario(name: "a clock that does not obey", guards: [.clockCheck]) { disabled in
            var bench = try ControlBench(boards: 1, disabling: disabled)
            bench.boards[0].stuckClock = .megahertz(100)
            bench.send(bench.setpoint(4000))
            bench.run(.seconds(500))
            return bench.controller.faults.entries.contains { $0.code == .boardClockStuck } ? [] : ["nobody is told"]
        },
        PowerScenario(name: "a board's thread hangs", guards: [.hangCheck]) { disabled in
            var bench = try running(disabled)
            bench.boards[2].defect = .hung
            bench.run(.seconds(12))
            return bench.boards[2].lineUp ? ["enabled although nobody watches it"] : []
        },
        PowerScenario(name: "a board is pulled out", guards: [.plugCheck]) { disabled in
            var bench = try running(disabled)
            bench.boards[0].defect = .unplugged
            bench.run(.seconds(1))
            return bench.boards[0].lineUp ? ["an empty connector is live"] : []
        },
        PowerScenario(name: "the supply dies under load", guards: [.unsuppliedIsOff]) { disabled in
            var bench = try running(disabled)
            var findings = Findings()
            bench.supplyDead = true
            bench.run(.seconds(30)) { bench in
                guard bench.actions.contains(.supply(0, .off)) else { return }
                findings.require(bench.boards.allSatisfy { !$0.lineUp }, "lines up behind a supply that is off")
            }
            return findings.list
        },
    ]
}
