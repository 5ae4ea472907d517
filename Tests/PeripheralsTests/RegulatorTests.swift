import Base
import Buses
import Peripherals
import Testing

@Suite struct INA226Tests {
    let chip = RegisterChip(words: [0x00: 0x4127, 0x05: 0, 0xFE: 0x5449, 0xFF: 0x2260])
    let bus: FakeI2CBus
    let monitor: INA226

    init() {
        bus = FakeI2CBus([0x40: chip])
        monitor = INA226(
            on: bus, at: 0x40, configuration: .init(shuntMicroohms: 2000, microamperesPerCount: 1000))
    }

    @Test func theDefaultConfigurationIsTheResetValue() {
        #expect(monitor.configuration.word == 0x4127)
        let slow = INA226.Configuration(
            shuntMicroohms: 2000, microamperesPerCount: 1000, averaging: .of1024, busConversion: .us8244,
            shuntConversion: .us140)
        #expect(slow.word == 0x4000 | 7 << 9 | 7 << 6 | 0 << 3 | 7)
    }

    /// The tables of the data sheet, in the order of their codes.
    @Test func averagingAndConversionTimesHaveTheirCodes() {
        let averages: [INA226.Averaging] = [.one, .of4, .of16, .of64, .of128, .of256, .of512, .of1024]
        let times: [INA226.ConversionTime] = [
            .us140, .us204, .us332, .us588, .us1100, .us2116, .us4156, .us8244,
        ]
        for (code, (average, time)) in zip(averages, times).enumerated() {
            func word(_ averaging: INA226.Averaging, _ bus: INA226.ConversionTime, _ shunt: INA226.ConversionTime)
                -> Int
            {
                Int(
                    INA226.Configuration(
                        shuntMicroohms: 2000, microamperesPerCount: 1000, averaging: averaging, busConversion: bus,
                        shuntConversion: shunt
                    ).word)
            }
            #expect(word(average, .us140, .us140) >> 9 & 7 == code)
            #expect(word(.one, time, .us140) >> 6 & 7 == code)
            #expect(word(.one, .us140, time) >> 3 & 7 == code)
            #expect(word(average, time, time) & 7 == 7, "measured continuously")
        }
    }

    @Test(arguments: [(2000, 1000, 2560), (100_000, 1, 51_200), (0, 1000, 0), (2000, 0, 0), (1_000_000, 1_000_000, 0)])
    func calibration(shunt: Int32, lsb: Int32, word: Int) {
        let configuration = INA226.Configuration(shuntMicroohms: shunt, microamperesPerCount: lsb)
        #expect(configuration.calibration == ((1...0x7FFF).contains(word) ? UInt16(word) : nil))
    }

