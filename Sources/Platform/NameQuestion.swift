/// A question to a name server, and how its reply is read (RFC 1035 §4).
struct NameQuestion: Equatable, Sendable {
    /// What is asked for (RFC 1035 §3.2.2, RFC 3596).
    enum Kind: UInt16, Sendable {
        case ipv4 = 1
        case ipv6 = 28
    }

    let identifier: UInt16
    let name: HostName
    let kind: Kind

    /// The message to send: one question, recursion desired.
    var message: [UInt8] {
        var message: [UInt8] = []
        for word: UInt16 in [identifier, 0x0100, 1, 0, 0, 0] { message.appendBigEndian(word) }
        for label in name.bytes.split(separator: UInt8(ascii: ".")) {
            message.append(UInt8(label.count))
            message.append(contentsOf: label)
        }
        message.append(0)
        message.appendBigEndian(kind.rawValue)
        message.appendBigEndian(NameQuestion.internetClass)
        return message
    }

    /// What a message has to say to this question.
    enum Reply: Equatable, Sendable {
        /// The addresses, in the server's order; none when the name has none of this kind.
        case addresses([IPAddress])
        /// There is no such name (NXDOMAIN).
        case noSuchName
        /// The server could not or would not tell: its response code, 1–15, or 0 when the reply was cut off before the
        /// first address.
        case failure(UInt8)
        /// No reply to this question, or not in the form of one: to be ignored, for anybody can send such a thing.
        case unrelated
    }

    /// More addresses than these are not kept.
    static var addressLimit: Int { 16 }

    private static var internetClass: UInt16 { 1 }
    private static var aliasType: UInt16 { 5 }
    /// Aliases that lead to aliases are followed so often.
    private static var aliasLimit: Int { 8 }

    /// Reads a reply. Never reads past its end, whatever it holds.
    func reply(in message: [UInt8]) -> Reply {
        var reader = NameMessageReader(message)
        guard let replyIdentifier = reader.word(), let flags = reader.word(), let questions = reader.word(),
            let answers = reader.word(), reader.word() != nil, reader.word() != nil,
            replyIdentifier == identifier, flags & 0x8000 != 0, flags & 0x7800 == 0, questions == 1,
            reader.name() == name.bytes, reader.word() == kind.rawValue, reader.word() == NameQuestion.internetClass
        else { return .unrelated }
        switch UInt8(flags & 15) {
        case 0: break
        case 3: return .noSuchName
        case let code: return .failure(code)
        }
        let isCutOff = flags & 0x0200 != 0
        guard let addresses = addresses(in: reader, count: Int(answers), isCutOff: isCutOff) else { return .unrelated }
        return addresses.isEmpty && isCutOff ? .failure(0) : .addresses(addresses)
    }

    /// The addresses of the name, or of what it is an alias of; nil when the records are malformed.
    private func addresses(in start: NameMessageReader, count: Int, isCutOff: Bool) -> [IPAddress]? {
        var owner = name.bytes
        for _ in 0...NameQuestion.aliasLimit {
            var reader = start
            var addresses: [IPAddress] = []
            var alias: [UInt8]?
            for _ in 0..<count {
                guard let record = reader.record() else {
                    // A reply that was cut off ends with half a record; what is whole is good.
                    if isCutOff { break }
                    return nil
                }
                guard record.owner == owner, record.class == NameQuestion.internetClass else { continue }
                if record.type == NameQuestion.aliasType, alias == nil {
                    var target = reader
                    target.position = record.data.lowerBound
                    guard let name = target.name() else { return nil }
                    alias = name
                } else if record.type == kind.rawValue, addresses.count < NameQuestion.addressLimit {
                    guard let address = reader.address(kind, at: record.data) else { return nil }
                    addresses.append(address)
                }
            }
            guard addresses.isEmpty, let alias else { return addresses }
            owner = alias
        }
        return []
    }
}

extension [UInt8] {
    fileprivate mutating func appendBigEndian(_ word: UInt16) {
        append(UInt8(word >> 8))
        append(UInt8(truncatingIfNeeded: word))
    }
}
