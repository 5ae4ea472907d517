extension ChipFamily {
    /// BM1397: Antminer S17 and T17, Bitaxe Max.
    public static let bm1397 = ChipFamily(
        model: 0x1397, cores: 168, smallCores: 672, subCores: 4,
        pll: PLLRules(feedback: 60...200, allowsEqualPostDividers: false, postDividers: .raw),
        pllPrelude: RegisterWrite(.pll0Divider, 0x0F0F_0F00), rampStart: .megahertz(50),
        defaultFrequency: .megahertz(425), jobFormat: .midstates, jobIDs: .lowTwoBitsSlot, nonceLayout: .addressBits,
        maximumJobInterval: .milliseconds(20),
        bauds: [
            BaudSetting(rate: 115_200, write: RegisterWrite(.miscControl, 0x0000_7A31)),
            BaudSetting(rate: 3_125_000, write: RegisterWrite(.miscControl, 0x0000_6031)),
            BaudSetting(rate: 6_250_000, write: RegisterWrite(.miscControl, 0x0001_2701)),
        ],
        bringUp: [
            .enumerate,
            .address,
            .write(RegisterWrite(.clockOrder0, 0)),
            .write(RegisterWrite(.clockOrder1, 0)),
            .write(RegisterWrite(.orderedClockEnable, 1)),
            .write(RegisterWrite(core: 0x00, 0x74)),
            .ticketMask,
            // PLL3 at 2.8 GHz, divided by seven: the 400 MHz from which rates beyond 3.125 Mbaud are made.
            .write(RegisterWrite(.pll3, 0xC070_0111)),
            .write(RegisterWrite(.fastUART, 0x0600_000F)),
            .write(RegisterWrite(.miscControl, 0x0000_7A31)),
            .ramp,
            .raiseBaud,
        ],
        healthCheck: [.read(.hashRate), .read(.errorCounter)])
}
