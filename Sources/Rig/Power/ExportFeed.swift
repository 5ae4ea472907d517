import Base
import Grid

/// A feed of a meter at the connection point: each line is the power that leaves the site, in watts with up to three decimals;
/// negative when it is bought.
public struct ExportFeed: Equatable, Sendable {
    /// Longest line in bytes.
    public static let limit = 32

    private var lines = LineBuffer(limit: ExportFeed.limit)
    /// Lines refused.
    public private(set) var refused: UInt64 = 0

    public init() {}

    /// Reads one line; nil for what is no such number or beyond ±2 MW.
    public static func read(_ line: some BidirectionalCollection<UInt8>) -> Milliwatts? {
        var rest = line[...]
        while rest.last == 0x20 { rest = rest.dropLast() }
        while rest.first == 0x20 { rest = rest.dropFirst() }
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative { rest = rest.dropFirst() }
        var value: Int64 = 0
        var places: Int?
        guard !rest.isEmpty, rest.count <= limit else { return nil }
        for byte in rest {
            if byte == UInt8(ascii: "."), places == nil {
                places = 0
                continue
            }
            guard (0x30...0x39).contains(byte), places ?? 0 < 3 else { return nil }
            places = places.map { $0 + 1 }
            value = value * 10 + Int64(byte - 0x30)
            guard value <= 2_000_000_000 else { return nil }
        }
        guard places != 0, rest.first != UInt8(ascii: ".") else { return nil }
        for _ in (places ?? 0)..<3 { value *= 10 }
        guard value <= 2_000_000_000 else { return nil }
        return Milliwatts(clamping: isNegative ? -value : value)
    }

    /// Takes bytes of a stream; each good line becomes a value, bad ones are counted.
    public mutating func take(_ bytes: some Sequence<UInt8>, _ body: (Milliwatts) -> Void) {
        var failures: UInt64 = 0
        let overlong = lines.overlong
        lines.take(bytes) { line in
            if let power = Self.read(line) { body(power) } else { failures += 1 }
        }
        refused += failures + (lines.overlong - overlong)
    }
}
