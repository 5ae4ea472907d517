import Base

/// An IPv4 or IPv6 address.
public enum IPAddress: Hashable, Sendable {
    /// The most significant byte is the first one written.
    case v4(UInt32)
    /// Both halves likewise; zones (`%eth0`) are not supported.
    case v6(high: UInt64, low: UInt64)

    /// 127.0.0.1
    public static var loopback: IPAddress { .v4(0x7F00_0001) }
    /// ::1
    public static var loopback6: IPAddress { .v6(high: 0, low: 1) }

    /// Whether it means this machine (127.0.0.0/8 or ::1).
    public var isLoopback: Bool {
        switch self {
        case .v4(let bits): bits >> 24 == 127
        case .v6(let high, let low): high == 0 && low == 1
        }
    }

    /// Reads `192.0.2.1` (four decimal parts without leading zeros) or the forms of RFC 4291 §2.2, such as `2001:db8::1`;
    /// nil for anything else, so that what is not an address can be taken for a name.
    public init?(_ text: some Collection<UInt8>) {
        // The longest form is eight groups of four with a dotted tail.
        guard text.count <= 45 else { return nil }
        let text = Array(text)
        if let bits = IPAddress.dotted(text[...]) {
            self = .v4(bits)
        } else if let groups = IPAddress.groups(text[...]) {
            self = .v6(
                high: groups[..<4].reduce(0) { $0 << 16 | UInt64($1) },
                low: groups[4...].reduce(0) { $0 << 16 | UInt64($1) })
        } else {
            return nil
        }
    }

    private static func dotted(_ text: ArraySlice<UInt8>) -> UInt32? {
        var bits: UInt32 = 0
        var parts = 0
        for part in text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
            guard (1...3).contains(part.count), part.count == 1 || part.first != UInt8(ascii: "0") else { return nil }
            var value: UInt32 = 0
            for character in part {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(character) else { return nil }
                value = value * 10 + UInt32(character - UInt8(ascii: "0"))
            }
            parts += 1
            guard value <= 255, parts <= 4 else { return nil }
            bits = bits << 8 | value
        }
        return parts == 4 ? bits : nil
    }

    private static func groups(_ text: ArraySlice<UInt8>) -> [UInt16]? {
        guard let gap = firstGap(in: text) else {
            let groups = run(of: text, isTail: true)
            return groups?.count == 8 ? groups : nil
        }
        let rest = text[(gap + 2)...]
        guard firstGap(in: rest) == nil, let head = run(of: text[..<gap], isTail: false),
            let tail = run(of: rest, isTail: true),
            head.count + tail.count <= 7
        else { return nil }
        return head + [UInt16](repeating: 0, count: 8 - head.count - tail.count) + tail
    }

    /// Where `::` starts.
    private static func firstGap(in text: ArraySlice<UInt8>) -> Int? {
        text.indices.dropLast().first { text[$0] == UInt8(ascii: ":") && text[$0 + 1] == UInt8(ascii: ":") }
    }

    /// Groups of up to four digits separated by colons; the last two of the address may be written as an IPv4 address.
    private static func run(of text: ArraySlice<UInt8>, isTail: Bool) -> [UInt16]? {
        if text.isEmpty { return [] }
        var groups: [UInt16] = []
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if isTail, index == parts.count - 1, let bits = dotted(part) {
                groups.append(UInt16(truncatingIfNeeded: bits >> 16))
                groups.append(UInt16(truncatingIfNeeded: bits))
                break
            }
            guard (1...4).contains(part.count) else { return nil }
            var value: UInt16 = 0
            for character in part {
                guard let digit = Hex.value(ofDigit: character) else { return nil }
                value = value << 4 | UInt16(digit)
            }
            groups.append(value)
        }
        return groups
    }

    /// As people write it: dotted decimal, or the canonical form of RFC 5952.
    public var description: String {
        switch self {
        case .v4(let bits):
            return "\(bits >> 24).\(bits >> 16 & 255).\(bits >> 8 & 255).\(bits & 255)"
        case .v6(let high, let low):
            let groups = (0..<8).map { index in
                UInt16(truncatingIfNeeded: (index < 4 ? high : low) >> UInt64(48 - index % 4 * 16))
            }
            guard let gap = IPAddress.longestZeroRun(in: groups) else {
                return IPAddress.joined(groups[...])
            }
            return IPAddress.joined(groups[..<gap.lowerBound]) + "::" + IPAddress.joined(groups[gap.upperBound...])
        }
    }

    /// The first of the longest runs of at least two zero groups.
    private static func longestZeroRun(in groups: [UInt16]) -> Range<Int>? {
        var longest = 0..<1
        var start = 0
        for index in 0..<8 {
            if groups[index] != 0 {
                start = index + 1
            } else if index + 1 - start > longest.count {
                longest = start..<index + 1
            }
        }
        return longest.count >= 2 ? longest : nil
    }

    private static func joined(_ groups: ArraySlice<UInt16>) -> String {
        var text = ""
        for group in groups {
            if !text.isEmpty { text += ":" }
            text += String(group, radix: 16)
        }
        return text
    }
}
