import Base
import Buses
import Peripherals
import Testing

@Suite struct TMP75Tests {
    @Test(
        arguments: [
            (0x7FF0, 127_938), (0x6400, 100_000), (0x5000, 80_000), (0x4B00, 75_000), (0x3200, 50_000),
            (0x1900, 25_000),
            (0x0040, 250), (0x0010, 63), (0xFFF0, -62), (0xE700, -25_000), (0xCE00, -50_000), (0x8000, -128_000),
        ] as [(UInt16, Int32)])
    func tmp1075Words(raw: UInt16, millidegrees: Int32) throws {
        #expect(try TMP75.celsius(raw, model: .tmp1075).millidegrees == millidegrees)
        #expect(try TMP75.celsius(raw, model: .tmp75).millidegrees == millidegrees)
    }

    @Test func anLM75HasElevenBits() throws {
        #expect(try TMP75.celsius(0x1920, model: .lm75).millidegrees == 25_125)
        #expect(try TMP75.celsius(0x193F, model: .lm75).millidegrees == 25_125, "the low five bits are undefined")
        #expect(try TMP75.celsius(0xE700, model: .lm75) == .degrees(-25))
        #expect(try TMP75.celsius(0xFFE0, model: .lm75).millidegrees == -125)
    }

    @Test(arguments: [TMP75.Model.lm75, .tmp75, .tmp1075])
    func stuckLinesAreNoTemperature(model: TMP75.Model) {
        #expect(throws: ReadingFailure.allOnes) { try TMP75.celsius(0xFFFF, model: model) }
        #expect(throws: ReadingFailure.allZeros) { try TMP75.celsius(0x0000, model: model) }
    }

    @Test func aReadingIsOneTransferOfRegisterZero() {
        let bus = FakeI2CBus([0x48: RegisterChip(words: [0x00: 0x1900])])
        let sensor = TMP75(.tmp75, on: bus, at: 0x48, offset: .degrees(5))
        #expect(sensor.temperature(now: t0) == .ok(.degrees(30), at: t0))
        #expect(bus.trace == [.writeRead(0x48, [0x00], 2)])
    }

    @Test func aTMP75IsSetToTwelveBitsAndReadBack() throws {
        let chip = RegisterChip([0x01: 0x00])
        let bus = FakeI2CBus([0x49: chip])
        try TMP75(.tmp75, on: bus, at: 0x49).configure()
        #expect(bus.trace == [.write(0x49, [0x01, 0x60]), .writeRead(0x49, [0x01], 1)])

        chip[0x01] = 0x00
        chip.stuck = [0x01]
        #expect(throws: ChipFault(.tmp75, .notKept(register: 0x01, wrote: 0x60, found: 0x00))) {
            try TMP75(.tmp75, on: bus, at: 0x49).configure()
        }
    }

    @Test func anLM75IsSetToConvertAndATMP1075NeedsNothing() throws {
        let bus = FakeI2CBus([0x48: RegisterChip([0x01: 0x01]), 0x4A: RegisterChip()])
        try TMP75(.lm75, on: bus, at: 0x48).configure()
        try TMP75(.tmp1075, on: bus, at: 0x4A).configure()
        #expect(bus.trace == [.write(0x48, [0x01, 0x00]), .writeRead(0x48, [0x01], 1)])
    }

    @Test func onlyTheTMP1075CanBeIdentified() throws {
        let bus = FakeI2CBus([
            0x4A: RegisterChip(words: [0x0F: 0x7500]), 0x4B: RegisterChip(words: [0x0F: 0x7501]),
            0x48: RegisterChip(words: [0x00: 0x1900]), 0x49: RegisterChip(),
        ])
        try TMP75(.tmp1075, on: bus, at: 0x4A).validate()
        #expect(throws: ChipFault(.tmp1075, .wrongPart(register: 0x0F, found: 0x7501, expected: 0x7500))) {
            try TMP75(.tmp1075, on: bus, at: 0x4B).validate()
        }
        try TMP75(.lm75, on: bus, at: 0x48).validate()
        #expect(throws: ChipFault(.lm75, .wrongPart(register: 0x00, found: 0xFFFF, expected: 0))) {
            try TMP75(.lm75, on: bus, at: 0x49).validate()
        }
        #expect(
            ChipFault(.tmp1075, .wrongPart(register: 0x0F, found: 0x7501, expected: 0x7500)).description
                == "tmp1075 register 0x0f: found 0x7501, expected 0x7500: another part")
    }
}

@Suite struct TMP451Tests {
    let chip = RegisterChip([0x03: 0x00, 0x02: 0x00, 0xFE: 0x55, 0x11: 0, 0x23: 0])
    let bus: FakeI2CBus

    init() {
        chip.aliases = [0x09: 0x03]
        bus = FakeI2CBus([0x4C: chip])
    }

