import Mining
import SHA256
import Testing

/// Expected values: exact integer arithmetic on bdiff's definition, D = 0xFFFF·2^208 / target; historical nbits.
@Suite struct TargetTests {
    @Test(arguments: [
        (1, 0, "00000000ffff0000000000000000000000000000000000000000000000000000"),
        (8192, 0, "000000000007fff8000000000000000000000000000000000000000000000000"),
        (65536, 0, "000000000000ffff000000000000000000000000000000000000000000000000"),
        (1, -3, "000003e7fc180000000000000000000000000000000000000000000000000000"),
        (1_000_000, 0, "00000000000010c6e6d9be4cd74927913e81450efdc9c4da9003eea209aaa3ad"),
    ])
    func difficultyHasAnExactTarget(significand: Int, exponent: Int, target: String) throws {
        let difficulty = try #require(Difficulty(significand: UInt64(significand), exponent: exponent))
        #expect(difficulty.target.text == target)
    }

    /// floor(0xFFFF·2^208 / D), worked out with Python's integers.
    @Test(arguments: [
        (13_563_368_055_555_555, -20, "00001cccb0000000005500552c978da4f652af1fefdf53189180428773bfaa2e"),
        (UInt64.max, 19, "0000000000000000000000000000000000000001d83abcbed82f56216b543a22"),
        (UInt64.max, -38, "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"),
        (1, 19, "000000000000000000000001d83abcbed82f561f93197d63cd10c4f1d68267c1"),
        (3, -1, "0000000355520000000000000000000000000000000000000000000000000000"),
        (2_328_270_909_401_908_284, -28, "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"),
        (2_328_270_909_401_908_285, -28, "fffffffffffffff87fa52d87ccbb79086edfd42deb833f2ce4e4f143e76c1020"),
    ])
    func fractionsAndExtremesAreExactToo(significand: UInt64, exponent: Int, target: String) throws {
        let difficulty = try #require(Difficulty(significand: significand, exponent: exponent))
        #expect(difficulty.target.text == target)
    }

    @Test func belowAFewBillionthsEveryHashMeetsTheTarget() throws {
        #expect(try #require(Difficulty(significand: 2, exponent: -10)).target == .max)
        #expect(try #require(Difficulty(significand: 1, exponent: -38)).target == .max)
    }

    @Test func equalDecimalsAreEqualHoweverWritten() throws {
        #expect(Difficulty(significand: 10, exponent: -1) == Difficulty(1))
        #expect(Difficulty(significand: 1000, exponent: -6) == Difficulty(significand: 1, exponent: -3))
        #expect(Difficulty(significand: 1, exponent: 21) == Difficulty(significand: 100, exponent: 19))
        #expect(Difficulty(significand: 1, exponent: -3) != Difficulty(1))
    }

    @Test func difficultiesAreOrderedByValue() throws {
        let ascending = try [
            (1, -38), (UInt64.max, -38), (999_999, -9), (1, -3), (1_000_000_000_000_001, -18), (1, 0), (11, -1),
            (8192, 0),
            (1, 19), (UInt64.max, 19),
        ].map { try #require(Difficulty(significand: $0.0, exponent: $0.1)) }
        for (index, lower) in ascending.enumerated() {
            #expect(!(lower < lower))
            for higher in ascending[(index + 1)...] {
                #expect(lower < higher)
                #expect(!(higher < lower))
                #expect(lower.target >= higher.target)
            }
        }
    }

    @Test(arguments: [
        (false, 0, 0, DifficultyError.zero), (true, 0, 0, .zero), (true, 5, 0, .negative), (false, 1, 39, .tooLarge),
        (false, UInt64.max, 20, .tooLarge), (false, 1, .max, .tooLarge), (false, 1, -39, .tooSmall),
        (false, 11, -39, .tooSmall), (false, 1, .min, .tooSmall),
    ])
    func numbersThatAreNoDifficultyAreRefused(
        isNegative: Bool, significand: UInt64, exponent: Int, error: DifficultyError
    ) {
        #expect(throws: error) {
            try Difficulty(isNegative: isNegative, significand: significand, exponent: exponent)
        }
    }

    @Test func approximationsAreForDisplay() throws {
        #expect(try #require(Difficulty(significand: 1, exponent: -3)).approximation == 0.001)
        #expect(try #require(Difficulty(29588)).approximation == 29588)
        #expect(try #require(Difficulty(significand: 25, exponent: 10)).approximation == 25e10)
        #expect(agree(try #require(Difficulty(significand: 135, exponent: -25)).approximation, 1.35e-23))
        #expect(UInt256(high: 0, low: 0).difficulty == .infinity)
    }

