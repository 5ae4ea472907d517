import Base
import Thermal

/// Sensors that fail, lie, or fall silent.
extension Scenario {
    static let sensors: [Scenario] = [
        // ESP-Miner: a failed transfer reads as −1, is not above any limit, and hashing goes on. ESP-Miner #1186.
        Scenario(
            name: "one sensor gives nothing at full power",
            guards: [.failedIsNotCold, .badReadingCount, .requiredSensor]
        ) {
            disabled in
            var bench = try Bench.settled(disabled) { $0.minimumGoodSensors = 1 }
            bench.sensorFaults[1] = .failed
            var findings = Findings()
            let off = bench.timeUntilOff(0, limit: .seconds(30))
            findings.require(off.map { $0 <= .seconds(10) } ?? false, "board on after 10 s")
            findings.require(bench.isEnergised(1), "the other board off")
            return findings.list
        },
        Scenario(name: "all sensors give nothing at full power", guards: []) { disabled in
            var bench = try Bench.settled(disabled)
            for channel in 0..<4 { bench.sensorFaults[channel] = .failed }
            var findings = Findings()
            for board in 0..<2 {
                findings.require(bench.timeUntilOff(board, limit: .seconds(10)) != nil, "board on after 10 s")
            }
            return findings.list
        },
        // MadDrivers: a dead sensor gives −45 °C or its last value.
        Scenario(name: "a failed read never lowers an estimate", guards: [.extrapolation, .failedIsNotCold]) {
            disabled in
            var bench = try Bench.settled(disabled)
            var findings = Findings()
            var last = bench.controller.status(ofChannel: 0)?.estimate ?? .zero
            let start = last
            bench.sensorFaults[0] = .failed
            bench.run(.seconds(3)) { bench in
                let next = bench.controller.status(ofChannel: 0)?.estimate ?? .zero
                findings.require(next >= last, "estimate fell")
                last = next
            }
            findings.require(last >= start + .degrees(8), "estimate did not rise with its age")
            return findings.list
        },
        // phosphor-pid-control: silence is never stale by default.
        Scenario(name: "sensors fall silent without an error", guards: [.staleness]) { disabled in
            var bench = try Bench.settled(disabled)
            bench.sensorFaults[1] = .silent
            let off = bench.timeUntilOff(0, limit: .seconds(30))
            return off.map { $0 <= .seconds(10) } ?? false ? [] : ["board on after 10 s"]
        },
        Scenario(name: "a sensor freezes at full power", guards: [.stuckCheck]) { disabled in
            var bench = try Bench.settled(disabled)
            bench.sensorFaults[0] = .frozen
            return bench.timeUntilOff(0, limit: .seconds(30)) != nil ? [] : ["board on with a frozen sensor"]
        },
        Scenario(name: "sensors freeze at full power", guards: [.stuckTogether]) { disabled in
            var bench = try Bench.settled(disabled)
            bench.sensorFaults[0] = .frozen
            bench.sensorFaults[1] = .frozen
            // Two sensors only: with three it is ten seconds.
            let off = bench.timeUntilOff(0, limit: .seconds(40))
            return off.map { $0 <= .seconds(11) } ?? false ? [] : ["board on with frozen sensors after 11 s"]
        },
        Scenario(name: "noiseless sensors freeze while power changes", guards: [.stuckCheck]) { disabled in
            var bench = try Bench.settled(disabled) { $0.noise = .zero }
            bench.sensorFaults[0] = .frozen
            bench.sensorFaults[1] = .frozen
            bench.wanted[0] = 0.5
            return bench.timeUntilOff(0, limit: .seconds(40)) != nil ? [] : ["board on with frozen sensors"]
        },
        // Klipper's verify_heater: power without warmth means that the sensor is elsewhere.
        Scenario(name: "sensors hang in the air", guards: [.detachedCheck]) { disabled in
            var bench = try Bench(disabling: disabled)
            bench.sensorFaults[0] = .detached
            bench.sensorFaults[1] = .detached
            bench.run(.seconds(10))
            return bench.timeUntilOff(0, limit: .seconds(80)) != nil ? [] : ["board on with sensors in the air"]
        },
        Scenario(name: "a sensor drifts far below its neighbour", guards: [.crossCheck]) { disabled in
            var bench = try Bench(disabling: disabled)
            bench.ambient = 5
            bench.run(.seconds(300))
            var drift = 0.0
            bench.run(.seconds(200)) { bench in
                drift = max(drift - 0.1, -28)
                bench.sensorFaults[1] = .offset(drift)
            }
            return !bench.isEnergised(0) ? [] : ["board on with sensors that disagree"]
        },
        // NerdQAxe #707, ESP-Miner #78 and #599: false overheat.
        Scenario(name: "one wild reading", guards: [.jumpCheck]) { disabled in
            var bench = try Bench.settled(disabled)
            let before = bench.decision.fans[0].duty
            var findings = Findings()
            for _ in 0..<5 {
                bench.sensorFaults[0] = .reads(120)
                bench.step()
                findings.require(bench.isEnergised(0), "board off")
                bench.sensorFaults[0] = .none
                bench.run(.seconds(10))
            }
            let change = bench.decision.fans[0].duty.permille - before.permille
            findings.require(abs(change) < 100, "fans jumped")
            return findings.list
        },
        // NerdQAxe #707: the spike at power-on latches a shutdown.
        Scenario(name: "an in-rush spike at power-on", guards: [.settleWindow]) { disabled in
            var bench = try Bench(disabling: disabled)
            while !bench.isEnergised(0) { bench.step() }
            bench.sensorFaults[0] = .reads(120)
            bench.run(.seconds(2))
            bench.sensorFaults[0] = .none
            bench.run(.seconds(60))
            return bench.isEnergised(0) && bench.record.starts == 2 ? [] : ["board off after a spike"]
        },
        Scenario(name: "a spike that stays recovers by itself", guards: []) { disabled in
            var bench = try Bench.settled(disabled)
            bench.sensorFaults[0] = .reads(120)
            var findings = Findings()
            findings.require(bench.timeUntilOff(0, limit: .seconds(2)) != nil, "a real jump was not acted on")
            bench.sensorFaults[0] = .none
            bench.run(.seconds(300))
            findings.require(bench.isEnergised(0), "shutdown latched")
            return findings.list
        },
        Scenario(name: "a sensor that says what cannot be from the start", guards: [.plausibleRange]) { disabled in
            var bench = try Bench(disabling: disabled)
            bench.sensorFaults[0] = .reads(-40)
            bench.run(.seconds(30))
            return bench.record.starts == 1 ? [] : ["board started with a broken sensor"]
        },
        Scenario(name: "readings from the future", guards: [.futureCheck]) { disabled in
            var bench = try Bench.settled(disabled)
            bench.sensorFaults[1] = .fromFuture(40)
            let off = bench.timeUntilOff(0, limit: .seconds(30))
            return off.map { $0 <= .seconds(10) } ?? false ? [] : ["board on after 10 s"]
        },
        // braiins #77: fans at full speed for ever because the stopped chips' temperatures are unknown.
        Scenario(name: "off and cold is not sensor lost", guards: [.unpoweredIsNotLost]) { disabled in
            var bench = try Bench.settled(disabled) { $0.dieAnswersAfterPower = .seconds(10) }
            bench.wanted = [0, 0]
            bench.run(.seconds(200))
            var findings = Findings()
            findings.require(bench.decision.fans[0].duty <= DutyCycle(percent: 21), "fans still up")
            findings.require(bench.decision.regime == .regulating, "taken for a fault")
            return findings.list
        },
        Scenario(name: "a sensor that may be missing is lost", guards: [.optionalDoesNotTrip]) { disabled in
            var bench = try Bench.settled(disabled) {
                $0.policy = .removable
                $0.minimumGoodSensors = 1
            }
            let before = bench.decision.fans[0].duty
            bench.sensorFaults[0] = .failed
            bench.run(.seconds(60))
            var findings = Findings()
            findings.require(bench.isEnergised(0), "board off")
            findings.require(bench.decision.fans[0].duty > before, "fans not raised")
            return findings.list
        },
        Scenario(name: "all sensors that may be missing are lost", guards: [.observability]) { disabled in
            var bench = try Bench.settled(disabled) {
                $0.policy = .removable
                $0.boardPolicy = .errorProne
                $0.minimumGoodSensors = 1
            }
            bench.sensorFaults[0] = .failed
            bench.sensorFaults[1] = .failed
            let off = bench.timeUntilOff(0, limit: .seconds(60))
            return off.map { $0 <= .seconds(10) } ?? false ? [] : ["board on after 10 s"]
        },
        // NerdQAxe #683: a glitch on the bus becomes a fault of the supply.
        Scenario(name: "three of ten readings fail", guards: [.observabilityDwell]) { disabled in
            var bench = try Bench.settled(disabled)
            for channel in 0..<4 { bench.sensorFaults[channel] = .glitchy(300) }
            bench.run(.seconds(120))
            return bench.record.starts == 2 && bench.isEnergised(0) ? [] : ["board off for glitches"]
        },
        // Braiins' S9 agent folded temperatures from zero and lost those below.
        Scenario(name: "a start at fifteen below zero", guards: []) { disabled in
            var bench = try Bench(disabling: disabled)
            bench.ambient = -15
            for board in bench.boards.indices {
                bench.boards[board].die = -15
                bench.boards[board].sink = -15
            }
            bench.run(.seconds(600))
            var findings = Findings()
            findings.require(bench.record.starts == 2 && bench.isEnergised(0), "did not run")
            findings.require(bench.record.hottest < 70, "overshoot")
            return findings.list
        },
    ]
}
