import ASIC
import Base
import Testing

@testable import Rig

@Suite struct ControlRigTests {
    /// A bench whose boards all hash at full power.
    private func running(boards: Int = 3) throws -> ControlBench {
        var bench = try ControlBench(boards: boards)
        bench.send(bench.setpoint(4000))
        bench.run(.seconds(180))
        #expect(bench.states.allSatisfy { $0 == .hashing })
        return bench
    }

    private func index(_ action: ControlAction, in actions: [ControlAction]) -> Int? {
        actions.firstIndex(of: action)
    }

    @Test func comesUpOneBoardAfterTheOtherAndReachesFullPower() throws {
        var bench = try ControlBench()
        var starts: [Instant?] = [nil, nil, nil]
        bench.run(.seconds(40))
        #expect(bench.boards.allSatisfy { !$0.lineUp }, "nothing runs before a set point came")
        bench.send(bench.setpoint(4000))
        bench.run(.seconds(180)) { bench in
            for index in starts.indices where starts[index] == nil && bench.boards[index].lineUp {
                starts[index] = bench.now
            }
        }
        #expect(bench.states == [.hashing, .hashing, .hashing])
        #expect(bench.boards.allSatisfy { $0.clock == .megahertz(500) })
        let times = try starts.map { try #require($0) }
        #expect(times[1] - times[0] >= .seconds(2) && times[2] - times[1] >= .seconds(2))
        #expect(bench.controller.cycles.supplies[0].total == 1)
        #expect(bench.controller.faults.entries.isEmpty)
        #expect(bench.fed > 0)
    }

    @Test func offCutsLinesThenTheSupplyThenTellsTheChainsAndLeavesTheFansOn() throws {
        var bench = try running()
        bench.send(bench.setpoint(0))
        let actions = bench.actions
        let lines = (0..<3).flatMap { [ControlAction.boardReset($0, true), .boardLine($0, enable: false)] }
        #expect(Set(lines.compactMap { index($0, in: actions) }) == Set(0..<6))
        #expect(index(.supply(0, .off), in: actions) == 6)
        #expect((0..<3).allSatisfy { index(.chain($0, .stop), in: actions).map { $0 > 6 } ?? false })
        #expect(bench.fanDuty.allSatisfy { $0 > .off })
        bench.run(.seconds(30)) { bench in #expect(bench.fanDuty.allSatisfy { $0 > .off }) }
        #expect(bench.states == [.detected, .detected, .detected])
        #expect(bench.boards.allSatisfy { $0.power == 0 })
    }

    @Test func theRelaysCutIsFollowedAtOnceAndPowerReturnsAfterIt() throws {
        var bench = try running()
        bench.send(.relayTripped)
        #expect(bench.actions.contains(.supply(0, .off)))
        #expect(bench.states == [.stopping, .stopping, .stopping])
        bench.run(.seconds(120))
        #expect(bench.states == [.detected, .detected, .detected])
        #expect(bench.controller.holds == [.relay, .relay, .relay])
        bench.send(.relayReleased)
        bench.run(.seconds(180))
        #expect(bench.states == [.hashing, .hashing, .hashing])
        #expect(bench.controller.cycles.supplies[0].total == 2)
    }

    @Test func powerFollowsTheSetPointFromBelow() throws {
        var bench = try running()
        for watts: Int32 in [2500, 1500, 700, 3100] {
            bench.send(bench.setpoint(watts))
            bench.run(.seconds(240))
            #expect(bench.mains <= Double(watts) * 1.005, "\(watts) W")
            #expect(bench.mains >= Double(watts) * 0.96, "\(watts) W")
        }
    }

    @Test func aDeadlineTooShortForClocksTakesBoardsOffAtOnce() throws {
        var bench = try running()
        bench.send(bench.setpoint(1800, deadline: .milliseconds(100)))
        #expect(bench.actions.contains(.boardLine(0, enable: false)) || bench.boards.contains { !$0.lineUp })
        bench.run(.seconds(2))
        #expect(bench.mains <= 1800)
        // Once it is kept, the passed deadline takes no more boards off.
        bench.run(.seconds(300))
        #expect(bench.mains <= 1800 && bench.mains > 1700)
    }

    @Test func clocksThatDoNotObeyCostABoardOnceTheMeterSaysSo() throws {
        var bench = try running()
        for index in bench.boards.indices { bench.boards[index].stuckClock = .megahertz(500) }
        bench.send(bench.setpoint(2500, deadline: .seconds(10)))
        bench.run(.seconds(40))
        #expect(bench.mains <= 2500)
    }

    @Test func everyReasonCanBeExplained() throws {
        var bench = try running()
        bench.sensorDead[1] = true
        bench.send(.command(.stopBoard(2)))
        bench.run(.seconds(30))
        let lines = bench.controller.explanation(now: bench.now).lines
        #expect(lines.count == 4)
        #expect(lines[0].contains("led by board"))
        #expect(lines[0].contains("at most 4000 W by configured"))
        #expect(lines[1].hasPrefix("board 0: hashing for "))
        #expect(lines[2].contains("held by the thermal controller ("))
        #expect(lines[3].contains("stopped by the operator"))
    }

    @Test func outagesOfTheGridUseUpNoBoardsRecoveries() throws {
        var bench = try running()
        for _ in 0..<8 {
            bench.supplyDead = true
            bench.run(.seconds(20))
            bench.supplyDead = false
            bench.run(.seconds(250))
            #expect(bench.states == [.hashing, .hashing, .hashing])
        }
    }

    @Test func oneBadBoardNeverStopsTheOthersAndIsGivenUpInTheEnd() throws {
        var bench = try ControlBench()
        bench.boards[1].defect = .noChips
        bench.send(bench.setpoint(4000))
        bench.run(.seconds(180))
        bench.run(.seconds(1800)) { bench in
            #expect(bench.boards[0].stage == .hashing && bench.boards[2].stage == .hashing)
        }
        #expect(bench.states == [.hashing, .lockedOut, .hashing])
        #expect(bench.boards[1].starts == RecoveryLadder.rungs.count + 1)
        #expect(bench.controller.cycles.supplies[0].total == 1)
        #expect(bench.controller.faults.isActive(.chainNoChips, .board(1)))
        #expect(bench.controller.faults.isActive(.boardLockedOut, .board(1)))

        // Mended: an operator unlocks it.
        bench.boards[1].defect = nil
        bench.send(.command(.unlock(board: 1)))
        #expect(bench.persisted.contains(.faults))
        bench.run(.seconds(120))
        #expect(bench.states == [.hashing, .hashing, .hashing])
        #expect(!bench.controller.faults.isActive(.boardLockedOut, .board(1)))
        #expect(!bench.controller.faults.isActive(.chainNoChips, .board(1)))
    }

    @Test func aBoardThatWasGivenUpStaysSoAfterARestart() throws {
        var bench = try ControlBench(boards: 2)
        bench.boards[0].defect = .noChips
        bench.send(bench.setpoint(4000))
        bench.run(.seconds(1900))
        #expect(bench.states == [.lockedOut, .hashing])
        var next = try ControlBench(boards: 2, memory: try bench.memory)
        next.send(next.setpoint(4000))
        next.run(.seconds(200))
        #expect(next.states == [.lockedOut, .hashing])
        #expect(next.boards[0].starts == 0)
    }

    @Test func noHashesAtFullPowerLeadToAFullPowerCycleOfTheBoard() throws {
        var bench = try running()
        bench.boards[0].defect = .noHashes
        var isCycled = false
        bench.run(.seconds(150)) { bench in
            if bench.states[0] == .recovering(.powerCycle) { isCycled = !bench.boards[0].lineUp }
        }
        #expect(isCycled)
        #expect(bench.controller.faults.isActive(.boardNoHashes, .board(0)))
        bench.boards[0].defect = nil
        bench.run(.seconds(120))
        #expect(bench.states[0] == .hashing)
        #expect(!bench.controller.faults.isActive(.boardNoHashes, .board(0)))
    }

    @Test func withoutWorkNoBoardIsBlamedForFindingNothing() throws {
        var bench = try running()
        bench.send(.hasWork(false))
        for index in bench.boards.indices { bench.boards[index].defect = .noHashes }
        bench.run(.seconds(400))
        #expect(bench.states == [.hashing, .hashing, .hashing])
    }

    @Test func aLostSensorSwitchesItsBoardOffAndLeavesARecord() throws {
        var bench = try running()
        bench.sensorDead[2] = true
        bench.run(.seconds(30))
        #expect(bench.states[2] == .detected)
        #expect(bench.controller.holds[2] == .heat)
        #expect(bench.states[0] == .hashing && bench.states[1] == .hashing)
        let isRecorded =
            bench.controller.faults.isActive(.sensorLost, .channel(2))
            || bench.controller.faults.isActive(.tooFewSensors, .board(2))
        #expect(isRecorded)
    }

    @Test func aStalledFanIsShownUnderItsCode() throws {
        var bench = try running()
        bench.fanStalled[1] = true
        bench.run(.seconds(20))
        #expect(bench.controller.faults.entries.contains { $0.text == "E217 FAN2 STALL" && $0.isActive })
        #expect(bench.events.contains { $0.text.hasPrefix("E217 FAN2 STALL") })
        #expect(bench.persisted.contains(.faults))
    }

    @Test func aSupplyThatDiesUnderLoadTakesTheLinesDownInTheSameTick() throws {
        var bench = try running()
        bench.supplyDead = true
        bench.run(.seconds(10))
        #expect(bench.boards.allSatisfy { !$0.lineUp })
        #expect(bench.controller.faults.isActive(.supplyNoOutput, .supply(0)))
        #expect(!bench.supplyOn)
        bench.supplyDead = false
        bench.run(.seconds(300))
        #expect(bench.states == [.hashing, .hashing, .hashing])
        #expect(!bench.controller.faults.isActive(.supplyNoOutput, .supply(0)))
    }

    @Test func aBoardThatCannotBeSwitchedOffTakesTheSupplyWithIt() throws {
        var bench = try running()
        bench.boards[0].defect = .welded
        bench.send(.command(.stopBoard(0)))
        bench.run(.seconds(20))
        #expect(bench.states[0] == .lockedOut)
        #expect(bench.controller.faults.isActive(.boardNotOff, .board(0)))
        #expect(!bench.supplyOn)
        bench.run(.seconds(600))
        #expect(!bench.supplyOn)
        #expect(bench.controller.holds == [.stopped, .supply, .supply])
        #expect(bench.boards.allSatisfy { $0.power == 0 })
    }

    @Test func aBoardWhoseThreadHangsIsCutOff() throws {
        var bench = try running()
        bench.boards[1].defect = .hung
        bench.run(.seconds(12))
        #expect(!bench.boards[1].lineUp)
        #expect(bench.controller.faults.isActive(.boardUnresponsive, .board(1)))
        #expect(bench.states[0] == .hashing)
    }

    @Test func anUnpluggedBoardIsForgottenAndOneThatIsPluggedInStarts() throws {
        var bench = try running()
        bench.boards[1].defect = .unplugged
        bench.run(.seconds(5))
        #expect(bench.states[1] == .absent)
        #expect(bench.controller.holds[1] == .unplugged)
        bench.boards[1].defect = nil
        bench.run(.seconds(120))
        #expect(bench.states == [.hashing, .hashing, .hashing])
    }

    @Test func anOperatorsStopLastsUntilTheStart() throws {
        var bench = try running()
        bench.send(.command(.stopBoard(2)))
        #expect(bench.actions.contains(.boardLine(2, enable: false)))
        bench.run(.seconds(120))
        #expect(bench.states == [.hashing, .hashing, .detected])
        #expect(bench.controller.holds[2] == .stopped)
        bench.send(.command(.startBoard(2)))
        bench.run(.seconds(120))
        #expect(bench.states == [.hashing, .hashing, .hashing])
    }

    @Test func theFanFloorOfAnOperatorHolds() throws {
        var bench = try running()
        bench.send(.command(.fanFloor(DutyCycle(percent: 90))))
        bench.run(.seconds(60))
        #expect(bench.fanDuty.allSatisfy { $0 >= DutyCycle(percent: 90) })
    }

    @Test func theWatchdogIsNotFedWhileAPartyHangs() throws {
        var bench = try running()
        bench.partyHangs = true
        bench.run(.seconds(7))
        bench.fed = 0
        bench.run(.seconds(5))
        #expect(bench.fed == 0)
        #expect(bench.controller.faults.isActive(.noProgress, .rig))
        bench.partyHangs = false
        bench.run(.seconds(5))
        #expect(bench.fed > 0)
    }

    @Test func anAgentThatCrashesAgainAndAgainLetsTheRigRest() throws {
        var memory = ControlMemory(supplyCount: 1, boardCount: 1)
        for start in 1...6 {
            var bench = try ControlBench(boards: 1, memory: memory)
            bench.send(bench.setpoint(4000))
            bench.run(.seconds(55))
            #expect(bench.persisted.contains(.starts))
            #expect((bench.boards[0].starts > 0) == (start <= 2), "start \(start)")
            if start == 6 {
                bench.run(.seconds(1000))
                #expect(bench.boards[0].starts == 0)
                #expect(bench.controller.holds == [.crashLoop])
                #expect(bench.controller.faults.isActive(.crashLoop, .rig))
                bench.send(.command(.unlock(board: nil)))
                bench.run(.seconds(120))
                #expect(bench.states == [.hashing])
                #expect(bench.controller.starts.unproven == 0)
            }
            memory = try bench.memory
        }
    }

    @Test func aCleanEndLeavesEverythingOffAndCooledAndCountsAsProof() throws {
        var bench = try running()
        bench.send(.end)
        #expect(!bench.controller.isStopped)
        bench.run(.seconds(400))
        #expect(bench.controller.isStopped)
        #expect(bench.boards.allSatisfy { $0.power == 0 })
        #expect(bench.fanDuty.allSatisfy { $0 > .off })
        #expect(bench.controller.starts.unproven == 0)
    }

    @Test func aTargetOfPowerIsTunedAndTheResultKept() throws {
        var bench = try ControlBench(boards: 2, targets: .power(Milliwatts(700_000)))
        bench.send(bench.setpoint(4000))
        bench.run(.seconds(1500))
        #expect(bench.persisted.contains(.tuning))
        for index in 0..<2 {
            let result = try #require(bench.controller.tuning.boards[index])
            #expect(abs(result.power.value - 700_000) < 21_000)
            #expect(bench.boards[index].clock == result.setting.clock)
        }
        // The next run begins where this one ended.
        var next = try ControlBench(boards: 2, memory: try bench.memory, targets: .power(Milliwatts(700_000)))
        next.send(next.setpoint(4000))
        next.run(.seconds(200))
        #expect(next.boards[0].clock == bench.boards[0].clock)
    }

    @Test(arguments: 0..<3)
    func whateverBreaksNothingBurnsAndGoodBoardsComeBack(seed: UInt64) throws {
        var random = ControlRandom(seed: seed)
        var bench = try running()
        for _ in 0..<40 {
            let index = Int(random.next() % 3)
            switch random.next() % 12 {
            case 0: bench.boards[index].defect = .noChips
            case 1: bench.boards[index].defect = .noHashes
            case 2: bench.boards[index].defect = .hung
            case 3: bench.boards[index].defect = .unplugged
            case 4: bench.sensorDead[index].toggle()
            case 5: bench.fanStalled[index % 2].toggle()
            case 6: bench.supplyDead.toggle()
            case 7: bench.send(.relayTripped)
            case 8: bench.send(.relayReleased)
            case 9: bench.ambient = Double(random.next() % 50)
            case 10: bench.send(bench.setpoint(Int32(random.next() % 4000), deadline: .seconds(1)))
            default: bench.boards[index].defect = nil
            }
            bench.run(.seconds(Int64(random.next() % 120)))
        }
        for index in bench.boards.indices { bench.boards[index].defect = nil }
        bench.sensorDead = [false, false, false]
        bench.fanStalled = [false, false]
        bench.supplyDead = false
        bench.ambient = 25
        bench.send(.relayReleased)
        bench.unixSeconds = bench.unixSeconds.map { $0 + 86_400 }
        bench.send(.command(.unlock(board: nil)))
        bench.send(bench.setpoint(4000))
        bench.run(.seconds(2400))
        bench.send(.command(.unlock(board: nil)))
        bench.run(.seconds(600))
        #expect(bench.states == [.hashing, .hashing, .hashing])
    }
}