    @Test func standardRange() throws {
        #expect(try TMP451.celsius(high: 0x19, low: 0x10, extendedRange: false).millidegrees == 25_063)
        #expect(try TMP451.celsius(high: 0x19, low: 0x1F, extendedRange: false).millidegrees == 25_063)
        #expect(try TMP451.celsius(high: 0x7F, low: 0xF0, extendedRange: false).millidegrees == 127_938)
        #expect(throws: ReadingFailure.implausible) { try TMP451.celsius(high: 0x80, low: 0, extendedRange: false) }
        #expect(throws: ReadingFailure.allOnes) { try TMP451.celsius(high: 0xFF, low: 0xFF, extendedRange: true) }
    }

    @Test func extendedRangeCountsFromMinus64() throws {
        #expect(try TMP451.celsius(high: 0x57, low: 0, extendedRange: true) == .degrees(23))
        #expect(try TMP451.celsius(high: 0x69, low: 0, extendedRange: true) == .degrees(41))
        #expect(try TMP451.celsius(high: 0x00, low: 0x10, extendedRange: true).millidegrees == -63_937)
    }

    @Test func configurationKeepsForeignBitsAndWakesThePart() throws {
        chip[0x03] = 0xC0
        let sensor = TMP451(
            .tmp451, on: bus, at: 0x4C,
            configuration: .init(extendedRange: true, remoteOffset: -2, idealityCorrection: 0x12))
        try sensor.validate()
        try sensor.configure()
        #expect(
            bus.trace == [
                .writeRead(0x4C, [0xFE], 1), .writeRead(0x4C, [0x03], 1), .write(0x4C, [0x09, 0x84]),
                .writeRead(0x4C, [0x03], 1), .write(0x4C, [0x11, 0xFE]), .writeRead(0x4C, [0x11], 1),
                .write(0x4C, [0x23, 0x12]), .writeRead(0x4C, [0x23], 1),
            ])
    }

    @Test func bothTemperaturesAreReadHighByteFirst() {
        chip.bytes = [0x03: [0x04], 0x02: [0x00], 0x00: [0x57], 0x15: [0x80], 0x01: [0x69], 0x10: [0x40]]
        let sensor = TMP451(.tmp451, on: bus, at: 0x4C)
        #expect(sensor.localTemperature(now: t0) == .ok(Celsius(millidegrees: 23_500), at: t0))
        #expect(sensor.remoteTemperature(now: t0) == .ok(Celsius(millidegrees: 41_250), at: t0))
        #expect(
            bus.trace == [
                .writeRead(0x4C, [0x03], 1), .writeRead(0x4C, [0x00], 1), .writeRead(0x4C, [0x15], 1),
                .writeRead(0x4C, [0x03], 1), .writeRead(0x4C, [0x02], 1), .writeRead(0x4C, [0x01], 1),
                .writeRead(0x4C, [0x10], 1),
            ])
    }

    @Test func anADT7461HasNoFractionAndItsOwnIdentity() throws {
        chip.bytes = [0x03: [0x04], 0x02: [0x00], 0x00: [0x57], 0x01: [0x69], 0xFE: [0x41]]
        let sensor = TMP451(.adt7461, on: bus, at: 0x4C)
        try sensor.validate()
        #expect(sensor.localTemperature(now: t0).value == .degrees(23))
        #expect(sensor.remoteTemperature(now: t0).value == .degrees(41))
        #expect(throws: ChipFault(.tmp451, .wrongPart(register: 0xFE, found: 0x41, expected: 0x55))) {
            try TMP451(.tmp451, on: bus, at: 0x4C).validate()
        }
    }

    @Test func diodeFaultsAreNamed() {
        let sensor = TMP451(.tmp451, on: bus, at: 0x4C)
        chip.bytes = [0x03: [0x04], 0x02: [0x04], 0x01: [0x69], 0x10: [0x00]]
        #expect(sensor.remoteTemperature(now: t0) == .failed(.openCircuit))
        chip.bytes = [0x03: [0x04], 0x02: [0x00], 0x01: [0x00], 0x10: [0x00]]
        #expect(sensor.remoteTemperature(now: t0) == .failed(.shortCircuit))
        chip.bytes = [0x03: [0x04], 0x00: [0x00], 0x15: [0x00]]
        #expect(sensor.localTemperature(now: t0) == .failed(.allZeros), "−64 °C is what an idle part shows")
        let standard = TMP451(.tmp451, on: bus, at: 0x4C, configuration: .init(extendedRange: false))
        chip.bytes = [0x03: [0x00], 0x02: [0x00], 0x01: [0x00], 0x10: [0x00]]
        #expect(standard.remoteTemperature(now: t0) == .failed(.allZeros))
    }

    @Test func aPartThatLostItsRangeIsNotBelieved() {
        // 41 °C in the standard range would pass for −23 °C in the extended one.
        chip.bytes = [0x03: [0x00], 0x02: [0x00], 0x01: [41], 0x10: [0x00], 0x00: [41], 0x15: [0]]
        let sensor = TMP451(.tmp451, on: bus, at: 0x4C)
        #expect(sensor.remoteTemperature(now: t0) == .failed(.deviceReset))
        #expect(sensor.localTemperature(now: t0) == .failed(.deviceReset))
    }
}

