import Base
import Buses
import Peripherals
import Testing

@Suite struct TPS546Tests {
    /// A PMBus part: commands with little-endian data that read back.
    final class Part: FakeTarget {
        var data: [UInt8: [UInt8]] = [
            0x20: [0x17], 0xAD: [6, 0x54, 0x49, 0x54, 0x6D, 0x24, 0x41], 0x79: [0x00, 0x00],
        ]
        /// Attempts that fail before the part answers.
        var notReady = 0
        /// What the part makes of a written value.
        var rounding: [UInt8: [UInt8]] = [:]

        func transfer(write: [UInt8], readCount: Int) throws(FakeFault) -> [UInt8] {
            if notReady > 0 {
                notReady -= 1
                throw FakeFault(kind: .noAcknowledge)
            }
            if write.count > 1 { data[write[0]] = rounding[write[0]] ?? Array(write[1...]) }
            return readCount > 0 ? data[write[0]] ?? [] : []
        }
    }

    let part = Part()
    let bus: FakeI2CBus

    init() {
        bus = FakeI2CBus([0x24: part])
    }

    func start(_ profile: TPS546Profile = .fiveVolt) throws -> TPS546D24A {
        var startup = TPS546D24A.Startup(on: bus, profile: profile)
        return try run(&startup, on: bus).output
    }

    var writes: [[UInt8]] {
        bus.trace.compactMap { if case .write(0x24, let bytes) = $0 { bytes } else { nil } }
    }

