import Base
import Buses
import Peripherals
import Testing

@Suite struct APWFrameTests {
    @Test(
        arguments: [
            (0x01, [], [0x55, 0xAA, 0x04, 0x01, 0x05, 0x00]), (0x02, [], [0x55, 0xAA, 0x04, 0x02, 0x06, 0x00]),
            (0x03, [], [0x55, 0xAA, 0x04, 0x03, 0x07, 0x00]), (0x04, [], [0x55, 0xAA, 0x04, 0x04, 0x08, 0x00]),
            (0x05, [], [0x55, 0xAA, 0x04, 0x05, 0x09, 0x00]), (0x0A, [], [0x55, 0xAA, 0x04, 0x0A, 0x0E, 0x00]),
            (0x83, [0x0D, 0x00], [0x55, 0xAA, 0x06, 0x83, 0x0D, 0x00, 0x96, 0x00]),
            (0x83, [0xC8, 0x00], [0x55, 0xAA, 0x06, 0x83, 0xC8, 0x00, 0x51, 0x01]),
            (0x81, [0x01, 0x00], [0x55, 0xAA, 0x06, 0x81, 0x01, 0x00, 0x88, 0x00]),
            (0x81, [0x00, 0x00], [0x55, 0xAA, 0x06, 0x81, 0x00, 0x00, 0x87, 0x00]),
        ] as [(UInt8, [UInt8], [UInt8])])
    func requests(command: UInt8, payload: [UInt8], frame: [UInt8]) throws {
        #expect(APWFrame.request(command, payload: payload) == frame)
        // Requests and replies have one shape: what was encoded decodes.
        #expect(try APWFrame.payload(of: frame, to: command, payloadCount: payload.count) == payload)
    }

    @Test(
        arguments: [
            (0x01, [0x55, 0xAA, 0x06, 0x01, 0x06, 0x00, 0x0D, 0x00], 6),
            (0x02, [0x55, 0xAA, 0x06, 0x02, 0x41, 0x00, 0x49, 0x00], 0x41),
            (0x02, [0x55, 0xAA, 0x06, 0x02, 0x71, 0x00, 0x79, 0x00], 0x71),
            (0x03, [0x55, 0xAA, 0x06, 0x03, 0x0D, 0x00, 0x16, 0x00], 0x0D),
        ] as [(UInt8, [UInt8], UInt8)])
    func replies(command: UInt8, reply: [UInt8], value: UInt8) throws {
        #expect(try APWFrame.payload(of: reply, to: command, payloadCount: 2) == [value, 0])
    }

    let version: [UInt8] = [0x55, 0xAA, 0x06, 0x01, 0x06, 0x00, 0x0D, 0x00]

    @Test func noFlippedBitPasses() {
        for bit in 0..<64 {
            var damaged = version
            damaged[bit / 8] ^= 1 << (bit % 8)
            #expect(throws: ReplyFault.self) { try APWFrame.payload(of: damaged, to: 0x01, payloadCount: 2) }
        }
    }

    @Test func damageIsNamed() {
        func fault(_ reply: [UInt8]) -> ReplyFault? {
            #expect(throws: ReplyFault.self) { try APWFrame.payload(of: reply, to: 0x01, payloadCount: 2) }
        }
        #expect(fault([UInt8](repeating: 0xF5, count: 8)) == ReplyFault.none)
        #expect(fault([]) == ReplyFault.none)
        #expect(fault(Array(version.prefix(7))) == .length(found: 7, expected: 8))
        #expect(fault([0x55, 0xAB] + version[2...]) == .preamble(found: 0x55AB))
        #expect(fault([0x55, 0xAA, 0x07] + version[3...]) == .length(found: 7, expected: 6))
        #expect(fault(version.dropLast(2) + [0x0D, 0x01]) == .checksum(found: 0x010D, expected: 0x000D))
        #expect(
            fault([0x55, 0xAA, 0x06, 0x02, 0x41, 0x00, 0x49, 0x00]) == .command(found: 2, expected: 1))
    }
}

@Suite struct APWTypeTests {
    func code(_ type: UInt8, _ millivolts: Int32, firmware: UInt8 = 0x10) -> UInt8? {
        guard case .dac(let line) = APWType(code: type, firmware: firmware).setpoint else { return nil }
        return line.code(for: Millivolts(millivolts))
    }

