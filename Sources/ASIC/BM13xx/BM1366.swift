extension ChipFamily {
    /// BM1366: Antminer S19 XP and S19k Pro, Bitaxe Ultra.
    public static let bm1366 = ChipFamily(
        model: 0x1366, cores: 112, smallCores: 894, subCores: 8,
        pll: PLLRules(feedback: 144...235, allowsEqualPostDividers: false, postDividers: .minusOne),
        pllPrelude: nil, rampStart: .megahertz(50), defaultFrequency: .megahertz(485),
        jobFormat: .fullHeader, jobIDs: .lowThreeBitsSubCore, nonceLayout: .addressBits,
        maximumJobInterval: .milliseconds(2000),
        bauds: [.powerOn, .oneMegabaud],
        bringUp: [
            .versionMask,
            .versionMask,
            .versionMask,
            .enumerate,
            .write(RegisterWrite(.softReset, 0x0007_0000)),
            .write(RegisterWrite(.miscControl, 0xFF0F_C100)),
            .address,
            .write(RegisterWrite(core: 0x05, 0x40)),
            .write(RegisterWrite(core: 0x00, 0x20)),
            .ticketMask,
            .write(RegisterWrite(.analogMux, 3)),
            .write(RegisterWrite(.ioDriveStrength, 0x0211_1111)),
            .writeFirst(RegisterWrite(.uartRelay, UARTRelay(gapCount: 0x7C).word)),
            .writeEach([
                RegisterWrite(.softReset, 0x0007_01F0),
                RegisterWrite(.miscControl, 0xF000_C100),
                RegisterWrite(core: 0x05, 0x40),
                RegisterWrite(core: 0x00, 0x20),
                RegisterWrite(core: 0x02, 0xAA),
            ]),
            .ramp,
            .sweepDeadline,
            .versionMask,
            .raiseBaud,
        ],
        healthCheck: [.read(.totalCounter), .read(.errorCounter)])
}

extension BaudSetting {
    /// The rate of a BM1362 or later after reset: 115,740 baud, within half a percent of the standard 115,200.
    static let powerOn = BaudSetting(rate: 115_200, write: RegisterWrite(.fastUART, 0x0130_1A00))
    /// 25 MHz / 24.
    static let oneMegabaud = BaudSetting(rate: 1_041_667, write: RegisterWrite(.fastUART, 0x1130_0200))
}