    @Test func setUpWritesAndReadsBackBoth() throws {
        try monitor.validate()
        try monitor.configure()
        #expect(
            bus.trace == [
                .writeRead(0x40, [0xFE], 2), .writeRead(0x40, [0xFF], 2), .write(0x40, [0x00, 0x41, 0x27]),
                .writeRead(0x40, [0x00], 2), .write(0x40, [0x05, 0x0A, 0x00]), .writeRead(0x40, [0x05], 2),
            ])
        chip.bytes[0xFF] = [0x22, 0x70]
        #expect(throws: ChipFault(.ina226, .wrongPart(register: 0xFF, found: 0x2270, expected: 0x2260))) {
            try monitor.validate()
        }
    }

    @Test func scales() {
        #expect(INA226.busVoltage(9600) == Millivolts(12_000))
        #expect(INA226.shuntMicrovolts(0xFFFC) == -10)
        #expect(INA226.current(0xFFFF, microamperesPerCount: 1000) == Milliamperes(-1))
        #expect(INA226.current(shunt: 8000, microohms: 2000) == Milliamperes(10_000))
        #expect(INA226.current(shunt: 8000, microohms: 0) == nil)
        #expect(INA226.power(4800, microamperesPerCount: 1000) == Milliwatts(120_000))
        #expect(INA226.power(0xFFFF, microamperesPerCount: .max) == Milliwatts(.max))
    }

    @Test func measurements() throws {
        try monitor.configure()
        chip.bytes.merge([0x02: [0x25, 0x80], 0x04: [0x27, 0x10], 0x03: [0x12, 0xC0], 0x01: [0x1F, 0x40]]) { $1 }
        #expect(monitor.busVoltage(now: t0) == .ok(Millivolts(12_000), at: t0))
        #expect(monitor.current(now: t0) == .ok(Milliamperes(10_000), at: t0))
        #expect(monitor.power(now: t0) == .ok(Milliwatts(120_000), at: t0))
        #expect(monitor.currentFromShunt(now: t0) == .ok(Milliamperes(10_000), at: t0))
    }

    @Test func zeroCurrentIsOnlyBelievedWithACalibration() throws {
        chip.bytes.merge([0x04: [0, 0], 0x03: [0, 0], 0x01: [0x1F, 0x40]]) { $1 }
        #expect(monitor.current(now: t0) == .failed(.deviceReset))
        #expect(monitor.power(now: t0) == .failed(.deviceReset))
        #expect(monitor.currentFromShunt(now: t0).value == Milliamperes(10_000), "needs no calibration")
        try monitor.configure()
        #expect(monitor.current(now: t0).value == .zero)
    }

    @Test func floodsAreCheckedAgainstTheIdentity() {
        chip.bytes = [:]
        #expect(monitor.busVoltage(now: t0) == .failed(.allOnes))
        chip.bytes = [0x02: [0, 0], 0xFE: [0, 0]]
        #expect(monitor.busVoltage(now: t0) == .failed(.allZeros))
        chip.bytes = [0x02: [0, 0], 0xFE: [0x54, 0x49]]
        #expect(monitor.busVoltage(now: t0) == .ok(.zero, at: t0), "an unpowered rail is a measurement")
    }
}

@Suite struct INA260Tests {
    @Test func scalesAndIdentity() throws {
        #expect(INA260.current(8000) == Milliamperes(10_000))
        #expect(INA260.current(0xFF38) == Milliamperes(-250), "the sign counts")
        #expect(INA260.busVoltage(4096) == Millivolts(5120))
        #expect(INA260.power(1234) == Milliwatts(12_340))
        let chip = RegisterChip(words: [0x01: 8000, 0x02: 4096, 0x03: 5120, 0xFE: 0x5449, 0xFF: 0x2270])
        let bus = FakeI2CBus([0x40: chip])
        let monitor = INA260(on: bus)
        try monitor.validate()
        #expect(monitor.current(now: t0) == .ok(Milliamperes(10_000), at: t0))
        #expect(monitor.busVoltage(now: t0) == .ok(Millivolts(5120), at: t0))
        #expect(monitor.power(now: t0) == .ok(Milliwatts(51_200), at: t0))
        chip.bytes = [0x01: [0xFF, 0xFF], 0xFE: [0xFF, 0xFF]]
        #expect(monitor.current(now: t0) == .failed(.allOnes))
        #expect(throws: ChipFault(.ina260, .wrongPart(register: 0xFE, found: 0xFFFF, expected: 0x5449))) {
            try monitor.validate()
        }
    }
}

@Suite struct DS4432UTests {
    @Test(
        arguments: [
            (1000, 0xFC), (1100, 0xE1), (1200, 0xC6), (1300, 0xAB), (1400, 0x90), (1450, 0x83), (1500, 0x0C), (1451, 0),
        ] as [(Int32, UInt8)])
    func bitaxeCodes(millivolts: Int32, code: UInt8) {
        #expect(DS4432U.code(for: Millivolts(millivolts), circuit: .bitaxe) == code)
    }

