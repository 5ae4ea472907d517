import Base

/// Between which speeds a healthy fan turns, whatever its duty has been: two first-order models of how it answers.
///
/// The lower one speeds up as slowly as a healthy fan may and slows down at once; the upper one the other way round. Each
/// follows a straight step of the lag that is too long rather than too short, so that every first-order fan within the lags
/// stays between them at any rate of ticks. Whole thousandths of min⁻¹, so that every machine computes the same.
struct FanEnvelope {
    private var low: Int64 = 0
    private var high: Int64
    /// What the two go towards.
    private var lowGoal: Int64 = 0
    private var highGoal: Int64

    /// Nothing is known of the fan yet: it may stand or run at full speed.
    init(_ fan: ThermalFan) {
        high = Int64(fan.expectedSpeed(at: .full).value) * 1000
        highGoal = high
    }

    /// The least and the greatest speed at present, in thousandths of min⁻¹.
    var slowest: Int64 { low }
    var fastest: Int64 { high }

    /// What the slowest healthy fan would have at its duty in the long run.
    var goal: Int64 { lowGoal }

    /// Both models have arrived, but for a tenth of the full speed: more than they lag behind a duty that falls by 2 %/s.
    func isSettled(_ fan: ThermalFan) -> Bool {
        let tenth = Int64(fan.expectedSpeed(at: .full).value) * 100
        return lowGoal - low <= tenth && high - highGoal <= tenth
    }

    /// Moves on in time.
    ///
    /// - Parameters:
    ///   - command: the duty that the fan was told.
    ///   - applied: the one that its driver holds, where that is known: orders take their time.
    mutating func follow(command: DutyCycle, applied: DutyCycle, _ fan: ThermalFan, elapsed: Duration) {
        let milliseconds = min(max(elapsed.nanoseconds / 1_000_000, 0), 10_000)
        lowGoal = Int64(fan.expectedSpeed(at: min(command, applied)).value) * 1000
        highGoal = Int64(fan.expectedSpeed(at: max(command, applied)).value) * 1000
        low = lowGoal < low ? lowGoal : low + (lowGoal - low) * milliseconds / (Self.upLag(fan) + milliseconds)
        high = highGoal > high ? highGoal : high + (highGoal - high) * milliseconds / (Self.downLag(fan) + milliseconds)
    }

    private static func upLag(_ fan: ThermalFan) -> Int64 { max(fan.slowestUp.nanoseconds / 1_000_000, 1) }
    private static func downLag(_ fan: ThermalFan) -> Int64 { max(fan.slowestDown.nanoseconds / 1_000_000, 1) }
}