    @Test func startUpOfAFiveVoltBoard() throws {
        var startup = TPS546D24A.Startup(on: bus, profile: .fiveVolt)
        let (regulator, took) = try run(&startup, on: bus)
        #expect(took == .milliseconds(15))
        #expect(regulator.exponent.value == -9)
        #expect(bus.trace.first == .writeRead(0x24, [0xAD], 7))
        #expect(
            writes == [
                [0x01, 0x00], [0x02, 0x1F], [0x02, 0x1B], [0xEC, 0x00, 0x00], [0xE4, 0x10], [0x04, 0x00],
                [0x33, 0x8A, 0x02], [0x35, 0x66, 0xCA], [0x36, 0x40, 0xCA], [0x55, 0x40, 0xCB], [0x56, 0xB7],
                [0x29, 0x00, 0xAA], [0x21, 0x66, 0x02], [0x24, 0x00, 0x04], [0x2B, 0x00, 0x02], [0x40, 0x80, 0x02],
                [0x42, 0x51, 0x02], [0x25, 0x33, 0x02], [0x26, 0xCC, 0x01], [0x43, 0xCC, 0x01], [0x44, 0x80, 0x01],
                [0x4A, 0x20, 0xDB], [0x46, 0xC0, 0xDB], [0x47, 0xC0], [0x51, 0x69, 0x00], [0x4F, 0x91, 0x00],
                [0x50, 0xFF], [0x60, 0x00, 0x00], [0x61, 0x03, 0x00], [0x62, 0x00, 0x00], [0x63, 0x3B],
                [0x64, 0x00, 0x00], [0x65, 0x00, 0x00], [0xEE, 0xFF, 0xFF], [0x03],
            ])
    }

    @Test func twoPhasesAreStackedAndCompensated() throws {
        _ = try start(.twoPhase)
        for expected: [UInt8] in [
            [0xEC, 0x01, 0x00], [0xE4, 0xD0], [0x04, 0xFF], [0xB1, 5, 0x12, 0x34, 0x42, 0x21, 0x04],
            [0x58, 0xC0, 0xD2], [0x35, 0xC0, 0xD2], [0x36, 0xA0, 0xD2], [0x55, 0xB3, 0xD3], [0x24, 0x00, 0x06],
            [0x4A, 0x20, 0xE3], [0x46, 0x70, 0xE3],
        ] { #expect(writes.contains(expected), "\(expected)") }
    }

    @Test func threeChipsInSeries() throws {
        let regulator = try start(.threeInSeries)
        for expected: [UInt8] in [
            [0x29, 0x00, 0xA2], [0x21, 0x33, 0x07], [0x2B, 0x00, 0x05], [0x24, 0x00, 0x09], [0x35, 0xE0, 0xD2],
            [0x36, 0xC0, 0xD2], [0x58, 0xC0, 0xD2],
        ] { #expect(writes.contains(expected), "\(expected)") }
        #expect(throws: ChipFault(.tps546d24a, .outOfRange(requested: 1200, allowed: 2500...4500))) {
            try regulator.setVoltage(Millivolts(1200))
        }
    }

    @Test func theOutputIsNeverSwitchedOnAndNothingIsStoredForGood() throws {
        for profile in [TPS546Profile.fiveVolt, .twoPhase, .threeInSeries] { _ = try start(profile) }
        #expect(!writes.contains { $0[0] == 0x01 && $0[1] != 0 })
        #expect(!writes.contains { $0[0] == 0x15 || $0[0] == 0x11 })
    }

    @Test func aSlowPartIsAskedSixTimes() throws {
        part.notReady = 5
        var startup = TPS546D24A.Startup(on: bus, profile: .fiveVolt)
        #expect(try run(&startup, on: bus).took == .milliseconds(15 + 5 * 3))

        part.notReady = 6
        bus.trace = []
        var again = TPS546D24A.Startup(on: bus, profile: .fiveVolt)
        let fault = #expect(throws: ChipFault.self) { try run(&again, on: bus) }
        let noAcknowledge = BusFault(.noAcknowledge, bus: bus.name, address: 0x24, register: 0xAD, operation: "")
        #expect(fault?.reason == .bus(noAcknowledge))
        #expect(bus.trace.count == 6)
    }

    @Test(arguments: [0x41, 0x62] as [UInt8])
    func bothVariantsAreKnown(variant: UInt8) throws {
        part.data[0xAD] = [6, 0x54, 0x49, 0x54, 0x6D, 0x24, variant]
        _ = try start()
    }

    @Test func anotherPartIsLeftAlone() {
        part.data[0xAD] = [6, 0x54, 0x49, 0x54, 0x6B, 0x24, 0x41]
        #expect(
            throws: ChipFault(
                .tps546d24a, .wrongPart(register: 0xAD, found: 0x546B_2441, expected: 0x546D_2441))
        ) { try start() }
        #expect(writes.isEmpty)
    }

    @Test func aModeThatIsNotLinearIsRefused() {
        part.data[0x20] = [0x57]
        #expect(throws: ChipFault(.tps546d24a, .wrongPart(register: 0x20, found: 0x57, expected: 0x17))) {
            try start()
        }
        #expect(writes == [[0x01, 0x00]], "off, and nothing else")
    }

    @Test func limitsMayBeRoundedByThePartButNotLost() throws {
        part.rounding[0x35] = [0x60, 0xCA]  // 4.75 V for 4.8 V
        _ = try start()
        part.rounding[0x35] = [0x40, 0xCA]  // 4.5 V
        #expect(throws: ChipFault(.tps546d24a, .notKept(register: 0x35, wrote: 0xCA66, found: 0xCA40))) { try start() }
        part.rounding = [0x47: [0x00]]
        #expect(throws: ChipFault(.tps546d24a, .notKept(register: 0x47, wrote: 0xC0, found: 0x00))) { try start() }
        part.rounding = [0xB1: [5, 0x12, 0x34, 0x42, 0x21, 0x05]]
        #expect(throws: ChipFault(.tps546d24a, .notKept(register: 0xB1, wrote: 0x04, found: 0x05))) {
            try start(.twoPhase)
        }
    }

    @Test func runningIt() throws {
        let regulator = try start()
        bus.trace = []
        try regulator.setVoltage(Millivolts(1150))
        try regulator.setOutput(true)
        try regulator.setOutput(false)
        #expect(
            bus.trace == [
                .write(0x24, [0x21, 0x4C, 0x02]), .writeRead(0x24, [0x21], 2), .write(0x24, [0x01, 0x80]),
                .writeRead(0x24, [0x01], 1), .write(0x24, [0x01, 0x00]), .writeRead(0x24, [0x01], 1),
            ])
        #expect(throws: ChipFault(.tps546d24a, .outOfRange(requested: 2001, allowed: 1000...2000))) {
            try regulator.setVoltage(Millivolts(2001))
        }
    }

    @Test func measurements() throws {
        let regulator = try start()
        part.data.merge([0x88: [0x66, 0xCA], 0x8B: [0x66, 0x02], 0x8C: [0x20, 0xDB], 0x8D: [0x41, 0x00]]) { $1 }
        #expect(regulator.inputVoltage(now: t0) == .ok(Millivolts(4796), at: t0))
        #expect(regulator.outputVoltage(now: t0) == .ok(Millivolts(1199), at: t0))
        #expect(regulator.outputCurrent(now: t0) == .ok(Milliamperes(25_000), at: t0))
        #expect(regulator.temperature(now: t0) == .ok(.degrees(65), at: t0))
        part.data.merge([0x8B: [0, 0], 0x8D: [0, 0], 0x8C: [0xFF, 0xFF]]) { $1 }
        #expect(regulator.outputVoltage(now: t0).value == .zero, "a dead output is a measurement, and a finding")
        #expect(regulator.temperature(now: t0) == .failed(.allZeros))
        #expect(regulator.outputCurrent(now: t0) == .failed(.allOnes))
    }

    @Test(
        arguments: [
            (0x0040, true), (0x0020, true), (0x0010, true), (0x0008, true), (0x0004, true), (0x0002, false),
            (0x0080, false), (0x0000, false), (0x0800, false),
        ] as [(UInt16, Bool)])
    func statusBitsThatAreFaults(word: UInt16, isFault: Bool) throws {
        let regulator = try start()
        part.data[0x79] = [UInt8(truncatingIfNeeded: word), UInt8(word >> 8)]
        let status = try regulator.status()
        #expect(status.rawValue == word)
        #expect(!status.isDisjoint(with: .faults) == isFault)
    }

    @Test func anyFaultWhileProgrammingEndsStartUpWithItsRegister() throws {
        _ = try start(.twoPhase)
        let healthy = bus.trace
        for index in 1..<healthy.count {
            let bus = FakeI2CBus([0x24: Part()])
            bus.faults[index] = .noAcknowledge
            var startup = TPS546D24A.Startup(on: bus, profile: .twoPhase)
            let fault = #expect(throws: ChipFault.self) { try run(&startup, on: bus) }
            guard case .bus(let cause) = fault?.reason else {
                Issue.record("transfer \(index)")
                continue
            }
            switch healthy[index] {
            case .write(_, let bytes), .writeRead(_, let bytes, _): #expect(cause.register == bytes[0])
            default: Issue.record("transfer \(index)")
            }
            #expect(bus.count == index + 1)
        }
    }
}
