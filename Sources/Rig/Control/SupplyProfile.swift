import Base

/// What a supply is and how it is to be treated: the board file's part, with the usual values of its family
/// (Docs/control.md, "Supplies").
public struct SupplyProfile: Equatable, Sendable {
    /// When a voltage can be told, and what the supply does with it.
    public enum Kind: Equatable, Sendable {
        /// APW9 and APW12: takes voltages only while its output is on, and is led there in steps by its driver.
        case apw
        /// A regulator such as the TPS546D24A: is told its voltage before it is switched on.
        case regulator
        /// Only a line to switch it.
        case line
    }

    public var name: String
    public var kind: Kind
    /// Output voltages that the board allows.
    public var limits: ClosedRange<Millivolts>
    /// The voltage to begin with.
    public var start: Millivolts
    /// The largest change of the output at once.
    public var step: Millivolts
    /// How far a measured voltage may be from the commanded one.
    public var tolerance: Millivolts
    /// Below this the output counts as off.
    public var offBelow: Millivolts
    /// Whether anything measures the output. Without, on and off are taken on trust after their times, and said so.
    public var isMeasured: Bool
    /// From switching on to an output that can be judged.
    public var onSettle: Duration
    /// From a new voltage to an output that can be judged.
    public var stepSettle: Duration
    /// How long the first way to `start` may take.
    public var startLimit: Duration
    /// From switching off to switching on again.
    public var discharge: Duration
    public var minimumOn: Duration
    /// At least `discharge`.
    public var minimumOff: Duration
    /// Times a day that the supply may be switched on.
    public var cyclesPerDay: UInt64

    /// An APW9 or APW12: 0.1 V steps, 30 s of discharge, judged 0.4 s after a change.
    public static func apw(
        _ name: String, limits: ClosedRange<Millivolts>, start: Millivolts, isMeasured: Bool
    ) -> SupplyProfile {
        SupplyProfile(
            name: name, kind: .apw, limits: limits, start: start, step: Millivolts(100),
            tolerance: Millivolts(400), offBelow: Millivolts(2000), isMeasured: isMeasured,
            onSettle: .milliseconds(400), stepSettle: .milliseconds(500), startLimit: .seconds(60),
            discharge: .seconds(30), minimumOn: .seconds(60), minimumOff: .seconds(30), cyclesPerDay: 48)
    }

    /// A board's own regulator of the TPS546 class: 25 mV steps, judged after its 250 ms of power-good grace.
    public static func regulator(
        _ name: String, limits: ClosedRange<Millivolts>, start: Millivolts
    ) -> SupplyProfile {
        SupplyProfile(
            name: name, kind: .regulator, limits: limits, start: start, step: Millivolts(25),
            tolerance: Millivolts(60), offBelow: Millivolts(150), isMeasured: true, onSettle: .milliseconds(250),
            stepSettle: .milliseconds(100), startLimit: .seconds(5), discharge: .seconds(2), minimumOn: .zero,
            minimumOff: .seconds(2), cyclesPerDay: 1000)
    }

    /// A fixed supply behind an enable line.
    public static func line(_ name: String, voltage: Millivolts, isMeasured: Bool) -> SupplyProfile {
        SupplyProfile(
            name: name, kind: .line, limits: voltage...voltage, start: voltage, step: .zero,
            tolerance: Millivolts(clamping: voltage.value / 20),
            offBelow: Millivolts(clamping: voltage.value / 6), isMeasured: isMeasured, onSettle: .seconds(1),
            stepSettle: .zero, startLimit: .seconds(5), discharge: .seconds(30), minimumOn: .seconds(60),
            minimumOff: .seconds(30), cyclesPerDay: 48)
    }
}
