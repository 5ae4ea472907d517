/// Where a Stratum pool listens: `stratum+tcp://HOST:PORT`.
public struct PoolAddress: Equatable, Sendable {
    /// A DNS name, an IPv4 address, or an IPv6 address without its brackets; at most 253 bytes.
    public var host: String
    public var port: UInt16

    /// What such an address looks like, for messages.
    public static let form = "a pool address stratum+tcp://HOST:PORT"

    /// Reads the form `stratum+tcp://HOST:PORT`; an IPv6 address stands in brackets. Nil for anything else.
    public init?(_ text: String) {
        let scheme = "stratum+tcp://"
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

    /// `HOST:PORT`, as logs and the live line print it.
    public var text: String {
        host.utf8.contains(0x3A) ? "[\(host)]:\(port)" : "\(host):\(port)"
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

/// One pool, and the account to mine for there.
public struct PoolConfiguration: Equatable, Sendable {
    public var address: PoolAddress
    public var user: String
    public var password: String

    public init(address: PoolAddress, user: String, password: String) {
        self.address = address
        self.user = user
        self.password = password
    }

    /// Longest account name and longest password, in bytes.
    static let textLimit = 128
    /// What account names and passwords look like, for messages.
    public static let userForm = "an account name of 1 to 128 bytes"
    public static let passwordForm = "a password of at most 128 bytes"

    /// Whether `text` can be an account name: not empty, not too long, without control characters.
    public static func isUser(_ text: String) -> Bool { !text.utf8.isEmpty && isPassword(text) }

    /// Whether `text` can be a password: not too long, without control characters.
    public static func isPassword(_ text: String) -> Bool {
        text.utf8.count <= textLimit && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }

    static func read(from reader: inout DocumentReader) throws(DocumentError) -> PoolConfiguration {
        var address: PoolAddress?
        var user = ""
        var password = "x"
        try reader.object(keys: ["url", "user", "password"], required: ["url", "user"]) {
            (reader, key) throws(DocumentError) in
            switch key {
            case "url": address = try reader.string(PoolAddress.form, limit: 300) { PoolAddress($0) }
            case "user":
                user = try reader.string(userForm, limit: textLimit) { isUser($0) ? $0 : nil }
            default: password = try reader.string(passwordForm, limit: textLimit) { isPassword($0) ? $0 : nil }
            }
        }
        // `object` has thrown already when the required key was missing.
        guard let address else { throw reader.problem("key \"url\" is missing") }
        return PoolConfiguration(address: address, user: user, password: password)
    }
}
