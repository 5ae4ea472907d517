extension ChipFamily {
    /// BM1370: Antminer S21 Pro, Bitaxe Gamma.
    public static let bm1370 = ChipFamily(
        model: 0x1370, cores: 128, smallCores: 2040, subCores: 16,
        pll: PLLRules(
            feedback: 160...239, oscillatorHertz: 1_600_000_000...3_200_000_000, allowsEqualPostDividers: true,
            postDividers: .minusOne),
        pllPrelude: nil, rampStart: ClockFrequency(hertz: 56_250_000), defaultFrequency: .megahertz(525),
        jobFormat: .fullHeader, jobIDs: .lowFourBitsSubCore, nonceLayout: .offsetWindows,
        maximumJobInterval: .milliseconds(500),
        bauds: [
            .powerOn,
            .oneMegabaud,
            BaudSetting(rate: 3_125_000, write: RegisterWrite(.fastUART, 0x0130_0000)),
        ],
        bringUp: [
            .versionMask,
            .versionMask,
            .versionMask,
            .enumerate,
            .versionMask,
            .write(RegisterWrite(.softReset, 0x0007_0000)),
            .write(RegisterWrite(.miscControl, 0xF000_C100)),
            .address,
            .write(RegisterWrite(core: 0x0B, 0x00)),
            .write(RegisterWrite(core: 0x00, 0x0C)),
            .ticketMask,
            .write(RegisterWrite(.ioDriveStrength, 0x0001_1111)),
            // Switches the ring-oscillator pads off.
            .write(RegisterWrite(.pll3, 0x5AA5_5AA5)),
            .domainEdges,
            .writeEach([
                RegisterWrite(.softReset, 0x0007_01F0),
                RegisterWrite(.miscControl, 0xF000_C100),
                RegisterWrite(core: 0x0B, 0x00),
                RegisterWrite(core: 0x00, 0x0C),
                RegisterWrite(core: 0x02, 0xAA),
            ]),
            // Brings the temperature diode to the pin where the board's sensor measures it.
            .write(RegisterWrite(.converterControl, 0x0000_4480)),
            .write(RegisterWrite(.analogMux, 2)),
            .write(RegisterWrite(.converterControl, 0x0000_4480)),
            .write(RegisterWrite(core: 0x0D, 0xEE)),
            .ramp,
            .sweepDeadline,
            .nonceOffsets,
            .versionMask,
            .raiseBaud,
        ],
        healthCheck: [
            .read(.totalCounter),
            .read(.errorCounter),
            .read(.domainCounter0),
            .read(.domainCounter1),
            .read(.domainCounter2),
            .read(.domainCounter3),
        ])
}