    @Test func voltagesBeyondTheDACsCurrentHaveNoCode() {
        // The published software accepts 46–2390 mV and lets the code run over; the current does not reach that far.
        for millivolts: Int32 in [46, 500, 980, 1935, 2390, -1000, .max, .min] {
            #expect(DS4432U.code(for: Millivolts(millivolts), circuit: .bitaxe) == nil, "\(millivolts) mV")
        }
        #expect(DS4432U.code(for: Millivolts(990), circuit: .bitaxe) == 0xFF)
        #expect(DS4432U.code(for: Millivolts(1928), circuit: .bitaxe) == 0x7F)
    }

    @Test func everyCodeStaysOnItsSideOfTheIdleVoltage() throws {
        for millivolts in Int32(990)...1928 {
            let code = try #require(DS4432U.code(for: Millivolts(millivolts), circuit: .bitaxe))
            let lowers = code & 0x80 != 0
            #expect(lowers == (millivolts < 1451))
            // 3.70 mV for each step from the calculated idle voltage of 1458.4 mV; rounding adds at most one step.
            let made = 1458.4 + (lowers ? -1 : 1) * Double(code & 0x7F) * 3.6999
            #expect(abs(made - Double(millivolts)) < 8, "\(millivolts) mV")
        }
    }

    @Test func aCircuitOfNonsenseHasNoCodes() {
        var circuit = DS4432U.Circuit.bitaxe
        circuit.lowerResistor = 0
        #expect(DS4432U.code(for: Millivolts(1200), circuit: circuit) == nil)
    }

    @Test func theBoardFilesLimitsHold() throws {
        let chip = RegisterChip([0xF8: 0, 0xF9: 0])
        let bus = FakeI2CBus([0x48: chip])
        let dac = DS4432U(on: bus, limits: Millivolts(1000)...Millivolts(1300))
        try dac.validate()
        try dac.setVoltage(Millivolts(1200), output: .out1)
        #expect(bus.trace.suffix(2) == [.write(0x48, [0xF9, 0xC6]), .writeRead(0x48, [0xF9], 1)])
        #expect(throws: ChipFault(.ds4432u, .outOfRange(requested: 1301, allowed: 1000...1300))) {
            try dac.setVoltage(Millivolts(1301), output: .out0)
        }
        chip.stuck = [0xF8]
        #expect(throws: ChipFault(.ds4432u, .notKept(register: 0xF8, wrote: 0xC6, found: 0))) {
            try dac.setVoltage(Millivolts(1200), output: .out0)
        }
        let wide = DS4432U(on: bus, limits: Millivolts(0)...Millivolts(5000))
        #expect(throws: ChipFault(.ds4432u, .notRepresentable(requested: 2390))) {
            try wide.setVoltage(Millivolts(2390), output: .out1)
        }
    }
}

@Suite struct PMBusFormatTests {
    let nineBits = ULINEAR16.Exponent(voutMode: 0x17)

    @Test(
        arguments: [
            (4800, 0xCA66), (4500, 0xCA40), (6500, 0xCB40), (11_000, 0xD2C0), (14_800, 0xD3B3), (25_000, 0xDB20),
            (30_000, 0xDBC0), (250, 0xAA00), (125, 0xA200),
        ] as [(Int64, UInt16)])
    func linear11(milli: Int64, bits: UInt16) throws {
        let number = try #require(SLINEAR11(milli: milli))
        #expect(number.bits == bits)
        #expect((milli - number.milli) >= 0 && (milli - number.milli) * 512 <= milli)
    }

    @Test(arguments: [(105, 0x0069), (145, 0x0091), (650, 0x028A), (0, 0), (3, 3), (-1, 0x07FF)] as [(Int16, UInt16)])
    func wholeNumbersHaveExponentZero(number: Int16, bits: UInt16) {
        #expect(SLINEAR11(integer: number)?.bits == bits)
        #expect(SLINEAR11(bits: bits).milli == Int64(number) * 1000)
    }

