import Base
import JSON

/// One line from a pool, taken apart but not yet understood.
///
/// Pools follow JSON-RPC 1.0 loosely: replies repeat the request's id, as a number or a string; calls have a method,
/// and an id only if they want an answer.
struct Message {
    /// The line that the ranges below refer to.
    let line: [UInt8]
    private(set) var method: [UInt8]?
    /// The id as it stands in the line; nil when absent or null.
    private(set) var id: Range<Int>?
    /// The id as a request of ours had it.
    private(set) var number: UInt64?
    private(set) var params: Range<Int>?
    /// Absent or null counts as nil, here and for `error`.
    private(set) var result: Range<Int>?
    private(set) var error: Range<Int>?
    /// The text that some pools send beside `"result":false`.
    private(set) var rejectReason: Range<Int>?

    /// Reads a line that must be one JSON object; members that are of no interest are only checked for their syntax.
    init(_ line: [UInt8]) throws(JSONError) {
        self.line = line
        var reader = JSONReader(line)
        try reader.enterObject()
        while let key = try reader.nextKey() {
            let isNull = try reader.kind() == .null
            let range = try reader.skip()
            guard !isNull else { continue }
            switch key {
            case "method":
                var name = JSONReader(line, in: range)
                method = try name.readString(limit: 64)
            case "id":
                id = range
                number = Self.number(line, range)
            case "params": params = range
            case "result": result = range
            case "error": error = range
            case "reject-reason": rejectReason = range
            default: break
            }
        }
        try reader.finish()
    }

    /// A reader that stands before the part of the line in `range`.
    func reader(_ range: Range<Int>) -> JSONReader { JSONReader(line, in: range) }

    /// A number as pools write it: `7` or `"7"`.
    static func number(_ line: [UInt8], _ range: Range<Int>) -> UInt64? {
        var digits = range
        if line[range.lowerBound] == 0x22, range.count >= 2 {
            digits = range.lowerBound + 1..<range.upperBound - 1
        }
        var reader = JSONReader(line, in: digits)
        do throws(JSONError) {
            let number = try reader.readNumber()
            try reader.finish()
            return number.uint64
        } catch {
            return nil
        }
    }
}

/// The positional parameters of a call, or the elements of any array, read one after another.
struct Parameters {
    var reader: JSONReader
    private var isOver = false

    init(_ message: Message) throws(JSONError) {
        guard let params = message.params else { throw JSONError(.missingKey("params"), at: 0) }
        try self.init(message.reader(params))
    }

    init(_ reader: JSONReader) throws(JSONError) {
        self.reader = reader
        try self.reader.enterArray()
    }

    /// Moves to the next element, if there is one.
    mutating func advance() throws(JSONError) -> Bool {
        guard !isOver else { return false }
        isOver = try !reader.nextElement()
        return !isOver
    }

    /// Moves to an element that must be there.
    mutating func require(_ expected: StaticString) throws(JSONError) {
        guard try advance() else { throw reader.error(.unusable(expected: expected)) }
    }

    mutating func string(_ expected: StaticString, limit: Int) throws(JSONError) -> [UInt8] {
        try require(expected)
        return try reader.readString(limit: limit)
    }

    mutating func number(_ expected: StaticString) throws(JSONError) -> JSONNumber {
        try require(expected)
        return try reader.readNumber()
    }

    /// Reads 1–8 hexadecimal digits, most significant first.
    mutating func word(_ expected: StaticString) throws(JSONError) -> UInt32 {
        guard let word = Hex.decodeUInt32(try string(expected, limit: 10)) else {
            throw reader.error(.unusable(expected: expected))
        }
        return word
    }

    /// Reads hexadecimal digits, two for each byte.
    mutating func bytes(_ expected: StaticString, sizes: ClosedRange<Int>) throws(JSONError) -> [UInt8] {
        let text = try string(expected, limit: LineAssembler.limit)
        guard let bytes = Hex.decode(text), sizes.contains(bytes.count) else {
            throw reader.error(.unusable(expected: expected))
        }
        return bytes
    }
}
