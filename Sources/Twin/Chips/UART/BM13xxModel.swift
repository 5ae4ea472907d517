/// What sets one simulated BM13xx family apart from the others. Written from Docs/twin.md, "Chips on a UART", and
/// independently of the driver that it is there to test.
public struct BM13xxModel: Sendable {
    /// How a family takes work.
    public enum JobFormat: Sendable {
        /// Midstates, one for each engine of a core (BM1397).
        case midstates
        /// A whole header whose version the chip rolls.
        case header
    }

    /// Which part of the nonces is a chip's own.
    public enum NonceSplit: Sendable {
        /// Bits 24–17 of the nonce as sent are the chip's address.
        case address
        /// The counter starts where register 0C says.
        case offset
    }

    /// How the job's id comes back beside the engine's number.
    public enum ResultLayout: Sendable {
        /// Id in bits 6–2, midstate in 1–0.
        case idAndMidstate
        /// Id in bits 7–3, engine in 2–0.
        case idAndThreeBits
        /// Half of the id's bits 6–3 in 7–4, engine in 3–0.
        case halfIDAndFourBits
    }

    /// Register 00, bits 31–16.
    public let digits: UInt16
    /// Register 00, bits 15–8.
    public let coreByte: UInt8
    /// Values of the core field, bits 31–25 of the nonce as sent, that are searched.
    public let cores: Int
    /// Engines of a core, each at a version or midstate of its own.
    public let engines: Int
    /// Engines that make the chip's rate: hashes per cycle of the clock (Docs/chips-uart.md).
    public let hashesPerCycle: UInt64
    public let jobFormat: JobFormat
    public let nonceSplit: NonceSplit
    public let resultLayout: ResultLayout
    /// Chips on the hash board that the family is best known from.
    public let usualChipCount: Int
    /// The clock that the rate given to a chain belongs to, in hertz.
    public let usualClock: UInt64
    /// Supply of a single chip in millivolts.
    public let chipMillivolts: Int32
    /// Registers after reset that are not 0, each with its value.
    let resetValues: [(register: UInt8, value: UInt32)]

    /// Whether post-dividers are stored one less.
    var storesDividersMinusOne: Bool { jobFormat == .header }
    /// Whether registers A4, 10 and the cores' own enable decide about hashing.
    var rollsVersions: Bool { jobFormat == .header }
    /// Whether register B4 is a thermometer.
    var hasThermometer: Bool { digits == 0x1368 }

    public static let bm1397 = BM13xxModel(
        digits: 0x1397, coreByte: 0x18, cores: 128, engines: 4, hashesPerCycle: 672, jobFormat: .midstates,
        nonceSplit: .address, resultLayout: .idAndMidstate, usualChipCount: 48, usualClock: 425_000_000,
        chipMillivolts: 1400,
        resetValues: [
            (0x04, 0x8000_0000), (0x08, 0xC060_0161), (0x18, 0x0000_3A01), (0x1C, 0x0100_0000),
            (0x20, 0x0000_FFFF), (0x28, 0x0600_000F), (0x2C, 0x000F_0000), (0x3C, 0x0000_4000),
            (0x44, 0x0000_0100), (0x48, 0xFF00_0000), (0x58, 0x0211_2111), (0x5C, 0x0000_FFFF),
            (0x60, 0x0064_0111), (0x64, 0x0068_0111), (0x68, 0x0070_0111), (0x70, 0x0304_0607),
            (0x74, 0x0304_0506), (0x78, 0x0304_0506), (0x7C, 0x0304_0506), (0x80, 0xD95C_8410),
            (0x84, 0xFB73_EA62), (0x90, 0x0000_0070), (0x94, 0x0037_6400), (0x98, 0x3030_3030),
            (0x9C, 0x0000_FFFF),
        ])
    public static let bm1362 = BM13xxModel(
        digits: 0x1362, coreByte: 0x03, cores: 65, engines: 8, hashesPerCycle: 514, nonceSplit: .address,
        resultLayout: .idAndThreeBits, usualChipCount: 126, usualClock: 525_000_000, chipMillivolts: 330,
        softReset: 0)
    public static let bm1366 = BM13xxModel(
        digits: 0x1366, coreByte: 0, cores: 112, engines: 8, hashesPerCycle: 894, nonceSplit: .address,
        resultLayout: .idAndThreeBits, usualChipCount: 77, usualClock: 485_000_000, chipMillivolts: 1200,
        softReset: 0x0007_0000)
    /// How the chips of a BM1368 chain share the nonces is not published; by address was chosen here.
    public static let bm1368 = BM13xxModel(
        digits: 0x1368, coreByte: 0, cores: 80, engines: 16, hashesPerCycle: 1276, nonceSplit: .address,
        resultLayout: .halfIDAndFourBits, usualChipCount: 108, usualClock: 490_000_000, chipMillivolts: 1166,
        softReset: 0x0007_0000)
    public static let bm1370 = BM13xxModel(
        digits: 0x1370, coreByte: 0, cores: 128, engines: 16, hashesPerCycle: 2040, nonceSplit: .offset,
        resultLayout: .halfIDAndFourBits, usualChipCount: 65, usualClock: 525_000_000, chipMillivolts: 1150,
        softReset: 0x0007_0000)

