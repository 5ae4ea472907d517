import JSON
import Testing

private func number(_ text: String) throws -> JSONNumber {
    var reader = JSONReader(Array(text.utf8))
    let number = try reader.readNumber()
    try reader.finish()
    return number
}

@Suite struct JSONNumberTests {
    @Test func decimalsStayExact() throws {
        #expect(try number("0.001") == JSONNumber(significand: 1, exponent: -3))
        #expect(try number("-12.50") == JSONNumber(isNegative: true, significand: 125, exponent: -1))
        #expect(try number("1e3") == JSONNumber(1000))
        #expect(try number("1000") == JSONNumber(1000))
        #expect(try number("10050.0").int == 10050)
        #expect(try number("0e99").int == 0)
        #expect(try number("0.00") == JSONNumber(0))
        #expect(
            try number("108105433845147.15625") == JSONNumber(significand: 10_810_543_384_514_715_625, exponent: -5))
    }

    @Test func integersAreExactOrNil() throws {
        #expect(try number("18446744073709551615").uint64 == .max)
        #expect(try number("18446744073709551616").uint64 == nil)
        #expect(try number("9223372036854775807").int == .max)
        #expect(try number("9223372036854775808").int == nil)
        #expect(try number("-9223372036854775808").int == .min)
        #expect(try number("-9223372036854775809").int == nil)
        #expect(try number("4294967295").uint32 == .max)
        #expect(try number("4294967296").uint32 == nil)
        #expect(try number("-1").uint32 == nil)
        #expect(try number("-0").uint64 == 0)
        #expect(try number("1.5").int == nil)
        #expect(try number("1e400").int == nil)
    }

    @Test func digitsBeyondSixtyFourBitsAreDroppedAndSaySo() throws {
        let huge = try number("123456789012345678901234567890")
        #expect(!huge.isExact)
        #expect(huge.int == nil)
        #expect(huge.double == 123456789012345678901234567890.0)
        #expect(try number("1000000000000000000000000000000") == JSONNumber(significand: 1, exponent: 30))
        let long = try number("0." + String(repeating: "3", count: 5000))
        #expect(!long.isExact)
        #expect(abs(try #require(long.double) - 1.0 / 3) < 1e-15)
    }

    @Test func convertsToDouble() throws {
        for text in ["0.1", "-2.5", "8192", "1e22", "0.0001", "155973032196071.94", "1e-22", "5e-324"] {
            #expect(try number(text).double == Double(text))
        }
        #expect(try number("1e400").double == nil)
        #expect(try number("1e-400").double == 0)
        #expect(try number("1e999999999999999999").double == nil)
    }

    @Test func scalesToFixedPoint() throws {
        #expect(try number("1.5").scaled(decimals: 3) == 1500)
        #expect(try number("-49.985").scaled(decimals: 3) == -49985)
        #expect(try number("1.2345").scaled(decimals: 3) == nil)
        #expect(try number("2e18").scaled(decimals: 3) == nil)
    }
}
