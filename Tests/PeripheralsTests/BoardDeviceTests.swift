import Base
import Buses
import Peripherals
import Testing

@Suite struct GuardedI2CBusTests {
    let target = ScriptedTarget()
    let inner: FakeI2CBus

    init() {
        inner = FakeI2CBus(Dictionary(uniqueKeysWithValues: (0...0x7F).map { [target] in ($0, target) }))
    }

    func attempt(
        _ bus: GuardedI2CBus, _ address: UInt8, _ written: [UInt8], _ readCount: Int
    ) -> BusFault? {
        var bytes = [UInt8](repeating: 0, count: readCount)
        do throws(BusFault) {
            var span = bytes.mutableSpan
            let address = I2CAddress(sevenBit: address)!
            try bus.transfer(address, write: written.span, read: &span, options: [])
            return nil
        } catch {
            return error
        }
    }

    /// Every address, every mix of written and read lengths, every occupant.
    @Test func noWriteReachesTheEEPROMAddressesUnlessTheBoardFileNamesAController() {
        let occupants: [GuardedI2CBus.Occupant] = [.unnamed, .eeprom, .controller]
        for address in UInt8(0)...0x7F {
            for occupant in occupants {
                let bus = GuardedI2CBus(inner, occupants: [(I2CAddress(sevenBit: address)!, occupant)])
                for written in 0...3 {
                    for readCount in 0...2 where written + readCount > 0 {
                        let before = inner.trace.count
                        let fault = attempt(bus, address, [UInt8](repeating: 0, count: written), readCount)
                        let isGuarded = (0x50...0x57).contains(address) && occupant != .controller
                        let isRead = written == 0 || (occupant == .eeprom && written == 1 && readCount > 0)
                        if isGuarded, !isRead {
                            #expect(fault?.kind == .writeRefused)
                            #expect(fault?.address == UInt16(address))
                            #expect(inner.trace.count == before, "nothing was sent")
                        } else {
                            #expect(fault == nil)
                            #expect(inner.trace.count == before + 1)
                        }
                    }
                }
            }
        }
    }

    @Test func namingOneDeviceOpensNoOther() {
        let bus = GuardedI2CBus(inner, occupants: [(0x55, .controller)])
        #expect(attempt(bus, 0x55, [0x16], 0) == nil)
        for address in UInt8(0x50)...0x57 where address != 0x55 {
            #expect(attempt(bus, address, [0x16], 0)?.kind == .writeRefused)
        }
    }

    @Test func driversSeeTheRefusalWithTheirRegister() {
        let bus = GuardedI2CBus(inner)
        let device = I2CDevice(bus, at: 0x50)
        #expect(
            throws: BusFault(.writeRefused, bus: inner.name, address: 0x50, register: 0x10, operation: "")
        ) { try device.writeByte(0, to: 0x10) }
    }
}

@Suite struct AT24C02Tests {
    /// A memory with an address pointer.
    final class Memory: FakeTarget {
        var bytes = (0..<256).map { UInt8($0 ^ 0xA5) }

        func transfer(write: [UInt8], readCount: Int) -> [UInt8] {
            (0..<readCount).map { bytes[(Int(write[0]) + $0) % 256] }
        }
    }

    let memory = Memory()

    @Test func theWholeMemoryIsReadInPiecesOf32() throws {
        let bus = FakeI2CBus([0x50: memory])
        let guarded = GuardedI2CBus(bus, occupants: [(0x50, .eeprom)])
        #expect(try AT24C02(on: guarded, at: 0x50).contents() == memory.bytes)
        #expect(bus.trace == (0..<8).map { .writeRead(0x50, [$0 * 32], 32) })
    }