    @Test(arguments: [(1000, 0x0200), (1150, 0x024C), (1200, 0x0266), (1250, 0x0280), (2000, 0x0400), (3600, 0x0733)])
    func ulinear16(milli: Int32, bits: UInt16) throws {
        let exponent = try #require(nineBits)
        #expect(exponent.value == -9)
        #expect(ULINEAR16(milli: milli, exponent: exponent)?.bits == bits)
        // A 512th of a volt is lost at most.
        let decoded = ULINEAR16(bits: bits).milli(exponent: exponent)
        #expect((0...2).contains(milli - decoded))
    }

    @Test func everyLinear11WordSurvivesDecodingAndEncoding() throws {
        for bits in UInt16(0)...0xFFFF {
            let number = SLINEAR11(bits: bits)
            let mantissa = Int64(number.mantissa)
            // Exact in thousandths: small negative exponents and whole numbers.
            guard (-3...15).contains(number.exponent) else { continue }
            #expect(number.milli * 8 == mantissa * 1000 << Int64(number.exponent + 3))
            // One pattern, mantissa −1024, has no mirror image and is left to its neighbour.
            if mantissa == -1024 { continue }
            let again = try #require(SLINEAR11(milli: number.milli))
            #expect(again.milli == number.milli)
        }
    }

    @Test func encodingNeverExceedsTheRequestAndLosesLessThanOnePart512() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            let milli = Int64.random(in: 1...33_000_000, using: &generator)
            let up = try #require(SLINEAR11(milli: milli))
            #expect(up.milli <= milli && (milli - up.milli) * 512 <= milli + 512)
            let down = try #require(SLINEAR11(milli: -milli))
            #expect(down.milli == -up.milli)
        }
    }

    @Test func numbersBeyondTheFormatsHaveNoCode() throws {
        #expect(SLINEAR11(milli: 1024 * 32768 * 1000) == nil)
        #expect(SLINEAR11(milli: 1023 * 32768 * 1000)?.bits == 0x7BFF)
        #expect(SLINEAR11(milli: .min) == nil)
        #expect(SLINEAR11(milli: .max) == nil)
        #expect(SLINEAR11(integer: 1024) == nil)
        #expect(SLINEAR11(integer: -1025) == nil)
        let exponent = try #require(nineBits)
        #expect(ULINEAR16(milli: -1, exponent: exponent) == nil)
        #expect(ULINEAR16(milli: 127_999, exponent: exponent)?.bits == 0xFFFF)
        #expect(ULINEAR16(milli: 128_000, exponent: exponent) == nil)
    }

    @Test func ulinear16RoundTripsForEveryExponent() throws {
        for mode in UInt8(0)...0x1F {
            let exponent = try #require(ULINEAR16.Exponent(voutMode: mode))
            #expect(exponent.value == (mode < 16 ? Int8(mode) : Int8(mode) - 32))
            for bits: UInt16 in [0, 1, 255, 256, 588, 4095, 30_000, 65_535] {
                let milli = ULINEAR16(bits: bits).milli(exponent: exponent)
                guard milli < .max, let again = ULINEAR16(milli: milli, exponent: exponent) else { continue }
                #expect(again.bits <= bits)
                let error = Double(bits - again.bits) * (exponent.value < 0 ? 1 / Double(1 << -exponent.value) : 1)
                #expect(error < 0.0011 || again.bits == bits || bits - again.bits == 1)
            }
        }
        for mode: UInt8 in [0x20, 0x37, 0x57, 0xFF] { #expect(ULINEAR16.Exponent(voutMode: mode) == nil) }
    }
}

@Suite struct OutputAgreementTests {
    @Test(
        arguments: [
            (1200, OutputAgreement.agrees), (1170, .agrees), (1230, .agrees), (1169, .low), (1231, .high), (121, .low),
            (119, .absent), (0, .absent), (-5, .absent),
        ] as [(Int32, OutputAgreement)])
    func measuredIsHeldAgainstCommanded(measured: Int32, expected: OutputAgreement) {
        #expect(
            OutputAgreement(
                measured: Millivolts(measured), commanded: Millivolts(1200), tolerance: Millivolts(30)) == expected)
    }
}
