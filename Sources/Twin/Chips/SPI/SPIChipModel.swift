/// What sets the two simulated families of chips on SPI apart: Bitmine's A1 and Innosilicon's T1. Written from
/// Docs/twin.md, "Chips on SPI", and independently of the driver that it is there to test.
public struct SPIChipModel: Sendable {
    /// The families that there are.
    enum Family: Equatable, Sendable {
        case a1, t1
    }

    let family: Family
    /// Chips on the hash board that the family is best known from.
    public let usualChipCount: Int
    /// The clock that the rate given to a chain belongs to, in hertz.
    public let usualClock: UInt64
    /// Hashes of one core in a cycle of the clock.
    let hashesPerCycle: UInt64
    /// Midstates in a job.
    let slots: Int
    /// Supply of a single chip in millivolts.
    public let chipMillivolts: Int32

    /// Cores of a chip without faults.
    static let cores = 32
    /// Jobs that a chip holds: one that it searches and one that waits.
    static let queueDepth = 2
    /// Results that a chip keeps until they are read; chosen here.
    static let resultDepth = 8

    public static let a1 = SPIChipModel(
        family: .a1, usualChipCount: 32, usualClock: 800_000_000, hashesPerCycle: 1, slots: 1, chipMillivolts: 800)
    public static let t1 = SPIChipModel(
        family: .t1, usualChipCount: 63, usualClock: 1_332_000_000, hashesPerCycle: 2, slots: 4, chipMillivolts: 404)

    /// Hashes per second of a real chain of `chipCount` chips at the usual clock.
    public func realHashesPerSecond(chipCount: Int) -> UInt64 {
        hashesPerCycle * UInt64(Self.cores) * usualClock * UInt64(chipCount)
    }

    // MARK: Frames

    /// Bytes of a frame from its head on, without the zeros that hosts send behind it; nil for what is no command.
    func frameLength(head: UInt16) -> Int? {
        let (first, chip) = (UInt8(head >> 8), UInt8(head & 0xFF))
        let code = first & 0x0F
        // Only jobs use the upper half of the first byte.
        guard first == code || code == jobCode else { return nil }
        switch (family, code) {
        case (.a1, 0x01), (.a1, 0x04): return chip == 0 ? 4 : nil
        case (.a1, 0x03): return chip == 0 ? 2 : nil
        case (.a1, 0x07): return chip == 0 ? nil : 58
        case (_, 0x08): return chip == 0 ? (family == .a1 ? 2 : 4) : nil
        case (.a1, 0x09): return 8
        case (_, 0x0A): return chip == 0 ? nil : 2
        case (.t1, 0x01), (.t1, 0x03), (.t1, 0x04), (.t1, 0x0B): return chip == 0 ? 4 : nil
        case (.t1, 0x0C): return chip == 0 ? nil : 162
        case (.t1, 0x09), (.t1, 0x0D): return 16
        default: return nil
        }
    }

    /// The code of a job.
    var jobCode: UInt8 { family == .a1 ? 0x07 : 0x0C }

    /// The chip's clock, in hertz, by the first bytes of its register.
    func clock(_ register: InlineArray<12, UInt8>) -> UInt64 {
        switch family {
        case .a1:
            // 16 MHz · FB / (pre · 2^(post − 1)): post in bits 7–6, pre in 5–1, FB in bit 0 and the next byte.
            let (pre, post) = (UInt64(register[0] >> 1 & 0x1F), UInt64(register[0] >> 6))
            let feedback = UInt64(register[0] & 1) << 8 | UInt64(register[1])
            return pre == 0 || post == 0 ? 0 : 16_000_000 * feedback / (pre << (post - 1))
        case .t1:
            // 12 MHz · FB / (pre · 2^post): pre above FB's bit 8, post in byte 3, bits 7–6.
            let pre = UInt64(register[0] >> 1)
            let feedback = UInt64(register[0] & 1) << 8 | UInt64(register[1])
            return pre == 0 ? 0 : 12_000_000 * feedback / (pre << UInt64(register[3] >> 6))
        }
    }

    /// From a change of the clock to the loop's lock; chosen here.
    var lockTime: Duration { family == .a1 ? .milliseconds(20) : .microseconds(100) }

    /// The fastest bus clock, in hertz, that chips at a clock follow. A1 chips are always spoken to at 2 MHz; T1 firmware
    /// raises the bus from 390,625 Hz with the clock and stays below a 190th of it, so a 150th was chosen here.
    func fastestBus(atClock clock: UInt64) -> UInt64 {
        family == .a1 ? 4_000_000 : max(400_000, clock / 150)
    }
}
