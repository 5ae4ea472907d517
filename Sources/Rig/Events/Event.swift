/// Something worth a line in the event log.
public struct Event: Sendable, Equatable {
    /// How much it matters; the raw value is the syslog priority that the journal understands (sd-daemon(3)).
    public enum Severity: UInt8, Sendable, Comparable, CaseIterable {
        /// A safety function acted or is lost.
        case alert = 1
        case error = 3
        case warning = 4
        case notice = 5
        case info = 6
        case debug = 7

        /// The more urgent severity is the smaller one, as in syslog.
        public static func < (a: Severity, b: Severity) -> Bool { a.rawValue < b.rawValue }

        public var name: String {
            switch self {
            case .alert: "alert"
            case .error: "error"
            case .warning: "warning"
            case .notice: "notice"
            case .info: "info"
            case .debug: "debug"
            }
        }
    }

    public var severity: Severity
    /// The part of the rig that speaks: `rig`, `pool`, `share`, `chain 0`, …
    public var source: String
    /// One line of printable text.
    public var text: String

    public init(_ severity: Severity, _ source: String, _ text: String) {
        self.severity = severity
        self.source = source
        self.text = text
    }
}
