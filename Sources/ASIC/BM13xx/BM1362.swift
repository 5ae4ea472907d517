extension ChipFamily {
    /// BM1362: Antminer S19j Pro, EmberOne, GekkoScience GSA1.
    public static let bm1362 = ChipFamily(
        model: 0x1362, cores: 65, smallCores: 514, subCores: 8,
        pll: PLLRules(
            feedback: 0x10...0xFA, oscillatorHertz: 2_000_000_000...3_200_000_000,
            undividedOscillatorLimitHertz: 3_125_000_000, allowsEqualPostDividers: true, postDividers: .minusOne),
        pllPrelude: nil, rampStart: ClockFrequency(hertz: 56_250_000), defaultFrequency: .megahertz(525),
        jobFormat: .fullHeader, jobIDs: .lowThreeBitsSubCore, nonceLayout: .addressBits,
        maximumJobInterval: .milliseconds(500),
        bauds: [
            .powerOn,
            .oneMegabaud,
            BaudSetting(rate: 3_125_000, write: RegisterWrite(.fastUART, 0x1130_0000)),
        ],
        bringUp: [
            .versionMask,
            .enumerate,
            .versionMask,
            .versionMask,
            .write(RegisterWrite(.softReset, 0x0000_0000)),
            .write(RegisterWrite(.miscControl, 0xB000_C100)),
            .address,
            .write(RegisterWrite(core: 0x05, 0x40)),
            .write(RegisterWrite(core: 0x00, 0x08)),
            .ticketMask,
            .write(RegisterWrite(.analogMux, 3)),
            .write(RegisterWrite(.ioDriveStrength, 0x0001_1111)),
            .raiseBaud,
            .ramp,
            .writeEach([
                RegisterWrite(.softReset, 0x0000_0002),
                RegisterWrite(.miscControl, 0xB000_C100),
                RegisterWrite(core: 0x05, 0x40),
                RegisterWrite(core: 0x00, 0x08),
                RegisterWrite(core: 0x02, 0xAA),
            ]),
            .sweepDeadline,
            .versionMask,
        ],
        healthCheck: [.read(.errorCounter)])
}
