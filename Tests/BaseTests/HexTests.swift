import Base
import Testing

@Suite struct HexTests {
    @Test func decodesBothCases() {
        #expect(Hex.decode(Array("00ffAb10".utf8)) == [0x00, 0xFF, 0xAB, 0x10])
        #expect(Hex.decode([]) == [])
    }

    @Test func refusesOddLengthAndForeignCharacters() {
        #expect(Hex.decode(Array("abc".utf8)) == nil)
        #expect(Hex.decode(Array("0g".utf8)) == nil)
        #expect(Hex.decode(Array("0x12".utf8)) == nil)
    }

    @Test func readsAndWritesWords() {
        #expect(Hex.decodeUInt32("1d00ffff".utf8) == 0x1D00_FFFF)
        #expect(Hex.decodeUInt32("0x1F".utf8) == 0x1F)
        #expect(Hex.decodeUInt32("".utf8) == nil)
        #expect(Hex.decodeUInt32("123456789".utf8) == nil)
        var text: [UInt8] = []
        Hex.append(0x0002_2F0A as UInt32, to: &text)
        #expect(text == Array("00022f0a".utf8))
        #expect(Hex.encode([0xDE, 0x01]) == Array("de01".utf8))
    }
}
