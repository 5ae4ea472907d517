import Base
import Testing

@Suite struct CRCTests {
    @Test func crc5MatchesPublishedFrames() {
        #expect(CRC5.checksum(of: [0x52, 0x05, 0x00, 0x00]) == 0x0A)
        #expect(CRC5.checksum(of: [0x53, 0x05, 0x00, 0x00]) == 0x03)
        #expect(CRC5.checksum(of: [UInt8]()) == 0x1F)
    }

    @Test func crc5OfAResponseIncludingItsChecksumIsZero() {
        #expect(CRC5.checksum(of: [0x13, 0x70, 0x00, 0x00, 0x00, 0x00, 0x06]) == 0)
        #expect(CRC5.checksum(of: [0x13, 0x70, 0x00, 0x00, 0x00, 0x01, 0x06]) != 0)
    }

    @Test func crc16VariantsMatchTheirCheckValues() {
        // The check values of the CRC catalogue, over the digits 1–9.
        #expect(CRC16.ccittFalse("123456789".utf8) == 0x29B1)
        #expect(CRC16.modbus("123456789".utf8) == 0x4B37)
    }

    @Test func modbusMatchesARequestFromTheSpecification() {
        // Read one holding register at 0 of unit 1, as in countless meters: 01 03 00 00 00 01 84 0A.
        #expect(CRC16.modbus([0x01, 0x03, 0x00, 0x00, 0x00, 0x01]) == 0x0A84)
    }
}
