import Base

/// How a hash board gets its voltage.
public enum TwinBoardSupply: Equatable, Sendable {
    /// Straight from the supply, through the board's switch.
    case direct
    /// Through a regulator of its own.
    /// - Parameters:
    ///   - standard: its output before anybody sets another.
    ///   - currentLimit: where it latches off.
    ///   - temperatureLimit: of the regulator itself.
    ///   - startsOn: whether it makes voltage before anybody has spoken to it.
    case regulator(standard: Millivolts, currentLimit: Milliamperes, temperatureLimit: Celsius, startsOn: Bool)
}

/// A simulated hash board: its chips, and how they are cooled.
public struct TwinBoardConfiguration: Equatable, Sendable {
    public var chips: Int
    /// Groups of neighbouring chips, along the stream, that share a temperature: 1–16.
    public var groups: Int
    public var supply: TwinBoardSupply
    /// The operating point that the following powers are given for: clock in hertz, volts across the whole board.
    public var referenceClock: UInt32
    public var referenceVoltage: Millivolts
    /// Of one chip at the operating point, with all engines busy.
    public var chipPower: Milliwatts
    /// Part of `chipPower` that is leakage at 60 °C, in thousandths.
    public var leakagePermille: Int32
    /// Degrees per watt from a chip's die to its heat sink, and from there to the full stream, in thousandths.
    public var dieToSink: Int32
    public var sinkToStream: Int32
    /// Joules per degree and chip, in thousandths: of die and package, of its heat sink, of its part of the circuit board.
    public var dieCapacity: Int32
    public var sinkCapacity: Int32
    public var boardCapacity: Int32

    public init(
        chips: Int, groups: Int, supply: TwinBoardSupply, referenceClock: UInt32, referenceVoltage: Millivolts,
        chipPower: Milliwatts, leakagePermille: Int32 = 120, dieToSink: Int32 = 800, sinkToStream: Int32 = 1400,
        dieCapacity: Int32 = 700, sinkCapacity: Int32 = 12_000, boardCapacity: Int32 = 4000
    ) {
        self.chips = min(max(chips, 1), 1024)
        self.groups = min(max(groups, 1), min(16, self.chips))
        self.supply = supply
        self.referenceClock = max(referenceClock, 1)
        self.referenceVoltage = referenceVoltage
        self.chipPower = chipPower
        self.leakagePermille = leakagePermille
        self.dieToSink = dieToSink
        self.sinkToStream = sinkToStream
        self.dieCapacity = dieCapacity
        self.sinkCapacity = sinkCapacity
        self.boardCapacity = boardCapacity
    }

    /// A board of the S19j Pro class: 126 chips in 42 groups in series, about 1 kW at 525 MHz and 13.7 V.
    public static let s19 = TwinBoardConfiguration(
        chips: 126, groups: 6, supply: .direct, referenceClock: 525_000_000, referenceVoltage: Millivolts(13_700),
        chipPower: Milliwatts(7900))

    /// An S9 board: 63 chips, about 430 W at 650 MHz and 9.0 V from a converter under a microcontroller.
    public static let s9 = TwinBoardConfiguration(
        chips: 63, groups: 4,
        supply: .regulator(
            standard: Millivolts(9000), currentLimit: Milliamperes(90_000), temperatureLimit: .degrees(125),
            startsOn: false),
        referenceClock: 650_000_000, referenceVoltage: Millivolts(9000), chipPower: Milliwatts(6800))

    /// A Bitaxe of the Gamma kind: one chip, about 15 W at 525 MHz and 1.15 V.
    public static let bitaxe = TwinBoardConfiguration(
        chips: 1, groups: 1,
        supply: .regulator(
            standard: Millivolts(1200), currentLimit: Milliamperes(30_000), temperatureLimit: .degrees(145),
            startsOn: false),
        referenceClock: 525_000_000, referenceVoltage: Millivolts(1150), chipPower: Milliwatts(15_000),
        dieToSink: 600, sinkToStream: 1500, dieCapacity: 2000, sinkCapacity: 40_000, boardCapacity: 30_000)

    /// A DragonMint T1 board: 63 chips under a chain voltage of their own.
    public static let t1 = TwinBoardConfiguration(
        chips: 63, groups: 4,
        supply: .regulator(
            standard: Millivolts(1608), currentLimit: Milliamperes(500_000), temperatureLimit: .degrees(125),
            startsOn: false),
        referenceClock: 1_000_000_000, referenceVoltage: Millivolts(1500), chipPower: Milliwatts(8000))
}
