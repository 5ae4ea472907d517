import Base

/// The EEPROM of a hash board as seen over I2C (Microchip AT24C02 data sheet). It carries out writes like the real one, and
/// counts them: the agent must never make one.
final class AT24C02Model: TwinI2CTarget {
    private(set) var contents: [UInt8]
    /// Bytes that were written.
    private(set) var writtenBytes = 0
    private var pointer = 0
    private var busyUntil = Instant(nanoseconds: 0)

    private static let size = 256, page = 8

    init(_ contents: [UInt8]) {
        self.contents = [UInt8](repeating: 0xFF, count: AT24C02Model.size)
        for index in 0..<min(contents.count, AT24C02Model.size) { self.contents[index] = contents[index] }
    }

    func powerOn(now: Instant) {
        pointer = 0
    }

    func take(_ bytes: Span<UInt8>, now: Instant) -> Bool {
        guard now >= busyUntil else { return false }
        guard bytes.count > 0 else { return true }
        pointer = Int(bytes[0])
        guard bytes.count > 1 else { return true }
        for index in 1..<bytes.count {
            contents[pointer] = bytes[index]
            writtenBytes += 1
            // Writing wraps around within a page of eight bytes.
            let isPageEnd = pointer % AT24C02Model.page == AT24C02Model.page - 1
            pointer = isPageEnd ? pointer - (AT24C02Model.page - 1) : pointer + 1
        }
        busyUntil = now + .milliseconds(5)
        return true
    }

    func give(_ bytes: inout MutableSpan<UInt8>, now: Instant) -> Bool {
        guard now >= busyUntil else { return false }
        for index in bytes.indices {
            bytes[index] = contents[pointer]
            pointer = (pointer + 1) % AT24C02Model.size
        }
        return true
    }
}
