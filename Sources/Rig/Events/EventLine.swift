import Base

/// How an event is written: one line of UTF-8 without its newline, control characters made visible.
public enum EventLine: Sendable {
    /// Standard error on a terminal or in a file: the line carries its own time.
    case stamped
    /// Under systemd: `<priority>` in front, no time, since the journal has one (sd-daemon(3)).
    case journal

    /// Longest line in bytes; what does not fit is cut and marked.
    public static let limit = 1024

    /// The line for `event`, which happened `unixSeconds` after 1970.
    public func format(_ event: Event, unixSeconds: Int64) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(160)
        switch self {
        case .stamped:
            line.append(contentsOf: CivilTime(unixSeconds: unixSeconds).iso8601.utf8)
            line.append(contentsOf: " \(event.severity.name) ".utf8)
        case .journal:
            line.append(contentsOf: "<\(event.severity.rawValue)>".utf8)
        }
        appendPrintable(event.source, to: &line)
        line.append(contentsOf: ": ".utf8)
        appendPrintable(event.text, to: &line)
        return line
    }

    /// A log line must stay one line whatever a pool or a broken device put into it.
    private func appendPrintable(_ text: String, to line: inout [UInt8]) {
        for byte in text.utf8 {
            guard line.count < Self.limit - 3 else {
                line.append(contentsOf: "...".utf8)
                return
            }
            line.append(byte < 0x20 || byte == 0x7F ? 0x2E : byte)
        }
    }
}
