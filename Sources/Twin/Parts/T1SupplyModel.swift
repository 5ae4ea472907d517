import Base

/// The T1's supply as seen over I2C: it acknowledges nothing and answers nothing.
final class T1SupplyModel: TwinI2CTarget {
    /// Chain n, counted from 1, has the converter n − 1.
    private let converters: [Converter]
    private var timeout: Duration?

    init(_ converters: [Converter]) {
        self.converters = converters
    }

    var acknowledges: Bool { false }

    func powerOn(now: Instant) {
        timeout = nil
        for converter in converters { converter.turn(on: false) }
    }

    func take(_ bytes: Span<UInt8>, now: Instant) -> Bool {
        guard bytes.count >= 9, bytes[0] == 0x00, bytes[1] == 0xAB, isSummed(bytes) else { return false }
        switch (bytes[3], bytes[5]) {
        case (0x83, 4):
            guard let converter = converter(bytes[6]) else { return false }
            converter.target = Double(UInt16(bytes[8]) | UInt16(bytes[9]) << 8)
        case (0x85, 2):
            guard let converter = converter(bytes[6]) else { return false }
            converter.turn(on: bytes[7] == 0x01)
        case (0x70, 1): timeout = bytes[6] == 0 ? nil : .seconds(30 * Int64(bytes[6]))
        default: return false
        }
        // Every command counts as a sign of life.
        for converter in converters { converter.renew(lease: timeout.map { now + $0 }) }
        return false
    }

    func give(_ bytes: inout MutableSpan<UInt8>, now: Instant) -> Bool {
        for index in bytes.indices { bytes[index] = 0xFF }
        return false
    }

    private func converter(_ chain: UInt8) -> Converter? {
        converters.indices.contains(Int(chain) - 1) ? converters[Int(chain) - 1] : nil
    }

    /// Six bytes of head, as many as byte 5 says, the low byte of the sum over all of them, CD.
    private func isSummed(_ bytes: Span<UInt8>) -> Bool {
        let end = 6 + Int(bytes[5])
        guard bytes.count > end + 1, bytes[end + 1] == 0xCD else { return false }
        var sum: UInt8 = 0
        for index in 0..<end { sum &+= bytes[index] }
        return sum == bytes[end]
    }
}
