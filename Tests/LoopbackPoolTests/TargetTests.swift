import Testing

@testable import LoopbackPool

@Suite struct TargetTests {
    @Test(arguments: [
        ("1", "00000000ffff0000000000000000000000000000000000000000000000000000"),
        ("8192", "000000000007fff8000000000000000000000000000000000000000000000000"),
        ("65536", "000000000000ffff000000000000000000000000000000000000000000000000"),
        ("0.001", "000003e7fc180000000000000000000000000000000000000000000000000000"),
        ("1e-03", "000003e7fc180000000000000000000000000000000000000000000000000000"),
        ("1000000", "00000000000010c6e6d9be4cd74927913e81450efdc9c4da9003eea209aaa3ad"),
        ("1000000.0", "00000000000010c6e6d9be4cd74927913e81450efdc9c4da9003eea209aaa3ad"),
        // So easy that every hash will do.
        ("0.0000000001", "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"),
    ])
    func difficultyGivesTheExactTarget(difficulty: String, target: String) throws {
        #expect(try #require(ShareDifficulty(difficulty)).target.hexadecimal == target)
    }

    @Test(arguments: [("0.001", "0.001"), ("1e-05", "0.00001"), ("8192.0", "8192"), ("1.5e3", "1500"), ("007", "7")])
    func difficultyIsWrittenWithoutExponent(text: String, written: String) {
        #expect(ShareDifficulty(text)?.description == written)
    }

    @Test(arguments: ["", "0", "0.0", "-1", "+1", ".5", "1e", "1e99", "abc", "1 ", "99999999999999999999999", "1e-30"])
    func whatIsNoDifficultyIsRefused(text: String) {
        #expect(ShareDifficulty(text) == nil)
    }

    @Test func floatingPointDifficultiesKeepTheirShortestForm() {
        #expect(ShareDifficulty(0.001)?.target == ShareDifficulty("0.001")?.target)
        #expect(ShareDifficulty(Double.infinity) == nil)
        #expect(ShareDifficulty(Double.nan) == nil)
    }

    @Test(arguments: [
        (0x1D00_FFFF as UInt32, 1.0), (0x1B04_04CB, 16307.420938523983), (0x1702_9A8A, 108105433845147.16),
        (0x1702_3A04, 126411437451912.23), (0x1701_CDFB, 155973032196071.94),
    ])
    func compactTargetsGiveTheNetworkDifficulty(bits: UInt32, difficulty: Double) throws {
        let target = try #require(Number256(compact: bits))
        #expect(abs(ShareDifficulty.met(by: target) / difficulty - 1) < 1e-12)
    }

    @Test func compactTargetsThatConsensusRejectsAreRefused() {
        #expect(Number256(compact: 0x1D80_0000) == nil)
        #expect(Number256(compact: 0x1D00_0000) == nil)
        #expect(Number256(compact: 0x2300_0100) == nil)
        #expect(Number256(compact: 0x0100_0001) == nil)
        #expect(Number256(compact: 0x0300_0001)?.words == [0, 0, 0, 1])
        #expect(Number256(compact: 0x207F_FFFF)?.words[0] == 0x7FFF_FF00_0000_0000)
    }
}
