import Base
import Buses

/// The 256-byte EEPROM of a hash board, read only (Microchip AT24C02 data sheet). Slots 1–3 usually answer at 0x50,
/// 0x51 and 0x52.
///
/// There is no way to write here, on purpose: firmware of other makers refuses boards whose record is damaged.
public struct AT24C02 {
    public static let size = 256

    /// What the first bytes tell about who wrote the record. The rest is encrypted with a vendor's key on most boards,
    /// and opaque here.
    public enum Preamble: Equatable, Sendable {
        /// S19 Pro: 0x11 and the payload's length, 0x42 or 0x4A.
        case s19Pro(payloadLength: UInt8)
        /// S17+ and other S19 variants: 0x04 or 0x05, then 0x11.
        case s17Plus(format: UInt8)
        /// "Br": written by Braiins firmware.
        case braiins
        /// 0xFF throughout: never written.
        case erased
        case unknown(UInt8, UInt8)
    }

    private let device: I2CDevice

    public init(on bus: any I2CBus, at address: I2CAddress) {
        device = I2CDevice(bus, at: address)
    }

    /// Fills `bytes` from `offset` on, in pieces of at most 32 bytes, so that other devices on the bus get their turn
    /// and small controllers can do it.
    /// - Throws: `outOfRange` when the part ends before.
    public func read(at offset: UInt8, into bytes: inout [UInt8]) throws(ChipFault) {
        guard Int(offset) + bytes.count <= AT24C02.size else {
            throw ChipFault(
                .at24c02,
                .outOfRange(
                    requested: Int32(offset) + Int32(clamping: bytes.count), allowed: 0...Int32(AT24C02.size)))
        }
        var done = 0
        while done < bytes.count {
            let count = min(32, device.bus.limits.longestRead, bytes.count - done)
            var piece = [UInt8](repeating: 0, count: max(count, 1))
            do throws(BusFault) {
                var span = piece.mutableSpan
                try device.read(UInt8(truncatingIfNeeded: Int(offset) + done), into: &span)
            } catch {
                throw ChipFault(.at24c02, .bus(error))
            }
            for byte in piece {
                bytes[done] = byte
                done += 1
            }
        }
    }

    /// The whole contents.
    public func contents() throws(ChipFault) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: AT24C02.size)
        try read(at: 0, into: &bytes)
        return bytes
    }

    /// What the first two bytes of the memory tell.
    public static func preamble(_ first: UInt8, _ second: UInt8) -> Preamble {
        switch (first, second) {
        case (0x11, 0x42), (0x11, 0x4A): .s19Pro(payloadLength: second)
        case (0x04, 0x11), (0x05, 0x11): .s17Plus(format: first)
        case (0x42, 0x72): .braiins
        case (0xFF, 0xFF): .erased
        default: .unknown(first, second)
        }
    }

    /// Whether a record is in plain text, as on some S9k-class boards: bytes 1–17, the serial number, are then all
    /// letters, digits or dashes. Nothing is to be concluded from its other fields, voltage least of all.
    public static func hasPlainSerial(_ contents: [UInt8]) -> Bool {
        guard contents.count > 17 else { return false }
        return contents[1...17].allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
    }
}
