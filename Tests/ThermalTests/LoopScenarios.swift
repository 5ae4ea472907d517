import Base
import Thermal

/// The loop itself: what it follows, and how it moves.
extension Scenario {
    static let loop: [Scenario] = [
        Scenario(name: "the worst board leads", guards: [.worstMargin]) { disabled in
            var bench = try Bench(disabling: disabled)
            bench.boards[1].airShare = 0.7
            bench.run(.seconds(600))
            return bench.boards[1].die < 68 ? [] : ["the other board is above its target"]
        },
        Scenario(name: "warming up, the fans wait for the heat", guards: [.warmUpFloor]) { disabled in
            var bench = try Bench(disabling: disabled)
            bench.ambient = 5
            var findings = Findings()
            bench.run(.seconds(95)) { bench in
                guard bench.isEnergised(0), bench.decision.boards[0].regime == .warmUp else { return }
                findings.require(bench.decision.fans[0].duty >= DutyCycle(percent: 50), "below the floor")
            }
            return findings.list
        },
        // phosphor, Hubris, Braiins: manual mode bypasses the protection.
        Scenario(name: "a manual duty is a floor", guards: [.manualIsFloor]) { disabled in
            var bench = try Bench(disabling: disabled)
            bench.inputs.manualFloor = DutyCycle(percent: 20)
            bench.run(.seconds(300))
            var findings = Findings()
            findings.require(bench.boards[0].die < 68, "manual duty kept the fans down")
            bench.inputs.manualFloor = DutyCycle(percent: 90)
            bench.run(.seconds(60))
            findings.require(bench.decision.fans[0].duty >= DutyCycle(percent: 90), "floor ignored")
            return findings.list
        },
        // The grid takes the load off; the heat is still in the metal. pyasic #291.
        Scenario(name: "curtailment holds the fans for the dwell", guards: [.coolDownDwell]) { disabled in
            var bench = try Bench.settled(disabled)
            let before = bench.decision.fans[0].duty
            var findings = Findings()
            bench.wanted = [0, 0]
            bench.run(.seconds(55)) { bench in
                findings.require(bench.decision.fans[0].duty >= before, "slower within the dwell")
            }
            bench.run(.seconds(120))
            findings.require(bench.decision.fans[0].duty < DutyCycle(percent: 30), "not quiet after the dwell")
            return findings.list
        },
        // LuxOS: above the target the fans jump to full speed.
        Scenario(name: "no step above the slew", guards: [.slewLimit]) { disabled in
            var bench = try Bench.settled(disabled)
            bench.record.greatestStep = 0
            bench.wanted = [0.3, 0.3]
            bench.run(.seconds(200))
            bench.wanted = [1, 1]
            bench.run(.seconds(60))
            return bench.record.greatestStep <= 50 ? [] : ["a step of \(bench.record.greatestStep) ‰"]
        },
        Scenario(name: "no hunting", guards: [.reversalDwell]) { disabled in
            var bench = try Bench.settled(disabled)
            bench.run(.seconds(300))
            return bench.record.huntingTurns == 0 ? [] : ["\(bench.record.huntingTurns) turns within 10 s"]
        },
        Scenario(name: "no winding up while there is little heat", guards: [.backCalculation]) { disabled in
            var bench = try Bench.settled(disabled)
            bench.wanted = [0.05, 0.05]
            bench.run(.seconds(600))
            bench.record.hottest = 0
            bench.wanted = [1, 1]
            bench.run(.seconds(200))
            return bench.record.hottest < 68 ? [] : ["overshoot to \(Int(bench.record.hottest)) °C"]
        },
        Scenario(name: "power comes before its heat", guards: [.feedForward]) { disabled in
            var bench = try Bench.settled(disabled)
            bench.wanted = [0.2, 0.2]
            bench.run(.seconds(400))
            let before = bench.decision.fans[0].duty
            bench.wanted = [1, 1]
            bench.run(.seconds(3))
            return bench.decision.fans[0].duty.permille >= before.permille + 100 ? [] : ["fans wait for the heat"]
        },
        Scenario(name: "nobody knows how hot it is", guards: [.blindIsFull]) { disabled in
            var bench = try Bench(disabling: disabled) {
                $0.supplyKind = .inlet
                $0.boardPolicy = .removable
                $0.minimumGoodSensors = 1
                $0.dieAnswersAfterPower = .seconds(30)
            }
            for channel in 0..<4 { bench.sensorFaults[channel] = .failed }
            var findings = Findings()
            bench.run(.seconds(60)) { bench in
                guard bench.isEnergised(0) else { return }
                // The tick that allows power sees it at the next one.
                findings.require(bench.decision.fans[0].duty >= DutyCycle(percent: 98), "blind at less than full speed")
            }
            findings.require(bench.record.starts == 2 && !bench.isEnergised(0), "blind for too long")
            return findings.list
        },
    ]
}
