import Base
import JSON
import Mining
import SHA256

/// The parameters of what pools send (Docs/stratum.md). Each is read completely before any of it is used.
extension JobTemplate {
    /// Merkle branches of a block with 2^32 transactions, far above what fits.
    static let branchLimit = 32

    /// Reads `mining.notify`.
    init(notify message: Message) throws(JSONError) {
        var params = try Parameters(message)
        let id = try params.string("a job id", limit: 64)
        guard !id.isEmpty else { throw params.reader.error(.unusable(expected: "a job id of 1 to 64 bytes")) }
        let previous = try params.bytes("a previous hash of 64 hexadecimal digits", sizes: 32...32)
        let prefix = try params.bytes("the coinbase's first part in hexadecimal", sizes: 1...LineAssembler.limit)
        let suffix = try params.bytes("the coinbase's second part in hexadecimal", sizes: 0...LineAssembler.limit)
        let branches = try Self.branches(&params)
        let version = try params.word("a version of 8 hexadecimal digits")
        let bits = try params.word("a compact target of 8 hexadecimal digits")
        guard bits & 0x80_0000 == 0, bits & 0x7F_FFFF != 0, bits >> 24 <= 0x22 else {
            throw params.reader.error(.unusable(expected: "a compact target that can be met"))
        }
        let time = try params.word("a time of 8 hexadecimal digits")
        let isClean = try params.advance() ? try params.reader.readBool() : false
        guard var previousHash = Digest(bytes: previous) else {
            throw params.reader.error(.unusable(expected: "a previous hash of 64 hexadecimal digits"))
        }
        // Stratum reverses the bytes inside each word, but not the words.
        for word in 0..<8 { previousHash.words[word] = previousHash.words[word].byteSwapped }
        self.init(
            id: id, previousHash: previousHash, coinbasePrefix: prefix, coinbaseSuffix: suffix,
            merkleBranches: branches, version: version, bits: bits, time: time, isClean: isClean)
    }

    private static func branches(_ params: inout Parameters) throws(JSONError) -> [Digest] {
        try params.require("an array of merkle branches")
        var list = try Parameters(params.reader)
        var branches: [Digest] = []
        while try list.advance() {
            guard branches.count < branchLimit else {
                throw list.reader.error(.unusable(expected: "at most 32 merkle branches"))
            }
            guard let branch = Hex.decode(try list.reader.readString(limit: 64)), let digest = Digest(bytes: branch)
            else {
                throw list.reader.error(.unusable(expected: "a merkle branch of 64 hexadecimal digits"))
            }
            branches.append(digest)
        }
        try params.reader.skip()
        return branches
    }
}

extension Difficulty {
    /// Reads `mining.set_difficulty`.
    init(message: Message) throws(JSONError) {
        var params = try Parameters(message)
        let number = try params.number("a difficulty")
        guard !number.isNegative, let value = Difficulty(significand: number.significand, exponent: number.exponent)
        else {
            throw params.reader.error(.unusable(expected: "a difficulty above 0, within 10^-19 and 10^38"))
        }
        self = value
    }
}

extension Extranonce {
    /// Reads extranonce1 and extranonce2_size, the next two of `params`.
    init(_ params: inout Parameters) throws(JSONError) {
        let prefix = try params.bytes("an extranonce1 of 0 to 32 bytes in hexadecimal", sizes: 0...32)
        guard let size = try params.number("an extranonce2 size").int, Self.supportedSizes.contains(size) else {
            throw params.reader.error(.unusable(expected: "an extranonce2 size of 1 to 16 bytes"))
        }
        self.init(prefix: prefix, size: size)
    }
}

/// The reply to `mining.subscribe`: [subscriptions, extranonce1, extranonce2_size].
struct Subscription {
    var extranonce: Extranonce
    /// What to subscribe with again after a disconnection; nil when the pool gave nothing of the kind.
    var sessionID: [UInt8]?

    init(_ reader: JSONReader) throws(JSONError) {
        var params = try Parameters(reader)
        try params.require("an array of subscriptions")
        let subscriptions = try params.reader.skip()
        extranonce = try Extranonce(&params)
        sessionID = Self.sessionID(params.reader.again(subscriptions), depth: 0)
    }

    /// The id beside "mining.notify" in [["mining.notify", id], …], or in a bare ["mining.notify", id]. Pools vary this
    /// list freely, and mining does not need it: whatever else stands there is passed over.
    private static func sessionID(_ reader: JSONReader, depth: Int) -> [UInt8]? {
        guard depth < 3 else { return nil }
        do throws(JSONError) {
            var list = try Parameters(reader)
            var isNamed = false
            while try list.advance() {
                switch try list.reader.kind() {
                case .array:
                    let inner = try list.reader.skip()
                    if let found = sessionID(list.reader.again(inner), depth: depth + 1) { return found }
                case .string:
                    let text = try list.reader.readString()
                    if isNamed { return (1...128).contains(text.count) ? text : nil }
                    if case "mining.notify" = text { isNamed = true }
                default: try list.reader.skip()
                }
            }
        } catch {}
        return nil
    }
}

/// The reply to `mining.configure` (BIP 310): the mask granted for version rolling, or nil when it is not.
struct GrantedRolling {
    var mask: UInt32?

    init(_ result: JSONReader) throws(JSONError) {
        var reader = result
        var isGranted = false
        var granted: UInt32?
        try reader.enterObject()
        while let key = try reader.nextKey() {
            switch (key, try reader.kind()) {
            case ("version-rolling", .bool): isGranted = try reader.readBool()
            case ("version-rolling.mask", .string):
                granted = Hex.decodeUInt32(try reader.readString(limit: 10))
                if granted == nil { throw reader.error(.unusable(expected: "a mask of 8 hexadecimal digits")) }
            default: try reader.skip()
            }
        }
        mask = isGranted ? granted : nil
    }
}
