import ASIC
import Base
import Buses

@testable import Rig

/// The rig as a whole: who may have power, and what outlives a crash.
extension PowerScenario {
    static let rig: [PowerScenario] = [
        PowerScenario(name: "nobody has said how much power may be used", guards: [.setpointFirst]) { disabled in
            var bench = try ControlBench(disabling: disabled)
            var wasUp = false
            bench.run(.seconds(120)) { bench in wasUp = wasUp || bench.boards.contains { $0.lineUp } }
            return wasUp ? ["power without a set point"] : []
        },
        PowerScenario(name: "off", guards: [.offCutsSupply]) { disabled in
            var bench = try running(disabled)
            bench.send(bench.setpoint(0))
            return bench.supplyOn ? ["the supply waits for the next tick"] : []
        },
        PowerScenario(name: "the relay holds its lines", guards: [.relayHolds]) { disabled in
            var bench = try running(disabled)
            bench.send(.relayTripped)
            var wasUp = false
            bench.run(.seconds(300)) { bench in wasUp = wasUp || bench.boards.contains { $0.lineUp } }
            return wasUp ? ["lines up against the relay"] : []
        },
        PowerScenario(name: "a board's sensor dies", guards: [.heatHolds]) { disabled in
            var bench = try running(disabled)
            bench.sensorDead[1] = true
            bench.run(.seconds(10))
            return bench.boards[1].lineUp ? ["enabled although nobody knows how hot it is"] : []
        },
        PowerScenario(name: "an operator stops a board", guards: [.operatorHolds]) { disabled in
            var bench = try running(disabled)
            bench.send(.command(.stopBoard(2)))
            bench.run(.seconds(120))
            return bench.boards[2].lineUp ? ["enabled against the operator"] : []
        },
        PowerScenario(name: "clocks do not obey a limit", guards: [.meterCheck]) { disabled in
            var bench = try running(disabled)
            for index in bench.boards.indices { bench.boards[index].stuckClock = .megahertz(500) }
            bench.send(bench.setpoint(2500, deadline: .seconds(10)))
            bench.run(.seconds(40))
            return bench.mains <= 2500 ? [] : ["above the limit although the meter says so"]
        },
        PowerScenario(name: "leases run out", guards: [.leaseRenewal]) { disabled in
            var bench = try running(disabled)
            bench.run(.seconds(10))
            return bench.states.allSatisfy { $0 == .hashing } ? bench.findings.list : ["boards dropped at work"]
        },
        PowerScenario(name: "a party of the watchdog hangs", guards: [.progressGate]) { disabled in
            var bench = try running(disabled)
            bench.partyHangs = true
            bench.run(.seconds(10))
            let fed = bench.fed
            bench.run(.seconds(10))
            return bench.fed == fed ? [] : ["the watchdog is fed although a thread hangs"]
        },
        PowerScenario(name: "the agent crashes again and again", guards: [.crashRest, .startsKept]) { disabled in
            var memory: ControlMemory?
            var wasUp = false
            for start in 0..<7 {
                var bench = try ControlBench(memory: memory, disabling: disabled)
                bench.send(bench.setpoint(4000))
                bench.run(.seconds(90)) { bench in
                    if start == 6 { wasUp = wasUp || bench.boards.contains { $0.lineUp } }
                }
                memory = try bench.memoryAfterCut
            }
            return wasUp ? ["powered after six crashes"] : []
        },
        PowerScenario(name: "power is cut after a fault", guards: [.faultsKept]) { disabled in
            var bench = try running(disabled)
            bench.sensorDead[0] = true
            bench.run(.seconds(10))
            let kept = try bench.memoryAfterCut.faults.entries
            return kept.contains { $0.code == .sensorLost } ? [] : ["nothing of it was kept"]
        },
        PowerScenario(name: "power is cut after every start of the supply", guards: [.cyclesKept]) { disabled in
            var memory: ControlMemory?
            for _ in 0..<3 {
                var bench = try ControlBench(memory: memory, disabling: disabled)
                bench.send(bench.setpoint(4000))
                for _ in 0..<120 where !bench.supplyOn { bench.run(.seconds(1)) }
                memory = try bench.memoryAfterCut
                memory?.starts.prove()
            }
            return memory?.cycles.supplies[0].total == 3 ? [] : ["a crash gave back what was used up"]
        },
        PowerScenario(name: "a response to the grid during the search", guards: [.tuningFreeze]) { disabled in
            var bench = try ControlBench(
                boards: 1, targets: .power(Milliwatts(700_000)), disabling: disabled)
            bench.send(bench.setpoint(4000))
            bench.run(.seconds(120))
            bench.send(bench.setpoint(4000, isFrozen: true))
            bench.run(.seconds(10))
            let clock = bench.boards[0].clock
            bench.run(.seconds(900))
            return bench.boards[0].clock == clock ? [] : ["the search moved a clock during a response"]
        },
        PowerScenario(name: "a board that errs at every setting", guards: [.tuningAbort]) { disabled in
            var bench = try ControlBench(
                boards: 1, targets: .power(Milliwatts(700_000)), disabling: disabled)
            bench.send(bench.setpoint(4000))
            bench.run(.seconds(1800)) { bench in
                if bench.boards[0].stage == .hashing { bench.boards[0].errors += 2 }
            }
            return bench.controller.tuning.boards[0] == nil ? [] : ["a setting full of errors was kept"]
        },
        PowerScenario(name: "a target far away", guards: [.tuningStep]) { disabled in
            var tuner = Tuner(
                profile: Tuner.Profile(
                    clocks: .megahertz(50)...(.megahertz(500)), voltages: Millivolts(12_800)...Millivolts(12_800)),
                safe: Tuner.Setting(clock: .megahertz(100), voltage: Millivolts(12_800)), result: nil,
                disabling: disabled)
            tuner.seek(.power(Milliwatts(1_000_000)))
            var findings = Findings()
            var now = Instant(nanoseconds: 1_000_000_000_000)
            var valid: UInt64 = 0
            for _ in 0..<1800 {
                let before = tuner.setting
                now = now + .seconds(1)
                valid += 20
                let seen = Tuner.Observation(
                    setting: before, power: ControlBench.model.power(at: before.clock, before.voltage),
                    isPowerMeasured: true, hashesPerSecond: 1, validNonces: valid, hardwareErrors: 0)
                _ = tuner.tick(seen, isFrozen: false, now: now)
                let step = max(tuner.setting.clock, before.clock).hertz - min(tuner.setting.clock, before.clock).hertz
                findings.require(step <= 25_000_000, "a step of more than 25 MHz")
            }
            findings.require(tuner.setting.clock >= .megahertz(450), "never got there")
            return findings.list
        },
    ]
}