    @Test(
        arguments: [
            ([0x71, 0x72, 0x75, 0x77], [246, 207, 167, 112, 10]), ([0x74, 0x76], [243, 205, 167, 114, 15]),
            ([0x73, 0x78], [nil, nil, nil, nil, 171]),
        ] as [([UInt8], [UInt8?])])
    func apw12Codes(types: [UInt8], codes: [UInt8?]) {
        for type in types { #expect([12_000, 12_500, 13_000, 13_700, 15_000].map { code(type, $0) } == codes) }
    }

    @Test func otherCodes() {
        #expect([14_000, 17_000].map { code(0x73, $0) } == [245, 23])
        #expect([14_500, 17_000, 18_200, 21_000].map { code(0x41, $0) } == [246, 156, 113, 13])
        #expect([14_500, 17_000, 18_200, 21_000].map { code(0x42, $0) } == [246, 156, 113, 13])
        // Where only the formula is published, its own points: N = 1275 − 85·V and so on.
        #expect(code(0xC1, 13_000, firmware: 3) == 170)
        #expect(code(0xC1, 13_000, firmware: 4) == 163)
        #expect(code(0x61, 18_000) == 204)
        #expect(code(0x43, 13_000) == 156)
        #expect(code(0x22, 18_000) == 137)
    }

    @Test(arguments: [0x71, 0x73, 0x74, 0x41, 0x43, 0x61, 0x22, 0xC1] as [UInt8])
    func codesOutsideOneByteAreRefused(type: UInt8) throws {
        guard case .dac(let line) = APWType(code: type, firmware: 0x10).setpoint else {
            Issue.record("type \(type) has no line")
            return
        }
        for code in UInt8(0)...255 { #expect(line.code(for: line.voltage(code: code)) == code) }
        let below = line.voltage(code: 255) - Millivolts(30)
        let above = line.voltage(code: 0) + Millivolts(30)
        #expect(line.code(for: below) == nil)
        #expect(line.code(for: above) == nil)
        for millivolts: Int32 in [.min, -1, 0, 1000, 60_000, .max] {
            #expect(line.code(for: Millivolts(millivolts)) == nil)
        }
    }

    @Test func floatingPointTypesTakeLittleEndianSinglePrecision() {
        for type: UInt8 in [0x62, 0x64, 0x65, 0x66] {
            #expect(APWType(code: type, firmware: 0).setpoint == .floatingPoint)
        }
        #expect(APWType.floatingPointPayload(Millivolts(12_500)) == [0x00, 0x00, 0x48, 0x41])
    }

    @Test func commandsByType() {
        func commands(_ type: UInt8) -> [UInt8] {
            APWCommand.allCases.filter { APWType(code: type, firmware: 0x10).supports($0) }.map(\.rawValue)
        }
        #expect(commands(0x71) == [0x01, 0x02, 0x03, 0x04, 0x05, 0x83])
        #expect(commands(0x73) == [0x01, 0x02, 0x03, 0x04, 0x05, 0x09, 0x83])
        #expect(commands(0x74) == [0x01, 0x02, 0x03, 0x04, 0x05, 0x09, 0x0A, 0x81, 0x83])
        #expect(commands(0x76) == commands(0x74))
        #expect(commands(0x41) == [0x01, 0x02, 0x03, 0x83])
        #expect(commands(0x99) == [0x01, 0x02], "a type nobody described is only identified")
    }
}

/// A supply as its firmware behaves: drops the first byte of every write, parses frames, queues replies.
final class FakeAPW: FakeTarget {
    var type: UInt8
    var firmware: UInt8
    var code: UInt8 = 246
    /// Replies that get lost before one arrives.
    var loses = 0
    /// Takes settings without effect.
    var ignoresSettings = false
    var queue: [UInt8] = []
    private(set) var settings: [UInt8] = []
    private(set) var prefixes: Set<UInt8> = []
    private var input: [UInt8] = []

    init(type: UInt8, firmware: UInt8) {
        self.type = type
        self.firmware = firmware
    }

    func transfer(write: [UInt8], readCount: Int) -> [UInt8] {
        if let prefix = write.first {
            prefixes.insert(prefix)
            input += write.dropFirst()
            parse()
        }
        let reply = (0..<readCount).map { $0 < queue.count ? queue[$0] : 0xF5 }
        queue.removeFirst(min(readCount, queue.count))
        return reply
    }

    private func parse() {
        guard input.count >= 3, input.count == Int(input[2]) + 2 else { return }
        let frame = input
        input = []
        let value: UInt8
        switch frame[3] {
        case 0x01: value = firmware
        case 0x02: value = type
        case 0x03: value = code
        case 0x81: value = frame[4]
        case 0x83:
            value = frame[4]
            settings.append(value)
            if !ignoresSettings { code = value }
        default: value = 0x2A
        }
        if loses > 0 {
            loses -= 1
            return
        }
        queue = APWFrame.request(frame[3], payload: [value, 0])
    }
}

@Suite struct APWSupplyTests {
    let fake = FakeAPW(type: 0x71, firmware: 0x10)
    let bus: FakeI2CBus
    let limits = Millivolts(12_000)...Millivolts(14_000)

    init() {
        bus = FakeI2CBus([0x10: fake])
    }

    func identify(_ configuration: APWSupply.Configuration) throws -> APWSupply {
        var identification = APWSupply.Identification(on: bus, configuration: configuration)
        return try run(&identification, on: bus).output
    }

    @Test func identificationListensBeforeItAsks() throws {
        var identification = APWSupply.Identification(on: bus, configuration: .init(limits: limits))
        let (supply, took) = try run(&identification, on: bus)
        #expect((supply.type.code, supply.firmware) == (0x71, 0x10))
        #expect(took == .milliseconds(400))
        #expect(
            bus.trace == [
                .read(0x10, 1), .write(0x10, [0x00, 0x55, 0xAA, 0x04, 0x02, 0x06, 0x00]), .read(0x10, 8),
                .write(0x10, [0x00, 0x55, 0xAA, 0x04, 0x01, 0x05, 0x00]), .read(0x10, 8),
            ])
    }

    @Test func anotherProtocolAtTheAddressGetsNoFrame() {
        fake.queue = [0x00]
        #expect(throws: ChipFault(.apw, .wrongPart(register: 0, found: 0x00, expected: 0xF5))) {
            try identify(.init(limits: limits))
        }
        #expect(bus.trace == [.read(0x10, 1)])
    }