    @Test(arguments: [
        (0x1D00_FFFF, 1.0), (0x1B04_04CB, 16307.420938523983), (0x1702_9A8A, 108105433845147.16),
        (0x1702_3A04, 126411437451912.23), (0x1701_CDFB, 155973032196071.94),
    ])
    func networkDifficultyOfCompactTargets(bits: Int, difficulty: Double) throws {
        #expect(agree(try CompactTarget(bits: UInt32(bits)).difficulty, difficulty))
    }

    /// From Bitcoin Core's tests of `arith_uint256::SetCompact` and `GetCompact`, and the definition.
    @Test(arguments: [
        (0x1D00_FFFF, "00000000ffff0000000000000000000000000000000000000000000000000000"),
        (0x207F_FFFF, "7fffff0000000000000000000000000000000000000000000000000000000000"),
        (0x0112_0000, "0000000000000000000000000000000000000000000000000000000000000012"),
        (0x0200_8000, "0000000000000000000000000000000000000000000000000000000000000080"),
        (0x0500_9234, "0000000000000000000000000000000000000000000000000000000092340000"),
        (0x0412_3456, "0000000000000000000000000000000000000000000000000000000012345600"),
        (0x2100_FFFF, "ffff000000000000000000000000000000000000000000000000000000000000"),
    ])
    func compactTargetsDecodeAndEncode(bits: Int, target: String) throws {
        let exact = try UInt256(hex: target)
        #expect(try CompactTarget(bits: UInt32(bits)).target == exact)
        #expect(try CompactTarget(roundingDown: exact).bits == UInt32(bits))
    }

    @Test func encodingATargetRoundsDown() throws {
        let exact = try UInt256(hex: "00000000fffffedcba0000000000000000000000000000000000000000000001")
        let compact = try CompactTarget(roundingDown: exact)
        #expect(compact.bits == 0x1D00_FFFF)
        #expect(compact.target < exact)
        #expect(try CompactTarget(roundingDown: .max).bits == 0x2100_FFFF)
    }

    @Test(arguments: [
        (0x0000_0000, CompactTargetError.zero), (0x1D00_0000, .zero), (0x0000_3456, .zero), (0x0100_0012, .zero),
        (0x1D80_0000, .zero), (0x1D80_0001, .negative), (0x04FE_DCBA, .negative), (0xFF12_3456, .overflow),
        (0x2301_0000, .overflow), (0x2201_0000, .overflow), (0x2101_0000, .overflow),
    ])
    func numbersThatAreNoCompactTargetAreRefused(bits: Int, error: CompactTargetError) {
        #expect(throws: error) { try CompactTarget(bits: UInt32(bits)) }
    }

    @Test func hashesCompareAsLittleEndianNumbers() throws {
        var last = [UInt8](repeating: 0, count: 32)
        last[31] = 1
        var first = [UInt8](repeating: 0xFF, count: 32)
        first[31] = 0
        let large = UInt256(try #require(Digest(bytes: last)))
        let small = UInt256(try #require(Digest(bytes: first)))
        #expect(small < large)
        #expect(large.text == "01" + String(repeating: "00", count: 31))
        #expect(large.top32 == 0x0100_0000)
        #expect(small.leadingZeroBitCount == 8)
        #expect(UInt256(high: 0, low: 1).leadingZeroBitCount == 255)
    }

    @Test func ticketsAreLeadingZeroBits() throws {
        let ticket = UInt256.largest(withLeadingZeroBits: 40)
        #expect(ticket.text == String(repeating: "0", count: 10) + String(repeating: "f", count: 54))
        #expect(ticket > (try #require(Difficulty(256)).target))
        #expect(UInt256.largest(withLeadingZeroBits: 0) == .max)
        #expect(UInt256.largest(withLeadingZeroBits: 256) == UInt256(high: 0, low: 0))
    }

    @Test func textThatIsNo256BitNumberIsRefused() {
        #expect(UInt256(hex: "00".utf8) == nil)
        #expect(UInt256(hex: (String(repeating: "0", count: 63) + "g").utf8) == nil)
        #expect(UInt256(hex: String(repeating: "0", count: 66).utf8) == nil)
    }
}
