import Base
import Testing

@Suite struct UnitsTests {
    @Test func arithmeticSaturatesInsteadOfTrapping() {
        #expect(Milliwatts(.max) + Milliwatts(1) == Milliwatts(.max))
        #expect(Celsius(millidegrees: .min) - .degrees(1) == Celsius(millidegrees: .min))
        #expect(Celsius.degrees(.max) == Celsius(millidegrees: .max))
        #expect(Millivolts(clamping: Int64.min) == Millivolts(.min))
        #expect(RPM(clamping: UInt64.max) == RPM(.max))
    }

    @Test func powerIsVoltageTimesCurrent() {
        #expect(Millivolts(12_000) * Milliamperes(250_000) == Milliwatts(3_000_000))
        #expect(Millivolts(1200) * Milliamperes(-5) == Milliwatts(-6))
        #expect(Millivolts(.max) * Milliamperes(.max) == Milliwatts(.max))
    }

    @Test(arguments: [
        (1, 4, 63), (-1, 4, -62), (2047, 4, 127_938), (-2048, 4, -128_000), (1, 3, 125), (25, 0, 25_000), (3, 1, 1500),
    ])
    func binaryFractionsRoundHalvesToTheHotterSide(count: Int32, bits: Int32, millidegrees: Int32) {
        #expect(Celsius.binary(count, fractionBits: bits).millidegrees == millidegrees)
    }

    @Test func quantitiesAreOrdered() {
        #expect(Hertz(49) < Hertz(50))
        #expect(Millihertz(49_990) < Millihertz(50_000))
        #expect(max(Celsius.degrees(-5), .zero) == .zero)
    }

    @Test func dutyCyclesStayInRangeAndNeverRoundCoolingDown() {
        #expect(DutyCycle(permille: 1001) == .full)
        #expect(DutyCycle(percent: -3) == .off)
        #expect(DutyCycle.full.code(maximum: 63) == 63)
        #expect(DutyCycle.off.code(maximum: 255) == 0)
        #expect(DutyCycle(permille: 1).code(maximum: 63) == 1)
        for permille in Int32(0)...1000 {
            let code = Int32(DutyCycle(permille: permille).code(maximum: 255))
            #expect(code * 1000 >= permille * 255 && (code - 1) * 1000 < permille * 255)
        }
    }
}
