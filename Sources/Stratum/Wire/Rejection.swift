import JSON

/// Why a pool said no.
public struct Rejection: Hashable, Sendable {
    /// The customary reasons; their codes are those of the first pool software (Docs/stratum.md).
    public enum Reason: Sendable, CaseIterable {
        /// 21: the job is unknown or no longer valid.
        case stale
        /// 22: the share was submitted before.
        case duplicate
        /// 23: the hash misses the pool's target.
        case lowDifficulty
        /// 24: the worker is not authorised.
        case unauthorized
        /// 25: the connection is not subscribed.
        case notSubscribed
        case other

        public var name: StaticString {
            switch self {
            case .stale: "stale"
            case .duplicate: "duplicate"
            case .lowDifficulty: "low difficulty"
            case .unauthorized: "unauthorized"
            case .notSubscribed: "not subscribed"
            case .other: "other"
            }
        }
    }

    public var reason: Reason
    /// The pool's number for it, when it gave one.
    public var code: Int?
    /// The pool's words: printable, at most `textLimit` bytes.
    public var text: [UInt8]

    public static let textLimit = 128

    init(code: Int? = nil, text: [UInt8]) {
        self.code = code
        self.text = PoolText.printable(text, limit: Self.textLimit)
        reason = Self.reason(code: code) ?? Self.reason(text: text)
    }

    /// Reads any of the forms in use: [code, text, traceback], {"code": …, "message": …}, "text", or something else.
    init(_ message: Message, _ range: Range<Int>) {
        var code: Int?
        var text: [UInt8] = []
        do throws(JSONError) {
            var reader = message.reader(range)
            switch try reader.kind() {
            case .string: text = try reader.readString()
            case .number: code = try reader.readNumber().int
            case .array:
                try reader.enterArray()
                while try reader.nextElement() { try Self.readPart(&reader, &code, &text) }
            case .object:
                try reader.enterObject()
                while let key = try reader.nextKey() {
                    switch key {
                    case "code", "message": try Self.readPart(&reader, &code, &text)
                    default: try reader.skip()
                    }
                }
            default: text = Array(message.line[range])
            }
        } catch {
            // The line has been read once and is well-formed.
            text = Array(message.line[range])
        }
        self.init(code: code, text: text)
    }

    private static func readPart(
        _ reader: inout JSONReader, _ code: inout Int?, _ text: inout [UInt8]
    ) throws(JSONError) {
        switch try reader.kind() {
        case .number where code == nil: code = try reader.readNumber().int
        case .string where text.isEmpty: text = try reader.readString()
        default: try reader.skip()
        }
    }

    private static func reason(code: Int?) -> Reason? {
        switch code {
        case 21: .stale
        case 22: .duplicate
        case 23: .lowDifficulty
        case 24: .unauthorized
        case 25: .notSubscribed
        default: nil
        }
    }

    private static func reason(text: [UInt8]) -> Reason {
        let lower = text.prefix(textLimit).map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        if PoolText.contains(lower, "stale") || PoolText.contains(lower, "job not found") { return .stale }
        if PoolText.contains(lower, "duplicate") { return .duplicate }
        if PoolText.contains(lower, "low diff") || PoolText.contains(lower, "above target") { return .lowDifficulty }
        if PoolText.contains(lower, "unauthor") { return .unauthorized }
        if PoolText.contains(lower, "not subscribed") { return .notSubscribed }
        return .other
    }
}

/// Text from a pool, made fit for logs.
enum PoolText {
    /// At most `limit` bytes, cut between characters, with control characters replaced. `text` is UTF-8.
    static func printable(_ text: [UInt8], limit: Int) -> [UInt8] {
        var end = min(limit, text.count)
        while end > 0, end < text.count, text[end] & 0xC0 == 0x80 { end -= 1 }
        return text[..<end].map { $0 < 0x20 || $0 == 0x7F ? 0x3F : $0 }
    }

    static func contains(_ text: [UInt8], _ words: StaticString) -> Bool {
        words.withUTF8Buffer { words in
            guard text.count >= words.count else { return false }
            for start in 0...text.count - words.count
            where text[start..<start + words.count].elementsEqual(words) {
                return true
            }
            return false
        }
    }
}
