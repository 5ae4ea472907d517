/// What a value in a board file rests on.
public enum Provenance: Equatable, Sendable {
    /// Somebody measured it on this kind of board.
    case measured
    /// A source that can be named says so.
    case documented(String)
    /// Sources disagree, or nobody says; with the reason where there is one. Nothing is done with such a value until the
    /// operator confirms it.
    case unverified(String)
    /// It is a property of the simulated rig.
    case simulated

    static let form =
        "\"measured\", \"documented in SOURCE\", \"unverified\", \"unverified: REASON\" or \"simulated\""

    static func read(from reader: inout DocumentReader) throws(DocumentError) -> Provenance {
        try reader.string(form, limit: 160) { Provenance($0) }
    }

    private init?(_ text: String) {
        if text == "measured" {
            self = .measured
        } else if text == "simulated" {
            self = .simulated
        } else if text == "unverified" {
            self = .unverified("")
        } else if let source = Self.rest(of: text, behind: "documented in ") {
            self = .documented(source)
        } else if let reason = Self.rest(of: text, behind: "unverified: ") {
            self = .unverified(reason)
        } else {
            return nil
        }
    }

    /// What follows `prefix` in `text`; nil when that is nothing.
    private static func rest(of text: String, behind prefix: String) -> String? {
        guard text.utf8.starts(with: prefix.utf8), text.utf8.count > prefix.utf8.count else { return nil }
        return String(decoding: text.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
    }

    /// Whether the value may be used without anybody's word.
    public var isVerified: Bool {
        if case .unverified = self { false } else { true }
    }

    /// Why the value is not verified, to go behind such a statement; empty where nothing is to be said.
    public var reason: String {
        if case .unverified(let reason) = self, !reason.utf8.isEmpty { ": \(reason)" } else { "" }
    }
}
