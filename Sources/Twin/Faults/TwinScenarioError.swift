/// What is wrong with a scenario or a command, and where.
public struct TwinScenarioError: Error, Equatable, Sendable {
    /// A place in the text, both counted from 1; columns count bytes.
    public struct Place: Equatable, Sendable {
        public var line: Int
        public var column: Int

        public init(line: Int, column: Int) {
            self.line = line
            self.column = column
        }
    }

    /// What is wrong there.
    public enum Reason: Equatable, Sendable {
        /// Something else stands there, or nothing: the end of the line.
        case expected(String, found: String?)
        /// A number lies outside what makes sense.
        case outOfRange(String, allowed: String)
        /// The rig has no such thing.
        case refused(TwinFaultRefusal)
        /// More lines or bytes than anybody needs.
        case tooLong(limit: Int)
    }

    public var place: Place
    public var reason: Reason

    public init(_ place: Place, _ reason: Reason) {
        self.place = place
        self.reason = reason
    }
}

extension TwinScenarioError: CustomStringConvertible {
    public var description: String {
        "line \(place.line), column \(place.column): \(reason.text)"
    }
}

extension TwinScenarioError.Reason {
    /// Without the place.
    var text: String {
        switch self {
        case .expected(let expected, let found?): "expected \(expected), found '\(found)'"
        case .expected(let expected, nil): "expected \(expected), found the end of the line"
        case .outOfRange(let found, let allowed): "'\(found)' is out of range: \(allowed)"
        case .refused(let refusal): refusal.description
        case .tooLong(let limit): "longer than \(limit)"
        }
    }
}
