/// The clock of a chip's cores.
public struct ClockFrequency: Comparable, Hashable, Sendable {
    public let hertz: UInt32

    @inlinable
    public init(hertz: UInt32) {
        self.hertz = hertz
    }

    /// Whole megahertz; saturates at 4294 MHz, far beyond any chip.
    @inlinable
    public static func megahertz(_ value: UInt32) -> ClockFrequency {
        ClockFrequency(hertz: min(value, 4294) * 1_000_000)
    }

    @inlinable
    public static func < (a: ClockFrequency, b: ClockFrequency) -> Bool { a.hertz < b.hertz }
}
