/// Where a Stratum pool listens: `stratum+tcp://HOST:PORT`.
public struct PoolAddress: Equatable, Sendable {
    /// A DNS name, an IPv4 address, or an IPv6 address without its brackets; at most 253 bytes.
    public var host: String
    public var port: UInt16

    /// What such an address looks like, for messages.
    public static let form = "a pool address stratum+tcp://HOST:PORT"

    /// Reads the form `stratum+tcp://HOST:PORT`; an IPv6 address stands in brackets. Nil for anything else.
    public init?(_ text: String) {
        guard let address = NetworkAddress(text, scheme: "stratum+tcp://") else { return nil }
        host = address.host
        port = address.port
    }

    /// `HOST:PORT`, as logs and the live line print it.
    public var text: String {
        host.utf8.contains(0x3A) ? "[\(host)]:\(port)" : "\(host):\(port)"
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