    public static let all: [BM13xxModel] = [.bm1362, .bm1366, .bm1368, .bm1370, .bm1397]

    /// The families that roll versions, whose registers after reset are alike as far as they are known.
    private init(
        digits: UInt16, coreByte: UInt8, cores: Int, engines: Int, hashesPerCycle: UInt64, nonceSplit: NonceSplit,
        resultLayout: ResultLayout, usualChipCount: Int, usualClock: UInt64, chipMillivolts: Int32, softReset: UInt32
    ) {
        self.init(
            digits: digits, coreByte: coreByte, cores: cores, engines: engines, hashesPerCycle: hashesPerCycle,
            jobFormat: .header, nonceSplit: nonceSplit, resultLayout: resultLayout, usualChipCount: usualChipCount,
            usualClock: usualClock, chipMillivolts: chipMillivolts,
            // The clock after reset is not published; 56.25 MHz is where vendor firmware begins.
            resetValues: [
                (0x08, 0x40A2_0255), (0x18, 0x0000_C100), (0x28, 0x0130_1A00), (0x2C, 0x000F_0000),
                (0xA4, 0x0000_FFFF), (0xA8, softReset),
            ])
    }

    private init(
        digits: UInt16, coreByte: UInt8, cores: Int, engines: Int, hashesPerCycle: UInt64, jobFormat: JobFormat,
        nonceSplit: NonceSplit, resultLayout: ResultLayout, usualChipCount: Int, usualClock: UInt64,
        chipMillivolts: Int32, resetValues: [(register: UInt8, value: UInt32)]
    ) {
        self.digits = digits
        self.coreByte = coreByte
        self.cores = cores
        self.engines = engines
        self.hashesPerCycle = hashesPerCycle
        self.jobFormat = jobFormat
        self.nonceSplit = nonceSplit
        self.resultLayout = resultLayout
        self.usualChipCount = usualChipCount
        self.usualClock = usualClock
        self.chipMillivolts = chipMillivolts
        self.resetValues = resetValues
    }

    /// Hashes per second of a real chain of `chipCount` chips at the usual clock.
    public func realHashesPerSecond(chipCount: Int) -> UInt64 { hashesPerCycle * usualClock * UInt64(chipCount) }

    // MARK: Clock and line

    /// CLKI, in hertz.
    static let inputHertz: UInt64 = 25_000_000

    /// The clock that register 08 stands for, in hertz; 0 when the loop is off or nothing can come of it.
    func clock(pllWord word: UInt32) -> UInt64 {
        guard word & 1 << 30 != 0 else { return 0 }
        let offset: UInt64 = storesDividersMinusOne ? 1 : 0
        let feedback = UInt64(word >> 16 & 0xFFF)
        let divisor =
            UInt64(word >> 8 & 0x3F) * (UInt64(word >> 4 & 0xF) + offset) * (UInt64(word & 0xF) + offset)
        return divisor == 0 ? 0 : Self.inputHertz * feedback / divisor
    }

    /// The register that holds the divider of the line rate.
    var baudRegister: UInt8 { jobFormat == .midstates ? 0x18 : 0x28 }

    /// The line rate, in baud, that `word` in that register stands for.
    func baud(word: UInt32) -> UInt32 {
        switch jobFormat {
        case .header: return 25_000_000 / (8 * (word >> 8 & 0xFF + 1))
        case .midstates:
            let divider = (word >> 24 & 0xF) << 5 | word >> 8 & 0x1F
            // From PLL3's 2.8 GHz divided by seven, or from the input clock.
            return (word & 1 << 16 != 0 ? 400_000_000 : 25_000_000) / (8 * (divider + 1))
        }
    }
}