    @Test func smallControllersGetSmallerPieces() throws {
        let bus = FakeI2CBus([0x50: memory])
        bus.limits.longestRead = 16
        var bytes = [UInt8](repeating: 0, count: 20)
        try AT24C02(on: bus, at: 0x50).read(at: 0xEC, into: &bytes)
        #expect(bytes == Array(memory.bytes[0xEC...]))
        #expect(bus.trace == [.writeRead(0x50, [0xEC], 16), .writeRead(0x50, [0xFC], 4)])
        #expect(throws: ChipFault(.at24c02, .outOfRange(requested: 257, allowed: 0...256))) {
            try AT24C02(on: bus, at: 0x50).read(at: 0xED, into: &bytes)
        }
    }

    @Test(
        arguments: [
            (0x11, 0x42, .s19Pro(payloadLength: 0x42)), (0x11, 0x4A, .s19Pro(payloadLength: 0x4A)),
            (0x04, 0x11, .s17Plus(format: 4)), (0x05, 0x11, .s17Plus(format: 5)), (0x42, 0x72, .braiins),
            (0xFF, 0xFF, .erased), (0x11, 0x43, .unknown(0x11, 0x43)), (0x00, 0x00, .unknown(0, 0)),
        ] as [(UInt8, UInt8, AT24C02.Preamble)])
    func preambles(first: UInt8, second: UInt8, expected: AT24C02.Preamble) {
        #expect(AT24C02.preamble(first, second) == expected)
    }

    @Test func plainSerialsAreToldFromEncryptedRecords() {
        var plain: [UInt8] = [0x03] + Array("NGSB-0123456789ab".utf8) + [UInt8](repeating: 0, count: 238)
        #expect(AT24C02.hasPlainSerial(plain))
        plain[17] = 0x80
        #expect(!AT24C02.hasPlainSerial(plain))
        #expect(!AT24C02.hasPlainSerial(memory.bytes))
        #expect(!AT24C02.hasPlainSerial([0x03, 0x41]))
    }
}

@Suite struct ChainI2CWordTests {
    @Test func requestsAndAnswers() {
        let request = ChainI2CWord.read(0x01, of: 0x4C)
        #expect(request.bits == 0x0198_0100)
        #expect(ChainI2CWord.write(0x04, to: 0x09, of: 0x4C).bits == 0x0199_0904)
        #expect(ChainI2CWord(bits: 0x8198_0100).isBusy)
        #expect(ChainI2CWord(bits: 0x0098_0169).data(answering: request) == 0x69)
    }

    @Test func answersToSomethingElseBringNothing() {
        let request = ChainI2CWord.read(0x01, of: 0x4C)
        for bits: UInt32 in [0x8098_0169, 0x009A_0169, 0x0098_0269, 0x0099_0169] {
            #expect(ChainI2CWord(bits: bits).data(answering: request) == nil)
        }
        let write = ChainI2CWord.write(0, to: 0x01, of: 0x4C)
        #expect(ChainI2CWord(bits: 0x0098_0169).data(answering: write) == nil)
    }
}

@Suite struct PIC16F1704Tests {
    let target = ScriptedTarget()
    let bus: FakeI2CBus
    let limits = Millivolts(8200)...Millivolts(9400)

    init() {
        bus = FakeI2CBus([0x55: target])
    }

    func started() throws -> PIC16F1704 {
        target.replies = [[0x03]]
        var startup = PIC16F1704.Startup(on: bus, at: 0x55, limits: limits)
        let part = try run(&startup, on: bus).output
        bus.trace = []
        return part
    }

    func writes(_ bytes: [UInt8]) -> [Transfer] { bytes.map { .write(0x55, [$0]) } }

    @Test(arguments: [(8600, 143), (9000, 75), (9400, 6)] as [(Int32, UInt8)])
    func voltageCodes(millivolts: Int32, code: UInt8) {
        #expect(PIC16F1704.code(for: Millivolts(millivolts)) == code)
        #expect(abs(PIC16F1704.voltage(code: code).value - millivolts) <= 3)
    }

