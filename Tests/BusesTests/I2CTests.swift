import Base
import Buses
import Testing

@Suite struct I2CTests {
    let bus = RecordingI2CBus()
    var device: I2CDevice { I2CDevice(bus, at: 0x4C) }

    @Test func addressesHaveSevenBits() {
        #expect(I2CAddress(sevenBit: 0x7F)?.value == 0x7F)
        #expect(I2CAddress(sevenBit: 0x80) == nil)
        #expect(I2CAddress(sevenBit: 0x98) == nil, "an 8-bit way of writing 0x4C is not an address")
    }

    @Test func aRegisterReadIsOneTransfer() throws {
        bus.replies = [[0x12, 0x34]]
        #expect(try device.readBigEndianWord(0x02) == 0x1234)
        #expect(bus.trace == [.init(address: 0x4C, write: [0x02], readCount: 2)])
    }

    @Test func writesCarryTheRegisterFirst() throws {
        try device.writeByte(0x60, to: 0x01)
        try device.writeBigEndianWord(0x4127, to: 0x00)
        let frame: [UInt8] = [1, 2, 3]
        try device.write(frame.span, options: .ignoreNAK)
        #expect(
            bus.trace == [
                .init(address: 0x4C, write: [0x01, 0x60], readCount: 0),
                .init(address: 0x4C, write: [0x00, 0x41, 0x27], readCount: 0),
                .init(address: 0x4C, write: [1, 2, 3], readCount: 0, ignoresNAK: true),
            ])
    }

    @Test func aPlainReadWritesNothing() throws {
        bus.replies = [[0xF5]]
        var byte: [UInt8] = [0]
        var span = byte.mutableSpan
        try device.read(into: &span)
        #expect(byte == [0xF5])
        #expect(bus.trace == [.init(address: 0x4C, write: [], readCount: 1)])
    }

    @Test func faultsCarryBusAddressRegisterAndOperation() {
        bus.fault = .noAcknowledge
        let fault = #expect(throws: BusFault.self) { try device.readBigEndianWord(0x0F) }
        #expect(fault == BusFault(.noAcknowledge, bus: BusName(.i2c, 3), address: 0x4C, register: 0x0F, operation: ""))
        #expect(fault?.description == "i2c-3 0x4c register 0x0f read word: no acknowledge")
    }

    @Test func tooLongRequestsNeverReachTheBus() {
        bus.limits = I2CLimits(longestWrite: 2, longestRead: 1)
        #expect(throws: BusFault(.tooLong(limit: 2), bus: bus.name, address: 0x4C, register: 0x05, operation: "")) {
            try device.writeBigEndianWord(1, to: 0x05)
        }
        #expect(throws: BusFault(.tooLong(limit: 1), bus: bus.name, address: 0x4C, register: 0x05, operation: "")) {
            try device.readBigEndianWord(0x05)
        }
        #expect(bus.trace.isEmpty)
    }

    @Test(arguments: [
        (BusFault.Kind.noBus, BusFault.RetryHint.never), (.noAcknowledge, .afterDelay), (.busStuck, .afterBusRecovery),
        (.arbitrationLost, .now), (.timeout, .afterBusRecovery), (.shortTransfer(expected: 2, actual: 1), .now),
        (.checksum(expected: 1, found: 2), .now), (.blockLength(found: 0, expected: 6), .now),
        (.ownedByKernelDriver, .never), (.busy, .afterDelay), (.deviceReset, .afterDelay), (.unsupported, .never),
        (.tooLong(limit: 32), .never), (.writeRefused, .never), (.permission, .never), (.unplugged, .never),
        (.overrun, .now), (.other(errno: 5), .afterDelay),
    ])
    func everyKindSaysWhenToTryAgain(kind: BusFault.Kind, hint: BusFault.RetryHint) {
        let fault = BusFault(kind, bus: bus.name, operation: "test")
        #expect(fault.retryHint == hint)
        #expect(!kind.description.isEmpty)
    }

    @Test func descriptionsNameFoundAndExpected() {
        let place = BusName(.spi, 1)
        #expect(
            BusFault(.shortTransfer(expected: 60, actual: 4), bus: place, address: 0, operation: "exchange").description
                == "spi1.0 exchange: short transfer, 4 of 60 bytes")
        #expect(
            BusFault(.checksum(expected: 0x5D, found: 0x0A), bus: place, operation: "read").description
                == "spi1 read: checksum 0x0a, expected 0x5d")
        #expect(
            BusFault(.other(errno: 121), bus: BusName(.uart, 2), operation: "write").description
                == "uart2 write: system error 121")
    }
}
