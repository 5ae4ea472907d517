import Base

/// One line of a scenario, word by word.
struct ScenarioWords {
    /// A word and the byte it begins at, counted from 1.
    struct Word {
        var bytes: ArraySlice<UInt8>
        var column: Int

        var text: String { String(decoding: bytes, as: UTF8.self) }

        func `is`(_ other: String) -> Bool { bytes.elementsEqual(other.utf8) }
    }

    let line: Int
    private var words: [Word] = []
    private var next = 0
    private let end: Int

    /// Words are separated by spaces and tabs; everything from a `#` on is a comment.
    init(_ bytes: ArraySlice<UInt8>, line: Int) {
        self.line = line
        var start: Int?
        let text = bytes.prefix { $0 != UInt8(ascii: "#") }
        for index in text.indices {
            let isSpace = text[index] == 0x20 || text[index] == 0x09 || text[index] == 0x0D
            if isSpace, let begun = start {
                words.append(Word(bytes: text[begun..<index], column: begun - bytes.startIndex + 1))
                start = nil
            } else if !isSpace, start == nil {
                start = index
            }
        }
        if let begun = start {
            words.append(Word(bytes: text[begun...], column: begun - bytes.startIndex + 1))
        }
        end = (words.last.map { $0.column + $0.bytes.count }) ?? 1
    }

    var isEmpty: Bool { words.isEmpty }
    var isAtEnd: Bool { next == words.count }

    /// Where the next word begins, or the line ends.
    var place: TwinScenarioError.Place {
        TwinScenarioError.Place(line: line, column: isAtEnd ? end : words[next].column)
    }

    /// Takes the next word if it is this one.
    mutating func skip(_ word: String) -> Bool {
        guard !isAtEnd, words[next].is(word) else { return false }
        next += 1
        return true
    }

    /// Takes the next word.
    /// - Throws: `expected`, at the end of the line.
    mutating func take(_ expected: String) throws(TwinScenarioError) -> Word {
        guard !isAtEnd else { throw TwinScenarioError(place, .expected(expected, found: nil)) }
        next += 1
        return words[next - 1]
    }

    func error(_ word: Word, _ expected: String) -> TwinScenarioError {
        TwinScenarioError(
            TwinScenarioError.Place(line: line, column: word.column), .expected(expected, found: word.text))
    }

    /// Takes the next word as a number of thousandths with a unit behind it, such as `12.5C`, `-40C` or `30%`.
    /// - Parameter step: what it has to be a multiple of, in thousandths.
    mutating func quantity(
        _ unit: String, _ expected: String, _ range: ClosedRange<Int64>, step: Int64 = 1
    ) throws(TwinScenarioError) -> Int32 {
        let word = try take(expected)
        guard word.bytes.suffix(unit.utf8.count).elementsEqual(unit.utf8),
            let value = ScenarioWords.thousandths(word.bytes.dropLast(unit.utf8.count)), value % step == 0
        else {
            throw error(word, expected)
        }
        guard range.contains(value) else {
            let allowed = "\(range.lowerBound / 1000)\(unit) to \(range.upperBound / 1000)\(unit)"
            throw TwinScenarioError(
                TwinScenarioError.Place(line: line, column: word.column), .outOfRange(word.text, allowed: allowed))
        }
        return Int32(value)
    }

    /// Takes the next word as a span of time: numbers with h, m, s or ms, such as `90s`, `2m30s` or `500ms`.
    mutating func duration(_ expected: String) throws(TwinScenarioError) -> Duration {
        let word = try take(expected)
        guard let duration = ScenarioWords.duration(word.bytes) else { throw error(word, expected) }
        return duration
    }

    /// A decimal number with at most three places.
    static func thousandths(_ bytes: ArraySlice<UInt8>) -> Int64? {
        var digits = bytes[...]
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative || digits.first == UInt8(ascii: "+") { digits = digits.dropFirst() }
        let parts = digits.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let whole = number(first) else { return nil }
        var fraction: Int64 = 0
        if parts.count == 2 {
            guard parts[1].count <= 3, let places = number(parts[1]) else { return nil }
            fraction = places * [1000, 100, 10, 1][parts[1].count]
        }
        let value = whole * 1000 + fraction
        return isNegative ? -value : value
    }

    /// One to nine digits.
    static func number(_ bytes: ArraySlice<UInt8>) -> Int64? {
        guard (1...9).contains(bytes.count) else { return nil }
        var value: Int64 = 0
        for byte in bytes {
            guard (0x30...0x39).contains(byte) else { return nil }
            value = value * 10 + Int64(byte - 0x30)
        }
        return value
    }

    static func duration(_ bytes: ArraySlice<UInt8>) -> Duration? {
        var rest = bytes[...]
        var total: Int64 = 0
        guard !rest.isEmpty else { return nil }
        // Ends: every round takes at least one byte away.
        while !rest.isEmpty {
            let digits = rest.prefix { (0x30...0x39).contains($0) }
            guard let value = number(digits) else { return nil }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { !(0x30...0x39).contains($0) }
            rest = rest.dropFirst(unit.count)
            let factor: Int64
            switch unit.count == 1 ? unit.first : unit.elementsEqual("ms".utf8) ? 0 : nil {
            case 0: factor = 1
            case UInt8(ascii: "s"): factor = 1000
            case UInt8(ascii: "m"): factor = 60_000
            case UInt8(ascii: "h"): factor = 3_600_000
            default: return nil
            }
            total += value * factor
            guard total <= 1_000_000_000_000 else { return nil }
        }
        return .milliseconds(total)
    }
}
