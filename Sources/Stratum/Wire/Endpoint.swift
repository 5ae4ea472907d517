import JSON

/// Where a pool listens.
public struct Endpoint: Sendable {
    /// A DNS name, or an IPv4 or IPv6 address without brackets.
    public var host: [UInt8]
    public var port: UInt16

    public init(host: some Sequence<UInt8>, port: UInt16) {
        self.host = Array(host)
        self.port = port
    }

    /// Whether a pool at this endpoint may send its miners on to `other`.
    ///
    /// A plain-text connection can be spoken into by others, and `client.reconnect` was used to steal hash rate that way. So
    /// only the same host, a subdomain of it, or a name below the same registrable domain is allowed. That
    /// domain is taken to be what follows the host's first dot, which must itself have a dot and not be a public suffix
    /// of the kind `co.uk`. Addresses have no domain: they must be equal.
    func mayRedirect(to other: [UInt8]) -> Bool {
        let own = Self.canonical(host)
        let new = Self.canonical(other)
        guard !new.isEmpty, new.count <= 253, new.allSatisfy(Self.isHostByte) else { return false }
        if own == new { return true }
        guard !Self.isAddress(own), !Self.isAddress(new), own.contains(0x2E) else { return false }
        if Self.isPublicSuffix(own) { return false }
        if new.count > own.count, new[new.count - own.count - 1] == 0x2E, new.suffix(own.count).elementsEqual(own) {
            return true
        }
        guard let dot = own.firstIndex(of: 0x2E), let otherDot = new.firstIndex(of: 0x2E) else { return false }
        let domain = Array(own[(dot + 1)...])
        return domain.contains(0x2E) && !Self.isPublicSuffix(domain) && new[(otherDot + 1)...].elementsEqual(domain)
    }

    /// Lower case, without the root's dot at the end.
    private static func canonical(_ host: [UInt8]) -> [UInt8] {
        let lower = host.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        return lower.last == 0x2E ? Array(lower.dropLast()) : lower
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x61...0x7A, 0x2D, 0x2E, 0x3A, 0x5F: true
        default: false
        }
    }

    /// Digits and dots only, or a colon: IPv4 or IPv6.
    private static func isAddress(_ host: [UInt8]) -> Bool {
        host.contains(0x3A) || host.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E }
    }

    /// Two labels under a country's domain of which the first is one that registries sell names below (RFC 920's
    /// categories and their abbreviations). Not the whole public suffix list, but a refusal costs nothing: the miner then
    /// stays where it was told to mine.
    private static func isPublicSuffix(_ domain: [UInt8]) -> Bool {
        let labels = domain.split(separator: 0x2E, omittingEmptySubsequences: false)
        guard labels.count == 2, labels[1].count == 2 else { return labels.count < 2 }
        switch Array(labels[0]) {
        case "co", "com", "net", "org", "edu", "gov", "ac", "or", "ne", "go", "gob", "mil", "biz", "info": return true
        default: return false
        }
    }
}

/// Where a pool sends its miners with `client.reconnect`: [host, port, wait], all of them optional.
struct Redirection {
    var host: [UInt8]?
    var port: UInt16?
    /// How long to stay away, at most `waitLimit`.
    var wait: Duration

    /// A pool, or somebody in its name, could otherwise park a rig for good.
    static let waitLimit = 300

    init(_ message: Message) throws(JSONError) {
        wait = .zero
        guard message.params != nil else { return }
        var params = try Parameters(message)
        if try params.advance(), try !params.reader.skipNull() {
            let name = try params.reader.readString(limit: 253)
            host = name.isEmpty ? nil : name
        }
        if try params.advance(), try !params.reader.skipNull() {
            let range = try params.reader.skip()
            guard let port = Message.number(message.line, range).flatMap({ UInt16(exactly: $0) }) else {
                throw params.reader.error(.unusable(expected: "a port of 1 to 65535"))
            }
            self.port = port == 0 ? nil : port
        }
        if try params.advance(), try !params.reader.skipNull() {
            let range = try params.reader.skip()
            guard let seconds = Message.number(message.line, range) else {
                throw params.reader.error(.unusable(expected: "a wait in whole seconds"))
            }
            wait = .seconds(min(Int(clamping: seconds), Self.waitLimit))
        }
    }
}
