import Base
import Thermal

/// Boards that get too hot, trip and come back.
extension Scenario {
    static let boards: [Scenario] = [
        Scenario(name: "the air stops for one board", guards: [.powerDownLevel]) { disabled in
            var bench = try Bench.settled(disabled) { $0.tuning.coolingTime = .seconds(600) }
            bench.boards[0].airShare = 0
            bench.run(.seconds(300))
            return bench.record.ticksTooHot == 0 ? [] : ["above the limit while energised"]
        },
        Scenario(
            name: "a critical board runs at the least power under full fans", guards: [.criticalLevel, .emergencyFull]
        ) {
            disabled in
            var findings = Findings()
            var bench = try Bench.settled(disabled)
            bench.sensorFaults[0] = .offset(23)
            bench.run(.seconds(5)) { bench in
                guard let estimate = bench.controller.status(ofChannel: 0)?.estimate, estimate >= .degrees(85) else {
                    return
                }
                findings.require(bench.decision.boards[0].ceiling.permille <= 400, "more than the least power")
                findings.require(bench.decision.fans[0].duty == .full, "fans not full at once")
            }
            return findings.list
        },
        // Braiins and LuxOS step power down before they stop; ESP-Miner stops.
        Scenario(name: "hot air and a dusty board", guards: [.throttleLadder]) { disabled in
            var bench = try Bench(disabling: disabled)
            bench.ambient = 43
            bench.boards[0].airShare = 0.6
            bench.run(.seconds(900))
            var findings = Findings()
            findings.require(bench.boards[0].die < 76, "hot and not throttled")
            findings.require(bench.record.starts == 2, "stopped instead of throttled")
            return findings.list
        },
        Scenario(name: "the ladder takes its time", guards: [.ladderDwell]) { disabled in
            var bench = try Bench(disabling: disabled)
            bench.ambient = 43
            bench.boards[0].airShare = 0.6
            var findings = Findings()
            var last: (ceiling: Int32, at: Instant)?
            bench.run(.seconds(600)) { bench in
                let ceiling = bench.decision.boards[0].ceiling.permille
                guard bench.decision.boards[0].regime == .throttling, ceiling != last?.ceiling else { return }
                if let last { findings.require(bench.now - last.at >= .seconds(10), "two steps within 10 s") }
                last = (ceiling, bench.now)
            }
            return findings.list
        },
        // Klipper's verify_heater, the other way round.
        Scenario(name: "full fans and the least power do not cool", guards: [.coolingCheck]) { disabled in
            var bench = try Bench.settled(disabled)
            bench.boards[0].airShare = 0.05
            var findings = Findings()
            var since: Instant?
            bench.run(.seconds(600)) { bench in
                guard bench.decision.boards[0].regime == .overheat else {
                    since = nil
                    return
                }
                if since == nil { since = bench.now }
                findings.require(bench.now - (since ?? bench.now) < .seconds(100), "overheated for more than 100 s")
            }
            return findings.list
        },
        // hass-miner #170: frequent cycling kills supplies.
        Scenario(name: "a trip keeps the board off for its dwell", guards: [.tripDwell]) { disabled in
            var bench = try Bench.settled(disabled)
            for fan in bench.fans.indices { bench.fans[fan].fault = .stalled }
            bench.run(.seconds(4))
            for fan in bench.fans.indices { bench.fans[fan].fault = .none }
            bench.record.starts = 0
            bench.run(.seconds(110))
            return bench.record.starts == 0 ? [] : ["started again within the dwell"]
        },
        Scenario(name: "a board that trips again and again", guards: [.lockOut]) { disabled in
            var bench = try Bench.settled(disabled) { $0.tuning.tripDwell = .seconds(60) }
            for _ in 0..<6 {
                bench.sensorFaults[0] = .reads(120)
                bench.run(.seconds(3))
                bench.sensorFaults[0] = .none
                bench.run(.seconds(180))
            }
            var findings = Findings()
            findings.require(!bench.isEnergised(0), "no lock-out after six trips")
            findings.require(bench.isEnergised(1), "the other board off")
            bench.inputs.unlock = true
            bench.run(.seconds(60))
            findings.require(bench.isEnergised(0), "a technician cannot unlock it")
            return findings.list
        },
        Scenario(name: "nothing is known at boot", guards: [.bootWaits]) { disabled in
            var bench = try Bench(disabling: disabled)
            for channel in 0..<4 { bench.sensorFaults[channel] = .failed }
            bench.run(.seconds(30))
            return bench.record.starts == 0 ? [] : ["started blind"]
        },
        // hass-miner #327: one bad board stops all.
        Scenario(name: "one bad board does not stop the other", guards: [.boardIsolation]) { disabled in
            var bench = try Bench.settled(disabled)
            bench.sensorFaults[0] = .failed
            bench.sensorFaults[1] = .failed
            bench.run(.seconds(30))
            return !bench.isEnergised(0) && bench.isEnergised(1) ? [] : ["not isolated"]
        },
        Scenario(name: "the supply overheats", guards: [.rigTrips]) { disabled in
            var bench = try Bench.settled(disabled)
            var findings = Findings()
            bench.run(.seconds(90)) { bench in
                bench.supply = min(bench.supply + 0.4, 95)
                guard bench.supply > 91 else { return }
                findings.require(!bench.isEnergised(0) && !bench.isEnergised(1), "boards on with a hot supply")
            }
            return findings.list
        },
        Scenario(name: "a switch that does not open", guards: [.measuredPowerCounts]) { disabled in
            var bench = try Bench.settled(disabled)
            bench.welded[0] = true
            bench.wanted[0] = 0
            bench.run(.seconds(300))
            var findings = Findings()
            findings.require(bench.decision.degraded.contains(.poweredWhileOff), "not noticed")
            findings.require(bench.boards[0].die < 70, "not cooled")
            return findings.list
        },
        Scenario(name: "a hot board after a restart of the agent", guards: [.bootFull]) { disabled in
            var bench = try Bench(disabling: disabled)
            bench.boards[0].die = 85
            bench.boards[0].sink = 75
            bench.sensorFaults[2] = .failed
            var findings = Findings()
            bench.run(.seconds(30)) { bench in
                guard bench.decision.boards[1].regime == .boot else { return }
                findings.require(bench.decision.fans[0].duty == .full, "fans not full in boot")
            }
            return findings.list
        },
        Scenario(name: "a clean stop waits for the heat", guards: [.stopWaits]) { disabled in
            var bench = try Bench.settled(disabled)
            var findings = Findings()
            bench.inputs.isStopping = true
            bench.wanted = [0, 0]
            bench.run(.seconds(55)) { bench in
                findings.require(bench.decision.stop == .cooling, "stopped while hot")
            }
            bench.run(.seconds(300))
            findings.require(bench.decision.stop == .done, "never stopped")
            findings.require(bench.fans[0].speed > 500, "fans off at exit")
            return findings.list
        },
    ]
}
