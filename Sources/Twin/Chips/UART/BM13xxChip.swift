import Base
import Mining

/// The state of one simulated BM13xx chip.
final class BM13xxChip {
    /// The address that was given, or 0.
    var address: UInt8 = 0
    /// Whether an address was given since the chain was told to be inactive.
    var isAddressed = false
    /// Registers 00–FF as written, or as after reset.
    var registers = [UInt32](repeating: 0, count: 256)
    /// Registers inside the cores, as written to all of them.
    var coreRegisters = [UInt8](repeating: 0, count: 32)
    /// Whether answers have eleven bytes: once register A4 was written.
    var hasLongAnswers = false
    /// The clock of the cores, in hertz, once the loop has locked.
    var clock: UInt64 = 0
    var lockedAt = Instant(nanoseconds: 0)
    /// When the thermometer's conversion is over; nil when none was started.
    var convertedAt: Instant?
    /// The newest job that the chip has heard.
    var job: BM13xxJob?
    var cursor = SearchCursor()
    /// Headers that the chip may hash by now and has not.
    var credit = 0.0
    /// Headers hashed since reset.
    var hashed: UInt64 = 0
    /// Whether the job is searched to its end.
    var isExhausted = false
    var temperature = Celsius.degrees(25)

    /// As after reset. Credit is kept: it spreads the chips' work over time.
    func reset(_ model: BM13xxModel, now: Instant) {
        address = 0
        isAddressed = false
        for index in registers.indices { registers[index] = 0 }
        for (register, value) in model.resetValues { registers[Int(register)] = value }
        for index in coreRegisters.indices { coreRegisters[index] = 0 }
        hasLongAnswers = false
        clock = model.clock(pllWord: registers[0x08])
        lockedAt = now
        convertedAt = nil
        job = nil
        cursor = SearchCursor()
        hashed = 0
        isExhausted = false
    }

    /// The bits beyond 32 zeros that a hash must have in order to be reported: the low ones of register 14, whose bytes
    /// have their bits in reverse.
    var ticketBits: Int {
        var mask: UInt32 = 0
        for bit in 0..<32 where registers[0x14] >> UInt32(bit) & 1 == 1 {
            mask |= 1 << UInt32(bit & ~7 | 7 - bit & 7)
        }
        return (~mask).trailingZeroBitCount
    }

    /// Bits of the header version that the chip may choose.
    var versionMask: UInt32 { registers[0xA4] & 1 << 31 == 0 ? 0 : (registers[0xA4] & 0xFFFF) << 13 }
}
