import Base

/// What the waveform of a simulated rig's mains is told to do.
struct MainsCourse: Equatable {
    /// Where the frequency goes, in hertz, and how fast, in hertz a second; nil: at once.
    private(set) var goal: Double?
    private(set) var rate: Double?
    /// Degrees by which the phase is to step with the next edges.
    var phase: Int32 = 0

    mutating func go(to frequency: Millihertz, perSecond rate: Int32?) {
        goal = Double(frequency.value) / 1000
        self.rate = rate.map { Double($0) / 1000 }
    }

    /// The frequency `seconds` after it was `frequency`.
    func frequency(from frequency: Double, after seconds: Double) -> Double {
        guard let goal else { return frequency }
        guard let rate else { return goal }
        let step = rate * seconds
        return frequency < goal ? min(goal, frequency + step) : max(goal, frequency - step)
    }

    /// Until the goal is reached, in seconds.
    func time(from frequency: Double) -> Double {
        guard let goal, let rate else { return 0 }
        return abs(goal - frequency) / rate
    }
}
