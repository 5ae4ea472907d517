import Base
import Thermal

/// Fans that fail, lie or forget.
extension Scenario {
    static let fans: [Scenario] = [
        // ESP-Miner, mujina: a dead fan is shown and nothing is done. mujina #9.
        Scenario(name: "one of three fans stalls", guards: [.stallCheck, .fanLossFull]) { disabled in
            var bench = try Bench.settled(disabled)
            bench.fans[1].fault = .stalled
            var findings = Findings()
            let full = bench.timeUntilFull(0, limit: .seconds(10))
            findings.require(full.map { $0 <= .seconds(2) } ?? false, "others not at full speed within 2 s")
            findings.require(bench.isEnergised(0), "board off although two fans are enough")
            bench.run(.seconds(300))
            findings.require(bench.record.ticksTooHot == 0, "too hot")
            return findings.list
        },
        Scenario(name: "all fans stall", guards: [.fanLossTrip]) { disabled in
            var bench = try Bench.settled(disabled)
            for fan in bench.fans.indices { bench.fans[fan].fault = .stalled }
            let off = bench.timeUntilOff(0, limit: .seconds(10))
            return off.map { $0 <= .seconds(2) } ?? false ? [] : ["boards on without fans after 2 s"]
        },
        Scenario(name: "a fan turns too slowly", guards: [.speedCheck]) { disabled in
            var bench = try Bench.settled(disabled)
            bench.fans[1].fault = .slow
            let full = bench.timeUntilFull(0, limit: .seconds(15))
            return full.map { $0 <= .seconds(2) } ?? false ? [] : ["others not at full speed within 2 s"]
        },
        Scenario(name: "a fan turns too slowly while its duty moves", guards: [.speedCheck]) { disabled in
            var bench = try Bench.settled(disabled)
            bench.inputs.manualFloor = DutyCycle(percent: 90)
            bench.run(.seconds(1))
            bench.fans[1].fault = .slow
            bench.run(.seconds(2))
            return bench.decision.fans[1].condition == .slow ? [] : ["not noticed within 2 s"]
        },
        Scenario(name: "a worn fan coasts down for long", guards: [.fanForesight]) { disabled in
            var bench = try Bench.settled(disabled)
            bench.fans[1].lag = 3
            bench.fans[1].fault = .slow
            let full = bench.timeUntilFull(0, limit: .seconds(15))
            return full.map { $0 <= .seconds(2) } ?? false ? [] : ["others not at full speed within 2 s"]
        },
        Scenario(name: "sluggish fans are healthy", guards: [.fanLag]) { disabled in
            var bench = try Bench.settled(disabled)
            for fan in 1..<3 { bench.fans[fan].lag = 1.9 }
            bench.fans[0].fault = .stalled
            var findings = Findings()
            bench.run(.seconds(10)) { bench in
                findings.require(!bench.decision.fans[1].condition.isFaulty, "accused while it speeds up")
            }
            bench.fans[0].fault = .none
            bench.run(.seconds(120)) { bench in
                findings.require(!bench.decision.fans[1].condition.isFaulty, "accused while it slows down")
            }
            return findings.list
        },
        // ESP-Miner: duty is written when it changes; a lost write stays lost.
        Scenario(name: "a fan controller does not take its duty", guards: [.readBackCheck]) { disabled in
            var bench = try Bench.settled(disabled)
            // So near that its speed does not give it away.
            let duty = bench.decision.fans[1].duty.permille
            bench.fans[1].register = DutyCycle(permille: duty * 8 / 10)
            bench.fans[1].fault = .deaf
            let full = bench.timeUntilFull(0, limit: .seconds(3))
            return full != nil ? [] : ["not noticed within 3 s"]
        },
        Scenario(name: "fan controllers lose their duty", guards: [.rewriteEveryTick]) { disabled in
            var bench = try Bench(disabling: disabled)
            bench.inputs.manualFloor = DutyCycle(percent: 80)
            bench.run(.seconds(240))
            for fan in bench.fans.indices { bench.fans[fan].register = .off }
            var findings = Findings()
            bench.run(.seconds(20)) { bench in
                findings.require(bench.decision.fans[0].condition == .turning, "duty not restored at once")
            }
            findings.require(bench.record.starts == 2 && bench.fans[0].speed > 4000, "duty not restored")
            return findings.list
        },
        Scenario(name: "a fan controller resets and wants its set-up", guards: [.setUpAgain]) { disabled in
            var bench = try Bench.settled(disabled)
            for fan in bench.fans.indices { bench.fans[fan].reset() }
            bench.run(.seconds(20))
            return bench.record.starts == 2 && bench.fans[0].speed > 1500 ? [] : ["not set up again"]
        },
        Scenario(name: "a fan controller falls silent", guards: []) { disabled in
            var bench = try Bench.settled(disabled)
            bench.fans[2].fault = .silent
            let full = bench.timeUntilFull(0, limit: .seconds(4))
            return full != nil ? [] : ["not noticed within 4 s"]
        },
        // ESP-Miner: 5,400,000 divided by a tachometer count of 0.
        Scenario(name: "a tachometer counts nothing", guards: [.stallCheck]) { disabled in
            var bench = try Bench.settled(disabled)
            bench.fans[2].fault = .tachZero
            let full = bench.timeUntilFull(0, limit: .seconds(4))
            return full != nil ? [] : ["not noticed within 4 s"]
        },
        Scenario(name: "standing fans are started", guards: [.kickStart]) { disabled in
            var bench = try Bench.settled(disabled) {
                $0.idle = .off
                $0.tuning.warmUpFloor = DutyCycle(percent: 25)
            }
            bench.wanted = [0, 0]
            bench.run(.seconds(400))
            var findings = Findings()
            findings.require(bench.fans[0].speed < 100, "fans turn although everything is cold")
            bench.wanted = [1, 1]
            bench.run(.seconds(30)) { bench in
                findings.require(bench.decision.fans[0].condition != .stalled, "did not start")
            }
            return findings.list
        },
        Scenario(name: "fans keep turning at little heat", guards: [.minimumSpin]) { disabled in
            var bench = try Bench(disabling: disabled) {
                $0.idle = DutyCycle(percent: 5)
                $0.tuning.warmUpFloor = DutyCycle(percent: 5)
            }
            bench.ambient = 5
            bench.wanted = [0.1, 0.1]
            bench.run(.seconds(300))
            return bench.fans[0].speed > 500 ? [] : ["fans stopped"]
        },
    ]
}
