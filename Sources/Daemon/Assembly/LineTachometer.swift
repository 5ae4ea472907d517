import Base
import Buses
import Peripherals

/// A fan's speed from the edges of its tachometer line, fetched when it is asked for.
final class LineTachometer: Tachometer {
    /// The edges that the kernel keeps of a line.
    private static let kept = 16

    private let edges: any EdgeSource
    private let pulsesPerRevolution: UInt8
    private var counter: EdgeTachometer
    /// Whether edges may have been lost since the newest that was recorded: fast fans make more of them between two looks than
    /// the kernel keeps. The time to the next edge is then not that of one pulse.
    private var hasGap = false
    private var newest: Instant?

    init(_ edges: any EdgeSource, pulsesPerRevolution: Int) {
        self.edges = edges
        self.pulsesPerRevolution = UInt8(clamping: pulsesPerRevolution)
        counter = EdgeTachometer(pulsesPerRevolution: self.pulsesPerRevolution)
    }

    func speed(now: Instant) -> Reading<RPM> {
        do throws(BusFault) {
            try fetch()
        } catch {
            return .failed(.bus(error))
        }
        // A full buffer has dropped what came later: the fan had not stopped as long as the kernel looked.
        return counter.speed(now: hasGap ? newest ?? now : now)
    }

    private func fetch() throws(BusFault) {
        var batch = InlineArray<16, Edge>(
            repeating: Edge(.toActive, at: Instant(nanoseconds: 0), sequence: 0))
        var space = batch.mutableSpan
        let count = try edges.read(into: &space)
        if hasGap {
            // An edge alone makes no speed; the ones before the gap still do.
            guard count > 1 else { return }
            counter = EdgeTachometer(pulsesPerRevolution: pulsesPerRevolution)
        }
        for index in 0..<count { counter.record(batch[index]) }
        if count > 0 { newest = batch[count - 1].at }
        hasGap = count == Self.kept
    }
}
