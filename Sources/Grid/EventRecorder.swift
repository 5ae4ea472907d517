import Base

/// Records the course of frequency events: what came before, what happened, and what came after, as `EventTrace` rows.
///
/// Bounded: an event that lasts longer than the record has room for ends its record there.
public struct EventRecorder: Sendable {
    /// Before the event, and after its end; the strictest of the products' (ERCOT, GB) ask for some seconds before and minutes
    /// after.
    static let before = Duration.seconds(10)
    static let after = Duration.seconds(60)
    /// Rows of one record: 20 minutes at 100 ms.
    static let limit = 12_000

    private struct Moment: Sendable {
        var at: Instant
        var frequency: Microhertz?
        var rocof: Int32?
        var response: Int32
        var power: Milliwatts?
    }

    private let rowsBefore: Int
    private var moments: [Moment] = []
    private var isRecording = false
    private var endsAt: Instant?
    private var finished: [Moment]?

    /// - Parameter step: the time between two rows.
    public init(step: Duration) {
        rowsBefore = Int(clamping: Self.before.nanoseconds / max(1, step.nanoseconds))
    }

    /// Takes the next moment.
    /// - Parameter response: thousandths to shed, or, negative, to absorb.
    public mutating func take(
        frequency: Microhertz?, rocof: Int32?, response: Int32, power: Milliwatts?, now: Instant
    ) {
        moments.append(Moment(at: now, frequency: frequency, rocof: rocof, response: response, power: power))
        if response != 0 {
            isRecording = true
            endsAt = nil
        } else if isRecording, endsAt == nil {
            endsAt = now + Self.after
        }
        guard isRecording else {
            // In one go now and then, so that a moment costs next to nothing.
            if moments.count > 2 * rowsBefore { moments.removeFirst(moments.count - rowsBefore) }
            return
        }
        guard moments.count >= Self.limit || endsAt.map({ $0 <= now }) ?? false else { return }
        finished = moments
        moments.removeAll(keepingCapacity: true)
        isRecording = false
        endsAt = nil
    }

    /// The record of an event that is over, once: the text of a file.
    public mutating func takeRecord() -> [UInt8]? {
        guard let moments = finished, let first = moments.first else { return nil }
        finished = nil
        var text = Array(EventTrace.header.utf8)
        text.append(0x0A)
        for moment in moments {
            let row = EventTrace.Row(
                time: moment.at - first.at, frequency: moment.frequency, rocof: moment.rocof,
                response: moment.response, power: moment.power)
            text += EventTrace.line(row).utf8
            text.append(0x0A)
        }
        return text
    }

    /// Ends the record that is under way, as when the agent ends.
    public mutating func finish() {
        guard isRecording else { return }
        finished = moments
        moments = []
        isRecording = false
        endsAt = nil
    }
}
