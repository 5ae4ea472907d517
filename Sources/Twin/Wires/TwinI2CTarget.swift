import Base
import Buses

/// A part on a simulated I2C bus.
protocol TwinI2CTarget: AnyObject {
    /// Whether it acknowledges its address; one that does not is only heard by controllers that carry on regardless.
    var acknowledges: Bool { get }

    /// Takes the bytes of a write; `false` for no acknowledge.
    func take(_ bytes: Span<UInt8>, now: Instant) -> Bool

    /// Fills the bytes of a read; `false` for no acknowledge.
    func give(_ bytes: inout MutableSpan<UInt8>, now: Instant) -> Bool

    /// Loses its settings, as after a dip of its supply.
    func powerOn(now: Instant)
}

extension TwinI2CTarget {
    var acknowledges: Bool { true }
}

/// A part with a register pointer, which the first byte of every write sets.
class RegisterPart: TwinI2CTarget {
    private var pointer: UInt8 = 0

    func take(_ bytes: Span<UInt8>, now: Instant) -> Bool {
        guard bytes.count > 0 else { return true }
        pointer = bytes[0]
        for index in 1..<max(bytes.count, 1) { store(bytes[index], in: pointer, offset: index - 1, now: now) }
        return true
    }

    func give(_ bytes: inout MutableSpan<UInt8>, now: Instant) -> Bool {
        for index in bytes.indices { bytes[index] = load(pointer, offset: index, now: now) }
        return true
    }

    func powerOn(now: Instant) {
        pointer = 0
    }

    /// The byte that a read gives, `offset` bytes after the register it began at.
    func load(_ register: UInt8, offset: Int, now: Instant) -> UInt8 { 0xFF }

    /// Takes a written byte, `offset` bytes after the register the write began at.
    func store(_ value: UInt8, in register: UInt8, offset: Int, now: Instant) {}
}

/// The bytes of a 16-bit register, the high one first; they repeat when more is read.
func bigEndianByte(of word: UInt16, offset: Int) -> UInt8 {
    offset % 2 == 0 ? UInt8(truncatingIfNeeded: word >> 8) : UInt8(truncatingIfNeeded: word)
}
