import Base

/// The power supply of a simulated rig.
public struct TwinSupplyConfiguration: Equatable, Sendable {
    /// Whether the output follows an enable line; without one it is on whenever there are mains.
    public var hasEnableLine: Bool
    /// The output voltage after power-on, and the range that it can be set to.
    public var standard: Millivolts
    public var range: ClosedRange<Millivolts>
    /// DC watts at full load; beyond 115 % of it the output trips.
    public var rated: Milliwatts
    /// Time constant with which the mains power follows a falling load: the bulk capacitor and the slow loop of the power
    /// factor corrector. Nil: 25–42 ms by the rig's seed, which puts a fall of 90 % at 58–97 ms.
    public var holdUpMilliseconds: Int32?
    /// How long the output has to stay off before it may come back; the supply refuses until then.
    public var discharge: Duration
    /// Part of the input that arrives, at 0, 10 … 100 % of the rated load.
    public var efficiencyPermille: [Int32]
    /// Mains power without any load.
    public var idle: Milliwatts

    public init(
        hasEnableLine: Bool, standard: Millivolts, range: ClosedRange<Millivolts>, rated: Milliwatts,
        holdUpMilliseconds: Int32? = nil, discharge: Duration = .seconds(30),
        efficiencyPermille: [Int32] = [500, 870, 905, 925, 938, 945, 945, 943, 940, 936, 930],
        idle: Milliwatts = Milliwatts(9000)
    ) {
        self.hasEnableLine = hasEnableLine
        self.standard = standard
        self.range = range
        self.rated = rated
        self.holdUpMilliseconds = holdUpMilliseconds
        self.discharge = discharge
        self.efficiencyPermille = efficiencyPermille
        self.idle = idle
    }

    /// APW12-1215: 12–15 V, 3.6 kW. The efficiency follows the usual curve of such supplies; its points are made up.
    public static let apw12 = TwinSupplyConfiguration(
        hasEnableLine: true, standard: Millivolts(13_700), range: Millivolts(12_000)...Millivolts(15_000),
        rated: Milliwatts(3_600_000))

    /// APW9: 14.5–21 V.
    public static let apw9 = TwinSupplyConfiguration(
        hasEnableLine: true, standard: Millivolts(18_000), range: Millivolts(14_500)...Millivolts(21_000),
        rated: Milliwatts(3_600_000))

    /// A fixed 12 V supply that is on whenever it is plugged in.
    public static let fixed12V = TwinSupplyConfiguration(
        hasEnableLine: false, standard: Millivolts(12_000), range: Millivolts(12_000)...Millivolts(12_000),
        rated: Milliwatts(1_800_000))

    /// A 5 V plug-in supply, 30 W.
    public static let fixed5V = TwinSupplyConfiguration(
        hasEnableLine: false, standard: Millivolts(5_150), range: Millivolts(5_000)...Millivolts(5_300),
        rated: Milliwatts(40_000), idle: Milliwatts(300))
}

/// What is wrong with the power supply.
public enum TwinSupplyFault: Equatable, Sendable {
    /// The output sags to so many thousandths.
    case undervoltage(permille: Int32)
    /// The protections have tripped.
    case overtemperature
    case overcurrent
    /// It says that it is on, and makes nothing.
    case noOutput
    /// The output does not go off.
    case stuckOn
}