@Suite struct NCT218Tests {
    @Test func identityRangeAndTemperature() throws {
        let chip = RegisterChip([0xFE: 0x1A, 0x03: 0x40, 0x00: 0x59])
        chip.aliases = [0x09: 0x03]
        let bus = FakeI2CBus([0x4C: chip])
        let sensor = NCT218(on: bus, at: 0x4C)
        try sensor.validate()
        #expect(sensor.temperature(now: t0) == .failed(.deviceReset), "not configured yet")
        try sensor.configure()
        #expect(bus.trace.contains(.write(0x4C, [0x09, 0x04])))
        #expect(sensor.temperature(now: t0) == .ok(.degrees(25), at: t0))
        chip[0x00] = 0
        #expect(sensor.temperature(now: t0) == .failed(.allZeros))
        chip[0x00] = 0xFF
        #expect(sensor.temperature(now: t0) == .failed(.allOnes))
        chip[0xFE] = 0x55
        #expect(throws: ChipFault(.nct218, .wrongPart(register: 0xFE, found: 0x55, expected: 0x1A))) {
            try sensor.validate()
        }
    }
}

@Suite struct TMP421Tests {
    let chip = RegisterChip([
        0xFE: 0x55, 0xFF: 0x21, 0x09: 0x00, 0x0A: 0x00, 0x00: 25, 0x10: 0x00, 0x01: 0x40, 0x11: 0x00,
    ])
    let bus: FakeI2CBus

    init() {
        bus = FakeI2CBus([0x4D: chip])
    }

    @Test(arguments: [(TMP421.Model.tmp421, 0x1C), (.tmp422, 0x3C), (.tmp423, 0x7C)] as [(TMP421.Model, UInt8)])
    func everyModelTurnsItsOwnChannelsOn(model: TMP421.Model, code: UInt8) {
        #expect(TMP421.channels(model) == code)
    }

    @Test func identityNamesTheModel() throws {
        try TMP421(.tmp421, on: bus, at: 0x4D).validate()
        #expect(throws: ChipFault(.tmp421, .wrongPart(register: 0xFF, found: 0x21, expected: 0x23))) {
            try TMP421(.tmp423, on: bus, at: 0x4D).validate()
        }
    }

    @Test func valuesAreDiscardedUntilTheRangeSwitchShows() throws {
        var sensor = TMP421(.tmp421, on: bus, at: 0x4D)
        try sensor.configure()
        #expect(
            bus.trace == [
                .writeRead(0x4D, [0x09], 1), .writeRead(0x4D, [0x00], 1), .write(0x4D, [0x09, 0x04]),
                .writeRead(0x4D, [0x09], 1), .write(0x4D, [0x0A, 0x1C]), .writeRead(0x4D, [0x0A], 1),
            ])
        chip[0x01] = 41
        #expect(sensor.temperature(channel: 1, now: t0) == .failed(.settling), "would be −23 °C")
        chip[0x00] = 25 + 64
        chip[0x01] = 41 + 64
        chip[0x11] = 0x80
        #expect(sensor.temperature(channel: 1, now: t0) == .ok(Celsius(millidegrees: 41_500), at: t0))
        #expect(sensor.temperature(channel: 0, now: t0) == .ok(.degrees(25), at: t0))
    }

    @Test func aPartAlreadyInTheRangeNeedsNoSettling() throws {
        chip[0x09] = 0x04
        chip[0x00] = 25 + 64
        var sensor = TMP421(.tmp421, on: bus, at: 0x4D)
        try sensor.configure()
        #expect(sensor.temperature(channel: 0, now: t0).value == .degrees(25))
    }

    @Test func faultSignatures() throws {
        #expect(throws: ReadingFailure.openCircuit) { try TMP421.celsius(high: 0x59, low: 0x01) }
        #expect(throws: ReadingFailure.markedInvalid) { try TMP421.celsius(high: 0x59, low: 0x02) }
        #expect(throws: ReadingFailure.openCircuit) { try TMP421.celsius(high: 0x59, low: 0x03) }
        #expect(throws: ReadingFailure.shortCircuit) { try TMP421.celsius(high: 0x00, low: 0x00) }
        #expect(throws: ReadingFailure.allOnes) { try TMP421.celsius(high: 0xFF, low: 0xFF) }
        #expect(try TMP421.celsius(high: 0x01, low: 0x00) == .degrees(-63))
        #expect(try TMP421.celsius(high: 0x7F, low: 0xF0).millidegrees == 63_938)
    }

    @Test func resetsAndMissingChannelsAreNotBelieved() throws {
        var sensor = TMP421(.tmp421, on: bus, at: 0x4D)
        try sensor.configure()
        chip[0x09] = 0x00
        #expect(sensor.temperature(channel: 0, now: t0) == .failed(.deviceReset))
        #expect(sensor.temperature(channel: 2, now: t0) == .failed(.implausible))
    }
}
