/// The twelve bytes of a T1's register, as written or as read (Docs/chips-spi.md, "T1 register").
public struct T1Register: Hashable, Sendable {
    public static let length = 12
    /// Bytes 0–11; the rest are 0.
    private var bytes = SIMD16<UInt8>()

    /// What is written to run at `level`, with the sensors as after a reset.
    public init(level: T1ClockLevel) {
        bytes[0] = level.preDivider << 1 | UInt8(level.feedback >> 8)
        bytes[1] = UInt8(truncatingIfNeeded: level.feedback)
        bytes[2] = 0x40
        bytes[3] = level.postDividerPower << 6 | 0x02
        bytes[7] = 0xA0
        // Vendor firmware sets bit 2 below 552 MHz; what it does is not known.
        bytes[9] = level.frequency < .megahertz(552) ? 0x24 : 0x20
    }

    /// Reads twelve bytes; nil when there are fewer.
    init?(bytes source: ArraySlice<UInt8>) {
        guard source.count >= Self.length else { return nil }
        for index in 0..<Self.length { bytes[index] = source[source.startIndex + index] }
    }

    /// Byte `index`, 0–11.
    public subscript(index: Int) -> UInt8 {
        get { bytes[index] }
        set { bytes[index] = newValue }
    }

    func append(to buffer: inout [UInt8]) {
        for index in 0..<Self.length { buffer.append(bytes[index]) }
    }

    /// Whether the clock's dividers are those of `level`. Of the other bits some mean something else when read.
    public func runs(at level: T1ClockLevel) -> Bool {
        let expected = T1Register(level: level)
        return bytes[0] == expected.bytes[0] && bytes[1] == expected.bytes[1]
            && bytes[3] & 0xC0 == expected.bytes[3] & 0xC0
    }

    // MARK: Written

    /// Keeps cores that failed the self-test out of the next one.
    mutating func maskSelfTest() { bytes[7] |= 0x10 }

    /// What the converter measures.
    public enum Quantity: Hashable, Sendable {
        case temperature
        case voltage
    }

    /// Writes that point the converter at a quantity, one after the other with a millisecond between them.
    static let sensorStepCount = 6

    /// Makes the change of sensor step `step`, 0–5: reset off and on, sensor on, converter on, then the choice.
    mutating func applySensorStep(_ step: Int, for quantity: Quantity) {
        switch step {
        case 0: bytes[7] &= 0x7F
        case 1: bytes[7] |= 0x80
        case 2: bytes[6] |= 0x04
        case 3: bytes[7] |= 0x20
        case 4: bytes[5] = quantity == .temperature ? bytes[5] & 0xFC : (bytes[5] | 0x01) & 0xFD
        default: bytes[6] = quantity == .temperature ? bytes[6] & 0x7D : (bytes[6] | 0x02) & 0x7F
        }
    }

    // MARK: Read

    /// The converter's value, 0–1023.
    public var converterValue: UInt16 {
        get { UInt16(bytes[7] & 0x03) << 8 | UInt16(bytes[8]) }
        set {
            bytes[7] = bytes[7] & ~0x03 | UInt8(newValue >> 8 & 0x03)
            bytes[8] = UInt8(truncatingIfNeeded: newValue)
        }
    }

    /// What the chip's queue of two jobs holds: 0 nothing, 3 both, else one.
    public var queueState: UInt8 {
        get { bytes[9] & 0x03 }
        set { bytes[9] = bytes[9] & ~0x03 | newValue & 0x03 }
    }

    public var isQueueEmpty: Bool { queueState == 0 }
    public var isQueueFull: Bool { queueState == 3 }

    /// Cores that passed the self-test, of 32.
    public var cores: UInt8 {
        get { bytes[11] }
        set { bytes[11] = newValue }
    }

    /// The temperature that a converter value stands for: (588 − value) · ⅔ + ½ °C, in thousandths.
    public static func millicelsius(converterValue value: UInt16) -> Int32 {
        (588 - Int32(value)) * 2000 / 3 + 500
    }

    /// The supply voltage that a converter value stands for, in millivolts: value · 1248 / 1024.
    public static func millivolts(converterValue value: UInt16) -> UInt16 {
        UInt16((UInt32(value) * 1248) >> 10)
    }
}
