/// Splits a stream of bytes into lines, never holding more than one.
public struct LineBuffer: Equatable, Sendable {
    private var line: [UInt8] = []
    private let limit: Int
    private var isOverlong = false
    /// Lines that were longer than the limit and left out.
    public private(set) var overlong: UInt64 = 0

    public init(limit: Int) {
        self.limit = max(1, limit)
        line.reserveCapacity(max(1, limit))
    }

    /// Takes the next bytes and gives every line that they end to `body`, without its end.
    public mutating func take(_ bytes: some Sequence<UInt8>, _ body: (ArraySlice<UInt8>) -> Void) {
        for byte in bytes {
            guard byte == UInt8(ascii: "\n") else {
                if line.count < limit { line.append(byte) } else { isOverlong = true }
                continue
            }
            flush(body)
        }
    }

    /// Gives what stands after the last line end to `body`.
    public mutating func finish(_ body: (ArraySlice<UInt8>) -> Void) {
        if !line.isEmpty { flush(body) }
    }

    private mutating func flush(_ body: (ArraySlice<UInt8>) -> Void) {
        if isOverlong {
            overlong += 1
        } else {
            body(line.last == UInt8(ascii: "\r") ? line.dropLast() : line[...])
        }
        line.removeAll(keepingCapacity: true)
        isOverlong = false
    }
}

/// A decimal number in text, as JSON writes numbers but for the exponent.
struct DecimalText {
    /// In millionths; nil for what is no such number or beyond ±2147.
    static func millionths(_ text: some BidirectionalCollection<UInt8>) -> Int32? {
        var rest = text[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative { rest = rest.dropFirst() }
        var value: Int64 = 0
        var places: Int?
        var digits = 0
        for byte in rest {
            if byte == UInt8(ascii: "."), places == nil, digits > 0 {
                places = 0
                continue
            }
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            digits += 1
            // Digits below a millionth are cut.
            if let count = places {
                guard count < 6 else { continue }
                places = count + 1
            }
            value = value * 10 + Int64(byte - UInt8(ascii: "0"))
            guard value < 10_000_000_000 else { return nil }
        }
        guard digits > 0, rest.last != UInt8(ascii: ".") else { return nil }
        for _ in (places ?? 0)..<6 { value *= 10 }
        return Int32(exactly: isNegative ? -value : value)
    }
}
