import Base
import Buses
import Testing

@Suite struct SMBusTests {
    let bus = RecordingI2CBus()
    var plain: SMBusDevice { SMBusDevice(I2CDevice(bus, at: 0x24), usesPEC: false) }
    var checked: SMBusDevice { SMBusDevice(I2CDevice(bus, at: 0x24), usesPEC: true) }

    /// CRC-8 of the bytes, computed bit by bit over the message polynomial, unlike the code under test.
    func crc8(_ bytes: [UInt8]) -> UInt8 {
        var remainder: UInt16 = 0
        for bit in (bytes + [0]).flatMap({ byte in (0..<8).map { UInt16(byte >> (7 - $0)) & 1 } }) {
            remainder = remainder << 1 | bit
            if remainder & 0x100 != 0 { remainder ^= 0x107 }
        }
        return UInt8(remainder)
    }

    @Test func theErrorCodeIsTheStandardCRC8() {
        var code = PacketErrorCode()
        // The check value of CRC-8 (SMBus), as catalogues list it.
        for byte in "123456789".utf8 { code.update(byte) }
        #expect(code.value == 0xF4)
    }

    @Test func wordsAreLittleEndian() throws {
        bus.replies = [[0x34, 0x12]]
        #expect(try plain.readWord(0x8B) == 0x1234)
        try plain.writeWord(0x0266, to: 0x21)
        try plain.writeByte(0x80, to: 0x01)
        try plain.sendCommand(0x03)
        #expect(
            bus.trace == [
                .init(address: 0x24, write: [0x8B], readCount: 2),
                .init(address: 0x24, write: [0x21, 0x66, 0x02], readCount: 0),
                .init(address: 0x24, write: [0x01, 0x80], readCount: 0),
                .init(address: 0x24, write: [0x03], readCount: 0),
            ])
    }

    @Test func blocksCarryTheirLength() throws {
        bus.replies = [[6, 0x54, 0x49, 0x54, 0x6D, 0x24, 0x41]]
        #expect(try plain.readBlock(0xAD, count: 6) == [0x54, 0x49, 0x54, 0x6D, 0x24, 0x41])
        try plain.writeBlock([0x12, 0x34, 0x42, 0x21, 0x04], to: 0xB1)
        #expect(
            bus.trace == [
                .init(address: 0x24, write: [0xAD], readCount: 7),
                .init(address: 0x24, write: [0xB1, 5, 0x12, 0x34, 0x42, 0x21, 0x04], readCount: 0),
            ])
    }

    @Test(arguments: [0, 5, 7, 0xFF] as [UInt8])
    func aBlockOfAnotherLengthIsAFault(length: UInt8) {
        bus.replies = [[length, 1, 2, 3, 4, 5, 6]]
        let expected = BusFault(
            .blockLength(found: length, expected: 6), bus: bus.name, address: 0x24, register: 0xAD, operation: "")
        #expect(throws: expected) { try plain.readBlock(0xAD, count: 6) }
    }

    @Test(arguments: [0, 33, 300])
    func impossibleBlocksAreNotSent(count: Int) {
        #expect(throws: BusFault.self) { try plain.writeBlock([UInt8](repeating: 0, count: count), to: 0xB1) }
        #expect(bus.trace.isEmpty)
    }

    @Test func packetErrorCodesAreSentAndChecked() throws {
        try checked.writeWord(0x0266, to: 0x21)
        #expect(bus.trace[0].write == [0x21, 0x66, 0x02, crc8([0x48, 0x21, 0x66, 0x02])])
        try checked.sendCommand(0x03)
        #expect(bus.trace[1].write == [0x03, crc8([0x48, 0x03])])
        try checked.writeBlock([7, 8], to: 0xB1)
        #expect(bus.trace[2].write == [0xB1, 2, 7, 8, crc8([0x48, 0xB1, 2, 7, 8])])

        bus.replies = [
            [0x17, crc8([0x48, 0x20, 0x49, 0x17])], [0x34, 0x12, crc8([0x48, 0x8B, 0x49, 0x34, 0x12])],
            [2, 7, 8, crc8([0x48, 0xAD, 0x49, 2, 7, 8])],
        ]
        #expect(try checked.readByte(0x20) == 0x17)
        #expect(try checked.readWord(0x8B) == 0x1234)
        #expect(try checked.readBlock(0xAD, count: 2) == [7, 8])
    }

    @Test func everyFlippedBitOfAReplyIsCaught() {
        let reply: [UInt8] = [0x34, 0x12, crc8([0x48, 0x8B, 0x49, 0x34, 0x12])]
        for bit in 0..<24 {
            var damaged = reply
            damaged[bit / 8] ^= 1 << (bit % 8)
            bus.replies = [damaged]
            let fault = #expect(throws: BusFault.self) { try checked.readWord(0x8B) }
            if case .checksum(_, let found) = fault?.kind { #expect(found == damaged[2]) } else { Issue.record() }
            #expect(fault?.register == 0x8B)
        }
    }
}
