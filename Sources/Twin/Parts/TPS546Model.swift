import Base

/// TPS546D24A as seen over PMBus, without packet error codes (TI SLUSDN0).
final class TPS546Model: TwinI2CTarget {
    /// STATUS_WORD.
    private enum Status {
        static let communication: UInt16 = 0x0002
        static let temperature: UInt16 = 0x0004
        static let inputLow: UInt16 = 0x0008
        static let overcurrent: UInt16 = 0x0010
        static let off: UInt16 = 0x0040
    }

    private let converter: Converter
    private let supply: SupplyUnit
    private var words: [UInt16]
    private var compensation: [UInt8] = []
    private var latched: UInt16 = 0
    private var command: UInt8 = 0

    /// Volts are counted in 1/512: VOUT_MODE 17.
    private static let countsPerVolt = 512.0
    private static let deviceID: [UInt8] = [6, 0x54, 0x49, 0x54, 0x6D, 0x24, 0x41]
    private static let byteCommands: [UInt8] = [
        0x01, 0x02, 0x04, 0x10, 0x20, 0x47, 0x50, 0x56, 0x63, 0xE4,
    ]
    private static let wordCommands: [UInt8] = [
        0x21, 0x24, 0x25, 0x26, 0x29, 0x2B, 0x33, 0x35, 0x36, 0x40, 0x42, 0x43, 0x44, 0x46, 0x4A, 0x4F, 0x51, 0x55,
        0x58, 0x60, 0x61, 0x62, 0x64, 0x65, 0xEC, 0xEE,
    ]

    init(_ converter: Converter, supply: SupplyUnit) {
        self.converter = converter
        self.supply = supply
        words = [UInt16](repeating: 0, count: 256)
        reset()
    }

    func powerOn(now: Instant) {
        reset()
    }

    /// The part comes up off: on these boards its start-up waits for OPERATION.
    private func reset() {
        for index in words.indices { words[index] = 0 }
        words[0x20] = 0x17
        words[0x21] = UInt16(converter.target / 1000 * TPS546Model.countsPerVolt)
        latched = 0
        compensation = []
        converter.turn(on: false)
    }

    func take(_ bytes: Span<UInt8>, now: Instant) -> Bool {
        guard bytes.count > 0 else { return true }
        command = bytes[0]
        let isKnown =
            switch (command, bytes.count) {
            case (_, 1):
                command != 0x03 || clearFaults()
            case (0xB1, _):
                storeCompensation(bytes)
            case (_, 2): TPS546Model.byteCommands.contains(command) && store(UInt16(bytes[1]))
            case (_, 3):
                TPS546Model.wordCommands.contains(command) && store(UInt16(bytes[1]) | UInt16(bytes[2]) << 8)
            default: false
            }
        if !isKnown { latched |= Status.communication }
        return true
    }

    func give(_ bytes: inout MutableSpan<UInt8>, now: Instant) -> Bool {
        let block = command == 0xAD ? TPS546Model.deviceID : command == 0xB1 ? compensation : nil
        if let block {
            for index in bytes.indices { bytes[index] = index < block.count ? block[index] : 0xFF }
            return true
        }
        let word = load(command)
        for index in bytes.indices {
            bytes[index] = index < 2 ? UInt8(truncatingIfNeeded: word >> UInt16(8 * index)) : 0xFF
        }
        return true
    }

    private func clearFaults() -> Bool {
        latched = 0
        converter.setTripped(false)
        return true
    }

    private func storeCompensation(_ bytes: Span<UInt8>) -> Bool {
        compensation = (1..<bytes.count).map { bytes[$0] }
        return true
    }

    private func store(_ word: UInt16) -> Bool {
        // VOUT_MODE is fixed.
        if command != 0x20 { words[Int(command)] = word }
        switch command {
        case 0x01: converter.turn(on: word & 0x80 != 0)
        case 0x21: converter.target = Double(word) / TPS546Model.countsPerVolt * 1000
        default: break
        }
        return true
    }

    private func load(_ command: UInt8) -> UInt16 {
        switch command {
        case 0x79: status()
        case 0x88: TPS546Model.linear11(supply.output / 1000)
        case 0x8B: UInt16(converter.output / 1000 * TPS546Model.countsPerVolt)
        case 0x8C: TPS546Model.linear11(converter.current)
        case 0x8D: TPS546Model.linear11(converter.temperature)
        default: words[Int(command)]
        }
    }

    private func status() -> UInt16 {
        switch converter.trip {
        case .overcurrent: latched |= Status.overcurrent
        case .overtemperature: latched |= Status.temperature
        case nil: break
        }
        if supply.output < 3000 { latched |= Status.inputLow }
        // A dead one believes that it is on.
        return converter.isOn && converter.trip == nil ? latched : latched | Status.off
    }

    /// A number from 0 on as an 11-bit mantissa with the most precise 5-bit exponent.
    static func linear11(_ value: Double) -> UInt16 {
        var scaled = max(value, 0) * 65536
        var exponent = -16
        // Ends: halving at most 31 times.
        while scaled > 1023, exponent < 15 {
            scaled /= 2
            exponent += 1
        }
        return UInt16(truncatingIfNeeded: exponent & 0x1F) << 11 | UInt16(min(scaled, 1023))
    }
}
