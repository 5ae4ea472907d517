extension ChipFamily {
    /// BM1368: Antminer S21, Bitaxe Supra.
    public static let bm1368 = ChipFamily(
        model: 0x1368, cores: 80, smallCores: 1276, subCores: 16,
        pll: PLLRules(feedback: 144...235, allowsEqualPostDividers: false, postDividers: .minusOne),
        pllPrelude: nil, rampStart: .megahertz(50), defaultFrequency: .megahertz(490),
        jobFormat: .fullHeader, jobIDs: .lowFourBitsSubCore, nonceLayout: .unknown,
        maximumJobInterval: .milliseconds(500),
        bauds: [.powerOn, .oneMegabaud],
        bringUp: [
            .versionMask,
            .versionMask,
            .versionMask,
            .enumerate,
            .write(RegisterWrite(.softReset, 0x0007_0000)),
            .write(RegisterWrite(.miscControl, 0xFF0F_C100)),
            .address,
            .write(RegisterWrite(core: 0x0B, 0x00)),
            .write(RegisterWrite(core: 0x00, 0x18)),
            .ticketMask,
            .write(RegisterWrite(.analogMux, 3)),
            .write(RegisterWrite(.ioDriveStrength, 0x0211_1111)),
            .writeEach([
                RegisterWrite(.softReset, 0x0007_01F0),
                RegisterWrite(.miscControl, 0xF000_C100),
                RegisterWrite(core: 0x0B, 0x00),
                RegisterWrite(core: 0x00, 0x18),
                RegisterWrite(core: 0x02, 0xAA),
            ]),
            .ramp,
            .sweepDeadline,
            .versionMask,
            .raiseBaud,
        ],
        healthCheck: [
            .read(.totalCounter),
            .read(.errorCounter),
            // The thermometer: power down, release its reset, load, convert.
            .write(RegisterWrite(.temperatureControl, 0x8000_0000)),
            .write(RegisterWrite(.temperatureControl, 0x0002_0000)),
            .write(RegisterWrite(.temperatureControl, 0x0102_0000)),
            .write(RegisterWrite(.temperatureControl, 0x1002_0000)),
            .read(.temperatureResult),
        ])
}
