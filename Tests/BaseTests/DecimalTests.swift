import Base
import Testing

@Suite struct DecimalTests {
    @Test func fixedPoint() {
        #expect(Decimal.fixed(3.14159, places: 2) == "3.14")
        #expect(Decimal.fixed(0.005, places: 2) == "0.01")
        #expect(Decimal.fixed(-0.04, places: 1) == "0.0")
        #expect(Decimal.fixed(-12.06, places: 1) == "-12.1")
        #expect(Decimal.fixed(7, places: 0) == "7")
        #expect(Decimal.fixed(.infinity, places: 1) == "?")
        #expect(Decimal.fixed(.nan, places: 1) == "?")
    }

    @Test func quantities() {
        #expect(Decimal.quantity(31_400_000, unit: "H/s") == "31.4 MH/s")
        #expect(Decimal.quantity(2_710_000, unit: "H/s") == "2.71 MH/s")
        #expect(Decimal.quantity(0, unit: "H/s") == "0.00 H/s")
        #expect(Decimal.quantity(116_627_841_100_297, unit: "") == "117 T")
    }

    @Test func spans() {
        #expect(Decimal.span(.seconds(12)) == "12s")
        #expect(Decimal.span(.seconds(302)) == "5m 02s")
        #expect(Decimal.span(.seconds(3 * 86_400 + 4 * 3600 + 59)) == "3d 04h")
    }
}