    @Test func aReplyLeftOverIsReadAway() throws {
        fake.queue = [0x55, 0xAA, 0x06, 0x04, 0x10, 0x00, 0x1A, 0x00]
        #expect(try identify(.init(limits: limits)).type.code == 0x71)
        #expect(bus.trace.prefix(3) == [.read(0x10, 1), .read(0x10, 42), .read(0x10, 1)])
    }

    @Test func anUnexpectedTypeIsRefused() {
        #expect(throws: ChipFault(.apw, .wrongPart(register: 0x02, found: 0x71, expected: 0x76))) {
            try identify(.init(limits: limits, expectedType: 0x76))
        }
    }

    @Test func singleByteTransportWithTheV2Prefix() throws {
        let transport = APWTransport(prefix: .v2, style: .singleBytes)
        var identification = APWSupply.Identification(
            on: bus, configuration: .init(transport: transport, limits: limits))
        let (supply, took) = try run(&identification, on: bus)
        #expect(supply.type.code == 0x71)
        #expect(took == .seconds(2), "V2 supplies want 500 ms between frames")
        #expect(fake.prefixes == [0x11])
        #expect(
            bus.trace[1...7] == [0x55, 0xAA, 0x04, 0x02, 0x06, 0x00].map { .write(0x10, [0x11, $0]) } + [.read(0x10, 1)]
        )
    }

    @Test func lostRepliesAreAskedForAgainTwice() throws {
        fake.loses = 2
        #expect(try identify(.init(limits: limits)).type.code == 0x71)
        fake.loses = 3
        #expect(throws: ChipFault(.apw, .reply(.none))) { try identify(.init(limits: limits)) }
    }

    @Test func theVoltageIsLedInSmallStepsAndReadBack() throws {
        let supply = try identify(.init(limits: limits))
        fake.code = 246  // 12.0 V
        bus.trace = []
        var ramp = try supply.ramp(to: Millivolts(13_000))
        let (voltage, took) = try run(&ramp, on: bus)
        #expect(fake.settings.last == 167)
        #expect(abs(voltage.value - 13_000) <= 7)
        for (before, after) in zip([246] + fake.settings, fake.settings) {
            #expect(before > after && before - after <= 7, "7 codes are 0.089 V, 8 would exceed 0.1 V")
        }
        #expect(fake.settings.count == 12)
        // 12 settings at 0.5 s, two questions at 0.2 s.
        #expect(took == .milliseconds(12 * 500 + 2 * 200))
        #expect(bus.trace.suffix(2) == [.write(0x10, [0x00, 0x55, 0xAA, 0x04, 0x03, 0x07, 0x00]), .read(0x10, 8)])
        #expect(!bus.trace.contains { if case .write(_, let bytes) = $0 { bytes[4] == 0x86 } else { false } })
    }

    @Test func aSupplyAlreadyThereIsOnlyAsked() throws {
        let supply = try identify(.init(limits: limits))
        fake.code = 167
        var ramp = try supply.ramp(to: Millivolts(13_000))
        _ = try run(&ramp, on: bus)
        #expect(fake.settings == [])
    }

    @Test func aSupplyThatEchoesButDoesNotFollowIsCaught() throws {
        let supply = try identify(.init(limits: limits))
        fake.code = 174
        fake.ignoresSettings = true
        var ramp = try supply.ramp(to: Millivolts(13_000))
        #expect(throws: ChipFault(.apw, .notKept(register: 0x03, wrote: 167, found: 174))) { try run(&ramp, on: bus) }
    }

    @Test func requestsOutsideTheLimitsSendNothing() throws {
        let supply = try identify(.init(limits: Millivolts(11_000)...Millivolts(16_000)))
        bus.trace = []
        #expect(throws: ChipFault(.apw, .outOfRange(requested: 16_001, allowed: 11_000...16_000))) {
            try supply.ramp(to: Millivolts(16_001))
        }
        #expect(throws: ChipFault(.apw, .outOfRange(requested: 15_500, allowed: 12_000...15_000))) {
            try supply.ramp(to: Millivolts(15_500))
        }
        #expect(bus.trace.isEmpty)
    }

    @Test func typesWithoutEvidenceNeedTheirSwitch() throws {
        fake.type = 0x43
        let wide = Millivolts(11_500)...Millivolts(15_500)
        #expect(throws: ChipFault(.apw, .unverified(.supplyType(0x43)))) {
            try identify(.init(limits: wide)).ramp(to: Millivolts(13_000))
        }
        let allowed = APWSupply.Configuration(limits: wide, allowUnverifiedType: true)
        fake.code = 156
        var ramp = try identify(allowed).ramp(to: Millivolts(13_000))
        _ = try run(&ramp, on: bus)
        fake.type = 0x62
        #expect(throws: ChipFault(.apw, .unverified(.floatingPointSetpoint))) {
            try identify(allowed).ramp(to: Millivolts(13_000))
        }
        fake.type = 0x99
        #expect(throws: ChipFault(.apw, .unsupported(0x83))) { try identify(allowed).ramp(to: Millivolts(13_000)) }
    }

    @Test func watchdogsAreOnlyArmedWhereTheyExist() throws {
        #expect(throws: ChipFault(.apw, .unsupported(0x81))) { try identify(.init(limits: limits)).setWatchdog(true) }
        #expect(throws: ChipFault(.apw, .unsupported(0x0A))) { try identify(.init(limits: limits)).ask(.faultFlag) }
        fake.type = 0x76
        let supply = try identify(.init(limits: limits))
        bus.trace = []
        var arm = try supply.setWatchdog(true)
        #expect(try run(&arm, on: bus).output == 1)
        var feed = try supply.ask(.faultFlag)
        #expect(try run(&feed, on: bus).output == 0x2A)
        #expect(
            bus.trace == [
                .write(0x10, [0x00, 0x55, 0xAA, 0x06, 0x81, 0x01, 0x00, 0x88, 0x00]), .read(0x10, 8),
                .write(0x10, [0x00, 0x55, 0xAA, 0x04, 0x0A, 0x0E, 0x00]), .read(0x10, 8),
            ])
        #expect(throws: ChipFault(.apw, .unsupported(0x83))) { try supply.ask(.setVoltage) }
    }

    @Test func theADCScaleNeedsItsSwitch() throws {
        let strict = try identify(.init(limits: limits))
        #expect(strict.outputVoltage(adc: 756, at: t0) == .failed(.unverifiedScale))
        let allowing = try identify(.init(limits: limits, allowUnverifiedADCScale: true))
        #expect(allowing.outputVoltage(adc: 756, at: t0) == .ok(Millivolts(12_010), at: t0))
        #expect(allowing.outputVoltage(adc: 1024, at: t0) == .failed(.implausible))
        #expect(APWSupply.millivolts(adc: 0) == Millivolts(13))
    }

    @Test func aSingleFaultAnywhereIsRiddenOut() throws {
        let supply = try identify(.init(limits: limits))
        for index in 0..<8 {
            for kind: BusFault.Kind in [.noAcknowledge, .timeout, .busStuck, .arbitrationLost] {
                fake.code = 174
                bus.faults = [bus.count + index: kind]
                var ramp = try supply.ramp(to: Millivolts(13_000))
                _ = try run(&ramp, on: bus)
                #expect(fake.code == 167)
            }
        }
    }

    @Test func aDeadSupplyIsAFaultAfterThreeAttempts() throws {
        let supply = try identify(.init(limits: limits))
        bus.targets = [:]
        bus.trace = []
        var question = try supply.ask(.measurement)
        let expected = BusFault(.noAcknowledge, bus: bus.name, address: 0x10, register: 0x00, operation: "")
        #expect(throws: ChipFault(.apw, .bus(expected))) { try run(&question, on: bus) }
        #expect(bus.trace.count == 3)
    }
}
