import Base
import Buses
import Peripherals
import Rig
import Testing

@Suite struct PartsCrewTests {
    @Test func aSensorIsIdentifiedThenReadEverySecond() throws {
        let bench = try PartsBench()
        bench.sensor(at: 0x49, sixteenths: 25 * 16)
        let news = bench.run(.seconds(5))
        #expect(news.contains(.found("sensors.room")))
        let readings = news.temperatures(1)
        #expect((5...6).contains(readings.count))
        #expect(readings.allSatisfy { $0.value == .degrees(25) })
    }

    @Test func aDeadSensorIsToldOnceAndKeepsNobodyWaiting() throws {
        let bench = try PartsBench()
        bench.sensor(at: 0x49, sixteenths: 25 * 16)
        bench.hardware.line("plug").level = true
        let news = bench.run(.seconds(20))
        let lost = news.filter { if case .lost("sensors.a", _) = $0 { true } else { false } }
        #expect(lost.count == 1)
        #expect(news.temperatures(0).allSatisfy { $0.value == nil })
        #expect(
            news.temperatures(0).count >= 15,
            "a part that is lost is told with every round, so that it cannot look fresh")
        #expect(news.temperatures(1).filter { $0.value != nil }.count >= 19)
        // Looked for after 1, 2, 4, 8 … seconds.
        #expect((4...6).contains(bench.hardware.bus.transfers.filter { $0 == 0x48 }.count))
    }

    @Test func aSensorThatComesBackIsSetUpAgainBeforeItIsBelieved() throws {
        let bench = try PartsBench()
        bench.hardware.line("plug").level = true
        bench.sensor(at: 0x48, sixteenths: 40 * 16)
        #expect(bench.run(.seconds(3)).temperatures(0).last?.value == .degrees(45), "with the board file's offset")
        let file = bench.hardware.bus.registers.removeValue(forKey: 0x48)
        let gone = bench.run(.seconds(10))
        #expect(gone.contains { if case .lost("sensors.a", .reading) = $0 { true } else { false } })
        let writes = bench.hardware.bus.writes.filter { $0.address == 0x48 }.count
        bench.hardware.bus.registers[0x48] = file
        let back = bench.run(.seconds(20))
        #expect(back.contains(.found("sensors.a")))
        #expect(bench.hardware.bus.writes.filter { $0.address == 0x48 }.count == writes + 1)
        #expect(back.temperatures(0).last?.value == .degrees(45))
    }

    @Test func anEmptySlotIsNotTalkedTo() throws {
        let bench = try PartsBench()
        bench.sensor(at: 0x48, sixteenths: 40 * 16)
        bench.hardware.bus.registers[0x50] = [0: [0x11, 0x4A]]
        bench.run(.seconds(10))
        #expect(!bench.hardware.bus.transfers.contains { $0 == 0x48 || $0 == 0x50 })
        bench.hardware.line("plug").level = true
        let news = bench.run(.seconds(5))
        #expect(news.contains(.plugged(chain: "b", true)))
        #expect(news.contains(.memory(0, .s19Pro(payloadLength: 0x4A), isPlain: false)))
        #expect(news.temperatures(0).last?.value == .degrees(45))
        #expect(!bench.hardware.bus.writes.contains { (0x50...0x57).contains($0.address) })
    }

    @Test func fansRunAtFullUntilSomebodyKnowsBetter() throws {
        let bench = try PartsBench()
        bench.hardware.tach.reading = .ok(RPM(3000), at: bench.now)
        let news = bench.run(.seconds(2))
        #expect(bench.hardware.pwmOutput.setting.onTime == 40_000)
        #expect(news.contains { if case .duty(0, .ok(.full, _)) = $0 { true } else { false } })
        #expect(news.contains { if case .speed(0, 0, .ok(RPM(3000), _)) = $0 { true } else { false } })
        bench.crew.setDuty(DutyCycle(percent: 50), fan: 0, now: bench.now)
        bench.run(.milliseconds(10))
        #expect(bench.hardware.pwmOutput.setting.onTime == 20_000, "a change is not put off to the next round")
        bench.crew.setDuty(DutyCycle(percent: 5), fan: 0, now: bench.now)
        bench.run(.milliseconds(10))
        #expect(bench.hardware.pwmOutput.setting.onTime == 8000, "20 % is the least at which it turns")
    }

    @Test func aFanControllerThatWasResetGetsItsDutyBack() throws {
        let bench = try PartsBench()
        bench.crew.setDuty(DutyCycle(percent: 50), fan: 0, now: bench.now)
        bench.run(.seconds(2))
        bench.hardware.pwmOutput.setting = PWMSetting(period: 40_000, duty: .off, isEnabled: false)
        bench.run(.seconds(1))
        #expect(bench.hardware.pwmOutput.setting.onTime == 20_000 && bench.hardware.pwmOutput.setting.isEnabled)
        bench.hardware.pwmOutput.setting.isEnabled = false
        bench.hardware.pwmOutput.isDeaf = true
        let news = bench.run(.seconds(3))
        #expect(news.contains { if case .duty(0, .failed(.deviceReset)) = $0 { true } else { false } })
        #expect(news.contains { if case .lost("fans.front", _) = $0 { true } else { false } })
    }

    @Test func offDropsTheLineBeforeItReturnsAndOnWaitsForTheDischarge() throws {
        let bench = try PartsBench()
        bench.run(.seconds(1))
        let line = bench.hardware.line("psu")
        #expect(!line.level && bench.crew.state(ofSupply: 0) == .off)
        bench.crew.supply(0, .on, now: bench.now)
        #expect(bench.run(.seconds(2)).states(0) == [.switchingOn, .on])
        #expect(line.level)
        bench.crew.supply(0, .off, now: bench.now)
        #expect(!line.level, "at once")
        bench.crew.supply(0, .on, now: bench.now)
        let news = bench.run(.seconds(29))
        #expect(!line.level && !news.states(0).contains(.on))
        #expect(news.states(0).contains { if case .discharging = $0 { true } else { false } })
        bench.run(.seconds(3))
        #expect(line.level && bench.crew.state(ofSupply: 0) == .on)
    }

    @Test func aLineThatCannotBeSetIsTriedUntilItIsDown() throws {
        let bench = try PartsBench()
        bench.run(.seconds(1))
        bench.crew.supply(0, .on, now: bench.now)
        bench.run(.seconds(2))
        let line = bench.hardware.line("psu")
        line.fault = BusFault(.busy, bus: BusName(.gpio, 0), operation: "set")
        bench.crew.supply(0, .off, now: bench.now)
        let news = bench.run(.seconds(5))
        #expect(line.level && bench.crew.state(ofSupply: 0) == .switchingOff)
        #expect(news.contains { if case .lost("supplies.psu", .bus) = $0 { true } else { false } })
        line.fault = nil
        bench.run(.seconds(1))
        #expect(!line.level)
    }

    @Test func aStuckBusIsLeftAloneForAWhile() throws {
        let bench = try PartsBench()
        bench.sensor(at: 0x49, sixteenths: 25 * 16)
        bench.run(.seconds(2))
        bench.hardware.bus.isStuck = true
        let before = bench.hardware.bus.transfers.count
        let news = bench.run(.seconds(60))
        // Each costs the transfer's whole time limit, in which nobody looks at the fans.
        #expect(bench.hardware.bus.transfers.count - before <= 12)
        #expect(news.contains { if case .lost("sensors.room", _) = $0 { true } else { false } })
        bench.hardware.bus.isStuck = false
        #expect(bench.run(.seconds(120)).temperatures(1).last?.value == .degrees(25))
    }

    @Test(arguments: BoardFiles.names)
    func nothingUnverifiedIsOpened(name: String) throws {
        let board = try BoardFiles.board(name)
        let clearance = try Clearance(board, confirmed: [])
        let hardware = FakePartsHardware()
        _ = PartsCrew(board, clearance: clearance, hardware: hardware)
        for opened in hardware.opened {
            let sections = ["i2c", "pwm", "lines"].map { "\($0).\(opened)" }
            #expect(!clearance.untouched.contains { sections.contains($0.path) }, "\(opened)")
        }
    }
}
