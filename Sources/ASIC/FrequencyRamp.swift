import Base

/// Brings a clock to its target in small steps, so that neither the supply nor the chips see a jump in load.
public struct FrequencyRamp: Hashable, Sendable {
    /// Step in hertz: 6.25 MHz, what vendor firmware uses (Docs/chips-uart.md, "Clock").
    public static let stepHertz: UInt32 = 6_250_000
    /// Time between steps.
    public static let interval: Duration = .milliseconds(100)

    /// The clock that the chips were last told.
    public private(set) var current: ClockFrequency
    public var target: ClockFrequency

    public init(at current: ClockFrequency, target: ClockFrequency) {
        self.current = current
        self.target = target
    }

    public var isComplete: Bool { current == target }

    /// Moves one step toward the target, by way of multiples of the step, and returns the new clock;
    /// nil when it is there already.
    public mutating func advance() -> ClockFrequency? {
        guard !isComplete else { return nil }
        let step = Self.stepHertz
        let below = current.hertz / step * step
        if current < target {
            let (above, overflow) = below.addingReportingOverflow(step)
            current = ClockFrequency(hertz: overflow ? target.hertz : min(above, target.hertz))
        } else {
            let next = below < current.hertz ? below : below - min(below, step)
            current = ClockFrequency(hertz: max(next, target.hertz))
        }
        return current
    }
}