    @Test func voltagesBeyondTheDACHaveNoCode() {
        #expect(PIC16F1704.code(for: Millivolts(7942)) == 255)
        #expect(PIC16F1704.code(for: Millivolts(7930)) == nil)
        #expect(PIC16F1704.code(for: Millivolts(9437)) == 0)
        #expect(PIC16F1704.code(for: Millivolts(9450)) == nil)
        for code in UInt8(0)...255 { #expect(PIC16F1704.code(for: PIC16F1704.voltage(code: code)) == code) }
    }

    @Test(
        arguments: [
            (.jumpToApplication, [0x55, 0xAA, 0x06]), (.reset, [0x55, 0xAA, 0x07]),
            (.setVoltage(code: 143), [0x55, 0xAA, 0x10, 143]), (.enable(true), [0x55, 0xAA, 0x15, 1]),
            (.enable(false), [0x55, 0xAA, 0x15, 0]), (.heartbeat, [0x55, 0xAA, 0x16]), (.version, [0x55, 0xAA, 0x17]),
            (.voltage, [0x55, 0xAA, 0x18]),
        ] as [(PIC16F1704.Command, [UInt8])])
    func frames(command: PIC16F1704.Command, frame: [UInt8]) {
        #expect(command.frame == frame)
    }

    @Test func addressesFollowTheConnector() {
        #expect((UInt8(5)...9).map { PIC16F1704.address(connector: $0)?.value } == [nil, 0x55, 0x56, 0x57, nil])
    }

    @Test func startUpResetsJumpsAndChecksTheVersion() throws {
        target.replies = [[0x03]]
        var startup = PIC16F1704.Startup(on: bus, at: 0x55, limits: limits)
        #expect(try run(&startup, on: bus).took == .seconds(1))
        let zeros = [UInt8](repeating: 0, count: 16)
        #expect(
            bus.trace == writes(zeros + [0x55, 0xAA, 0x07]) + writes([0x55, 0xAA, 0x06]) + writes([0x55, 0xAA, 0x17])
                + [.read(0x55, 1)])

        target.replies = [[0x06]]
        var other = PIC16F1704.Startup(on: bus, at: 0x55, limits: limits)
        #expect(throws: ChipFault(.pic16f1704, .wrongPart(register: 0x17, found: 6, expected: 3))) {
            try run(&other, on: bus)
        }
    }

    @Test func everyByteIsATransactionOfItsOwn() throws {
        let part = try started()
        var set = try part.setVoltage(Millivolts(8600))
        #expect(try run(&set, on: bus).took == .milliseconds(100))
        var heartbeat = part.perform(.heartbeat)
        #expect(try run(&heartbeat, on: bus).took == .zero)
        #expect(bus.trace == writes([0x55, 0xAA, 0x10, 143, 0x55, 0xAA, 0x16]))
        target.replies = [[143]]
        var get = part.perform(.voltage)
        #expect(try run(&get, on: bus).output == 143)
    }

    @Test func aBusyControllerIsAskedAgainByteByByte() throws {
        let part = try started()
        let from = bus.count
        for offset in [2, 3, 4] { bus.faults[from + offset] = .noAcknowledge }
        var enable = part.perform(.enable(true))
        #expect(try run(&enable, on: bus).took == .milliseconds(300))
        #expect(bus.trace == writes([0x55, 0xAA, 0x15, 0x15, 0x15, 0x15, 0x01]))
    }

    @Test func retriesEnd() throws {
        let part = try started()
        bus.targets = [:]
        var heartbeat = part.perform(.heartbeat)
        let fault = #expect(throws: ChipFault.self) { try run(&heartbeat, on: bus) }
        #expect(fault?.reason == .bus(BusFault(.noAcknowledge, bus: bus.name, address: 0x55, operation: "")))
        #expect(bus.trace.count == 16, "once and 15 times again")
    }

    @Test func hopelessFaultsAreNotRetried() throws {
        let part = try started()
        bus.faults[bus.count] = .writeRefused
        var heartbeat = part.perform(.heartbeat)
        #expect(throws: ChipFault.self) { try run(&heartbeat, on: bus) }
        #expect(bus.trace.count == 1)
    }

    @Test func theBoardFilesLimitsHold() throws {
        let part = try started()
        #expect(throws: ChipFault(.pic16f1704, .outOfRange(requested: 9401, allowed: 8200...9400))) {
            try part.setVoltage(Millivolts(9401))
        }
        #expect(bus.trace.isEmpty)
    }
}

@Suite struct DSPIC33Tests {
    let target = ScriptedTarget()
    let bus: FakeI2CBus
    let allowed = DSPIC33.Configuration(allowUnverifiedProtocol: true)

    init() {
        bus = FakeI2CBus([0x20: target])
    }

