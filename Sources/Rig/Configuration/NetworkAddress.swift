/// Where something on the network listens: a scheme, a host and a port.
public struct NetworkAddress: Equatable, Sendable {
    /// A DNS name, an IPv4 address, or an IPv6 address without its brackets; at most 253 bytes.
    public var host: String
    public var port: UInt16

    /// Reads `SCHEME` and `HOST:PORT` behind it; an IPv6 address stands in brackets. Nil for anything else.
    /// - Parameter scheme: with its `://`.
    public init?(_ text: String, scheme: String) {
        guard text.utf8.starts(with: scheme.utf8) else { return nil }
        let rest = Array(text.utf8.dropFirst(scheme.utf8.count))
        guard let colon = rest.lastIndex(of: 0x3A), let port = Self.port(rest[(colon + 1)...]) else { return nil }
        var host = rest[..<colon]
        let isBracketed = host.first == 0x5B && host.last == 0x5D
        if isBracketed { host = host.dropFirst().dropLast() }
        guard (1...253).contains(host.count), host.allSatisfy({ Self.isHostByte($0) || isBracketed && $0 == 0x3A })
        else {
            return nil
        }
        self.host = String(decoding: host, as: UTF8.self)
        self.port = port
    }

    private static func port(_ digits: ArraySlice<UInt8>) -> UInt16? {
        guard (1...5).contains(digits.count) else { return nil }
        var value: UInt32 = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            value = value * 10 + UInt32(digit - 0x30)
        }
        return value == 0 ? nil : UInt16(exactly: value)
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
    }
}
