import Base

/// The voltage identification of Innosilicon T1 chains: 0 is the highest voltage, 31 the lowest.
public struct InnosiliconVID: Equatable, Comparable, Sendable {
    /// How a board's chains take their voltage, from two strap lines read as one number.
    public enum Path: UInt8, Equatable, Sendable {
        case i2cSupply = 0
        case uart = 2
        case pwm = 3
    }

    public static let highestVoltage = InnosiliconVID(number: 0)
    public static let lowestVoltage = InnosiliconVID(number: 31)

    public let number: UInt8

    /// Nil above 31.
    public init?(_ number: UInt8) {
        guard number <= 31 else { return nil }
        self.number = number
    }

    private init(number: UInt8) {
        self.number = number
    }

    /// The chain voltage an I2C supply makes of it: 1608 mV less 9 mV for each step.
    public var supplyVoltage: Millivolts { Millivolts(1608 - 9 * Int32(number)) }

    /// The number for a supply voltage on the 9 mV grid; nil for any other.
    public init?(supplyVoltage: Millivolts) {
        let below = 1608 - Int64(supplyVoltage.value)
        guard below >= 0, below % 9 == 0, let number = UInt8(exactly: below / 9), number <= 31 else { return nil }
        self.number = number
    }

    /// The byte a UART regulator takes.
    public var uartLevel: UInt8 { InnosiliconVID.uartLevels[Int(number)] }

    /// The frame for a UART regulator: `AA 02 01`, the level, and the two's complement of the sum from the second byte.
    public var uartFrame: InlineArray<5, UInt8> {
        [0xAA, 0x02, 0x01, uartLevel, 0 &- (0x03 &+ uartLevel)]
    }

    /// The duty cycle of a PWM regulator's input: 100 % less the level, the line inverted. Levels count in percent.
    public static func pwmDuty(levelPercent: UInt8) -> DutyCycle {
        DutyCycle(percent: 100 - Int32(min(levelPercent, 100)))
    }

    private static let uartLevels: InlineArray<32, UInt8> = [
        54, 60, 67, 73, 80, 86, 93, 99, 106, 112, 119, 125, 132, 138, 145, 151,
        158, 164, 171, 177, 184, 190, 197, 203, 210, 216, 223, 229, 236, 242, 248, 255,
    ]

    /// Ordered by voltage, lowest first.
    public static func < (a: InnosiliconVID, b: InnosiliconVID) -> Bool { a.number > b.number }
}