    @Test func itIsOffUnlessAllowed() {
        #expect(throws: ChipFault(.dspic33, .unverified(.dsPICProtocol))) {
            try DSPIC33(on: bus, at: 0x20, configuration: .init())
        }
        #expect(bus.trace.isEmpty)
    }

    @Test(
        arguments: [
            (.jumpToApplication, [0x55, 0xAA, 0x04, 0x06, 0x00, 0x0A]), (.reset, [0x55, 0xAA, 0x04, 0x07, 0x00, 0x0B]),
            (.setVoltage(index: 6), [0x55, 0xAA, 0x04, 0x10, 0x06, 0x1A]),
            (.enable(true), [0x55, 0xAA, 0x04, 0x15, 0x01, 0x1A]),
            (.enable(false), [0x55, 0xAA, 0x04, 0x15, 0x00, 0x19]),
            (.heartbeat, [0x55, 0xAA, 0x04, 0x16, 0x00, 0x1A]), (.version, [0x55, 0xAA, 0x04, 0x17, 0x00, 0x1B]),
            (.voltage, [0x55, 0xAA, 0x04, 0x18, 0x00, 0x1C]), (.measure, [0x55, 0xAA, 0x04, 0x3A, 0x00, 0x3E]),
            (.boardSensor, [0x55, 0xAA, 0x04, 0x3B, 0x00, 0x3F]),
        ] as [(DSPIC33.Command, [UInt8])])
    func frames(command: DSPIC33.Command, frame: [UInt8]) {
        #expect(command.frame == frame)
    }

    @Test func framedReplies() throws {
        let reply: [UInt8] = [0x06, 0x16, 0x01, 0x00, 0x00, 0x1D]
        #expect(try DSPIC33.payload(of: reply, to: .heartbeat) == [1, 0, 0])
        #expect(throws: ReplyFault.command(found: 0x16, expected: 0x17)) {
            try DSPIC33.payload(of: reply, to: .version)
        }
        #expect(throws: ReplyFault.length(found: 6, expected: 5)) {
            try DSPIC33.payload(of: Array(reply.dropLast()), to: .heartbeat)
        }
        #expect(throws: ReplyFault.checksum(found: 0x1E, expected: 0x1D)) {
            try DSPIC33.payload(of: [0x06, 0x16, 0x01, 0x00, 0x00, 0x1E], to: .heartbeat)
        }
        #expect(throws: ReplyFault.none) {
            try DSPIC33.payload(of: [UInt8](repeating: 0xF5, count: 6), to: .heartbeat)
        }
    }

    @Test func bareRepliesAndTheADCOfFirmware89() throws {
        #expect(try DSPIC33.bareVoltage([0x18, 0x01, 0x35, 0x84], to: .voltage) == Millivolts(13_700))
        #expect(throws: ReplyFault.none) { try DSPIC33.bareVoltage([0xF5, 1, 2, 3], to: .voltage) }
        #expect(throws: ReplyFault.command(found: 0x17, expected: 0x18)) {
            try DSPIC33.bareVoltage([0x17, 1, 2, 3], to: .voltage)
        }
        #expect(throws: ReplyFault.length(found: 3, expected: 4)) {
            try DSPIC33.bareVoltage([0x18, 1, 2], to: .voltage)
        }
        #expect(DSPIC33.railVoltage(adc: 5) == nil)
        #expect(DSPIC33.railVoltage(adc: 600) == Millivolts(14_338))
    }

    @Test func theDialogueWaitsForTheReply() throws {
        let part = try DSPIC33(on: bus, at: 0x20, configuration: allowed)
        target.replies = [[0x06, 0x16, 0x01, 0x00, 0x00, 0x1D]]
        var heartbeat = try part.perform(.heartbeat, replyCount: 6, firmware: .framed8A)
        let (reply, took) = try run(&heartbeat, on: bus)
        #expect(took == .milliseconds(100))
        #expect(try DSPIC33.payload(of: reply, to: .heartbeat) == [1, 0, 0])
        #expect(bus.trace == [.write(0x20, [0x55, 0xAA, 0x04, 0x16, 0x00, 0x1A]), .read(0x20, 6)])
    }

    @Test func dangerousRequestsAreRefused() throws {
        let part = try DSPIC33(on: bus, at: 0x20, configuration: allowed)
        for firmware in [DSPIC33.Firmware.framed86, .framed89, .framed8A, nil] {
            #expect(throws: ChipFault(.dspic33, .unsupported(0x07))) {
                try part.perform(.reset, replyCount: 0, firmware: firmware)
            }
        }
        _ = try part.perform(.reset, replyCount: 0, firmware: .bare)
        #expect(throws: ChipFault(.dspic33, .outOfRange(requested: 12, allowed: 0...11))) {
            try part.perform(.setVoltage(index: 12), replyCount: 0, firmware: .framed8A)
        }
        #expect((UInt8(0)...4).map { DSPIC33.address(slot: $0)?.value } == [nil, 0x20, 0x21, 0x22, nil])
    }
}
