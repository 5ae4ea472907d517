import Base
import Testing

@Suite struct CivilTimeTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_231_006_505, "2009-01-03T18:15:05Z"),  // time of the genesis block
            (1_738_195_305, "2025-01-30T00:01:45Z"),
            (4_107_542_399, "2100-02-28T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ] as [(Int64, String)])
    func matchesKnownDates(seconds: Int64, text: String) {
        #expect(CivilTime(unixSeconds: seconds).iso8601 == text)
    }
}
