/// Reads the parts of a name server's message; every step checks its bounds and answers nil past them.
struct NameMessageReader {
    /// A resource record (RFC 1035 §3.2.1).
    struct Record {
        let owner: [UInt8]
        let type: UInt16
        let `class`: UInt16
        /// Where its data are in the message.
        let data: Range<Int>
    }

    private let message: [UInt8]
    var position = 0

    init(_ message: [UInt8]) {
        self.message = message
    }

    mutating func byte() -> UInt8? {
        guard position < message.count else { return nil }
        defer { position += 1 }
        return message[position]
    }

    mutating func word() -> UInt16? {
        guard let high = byte(), let low = byte() else { return nil }
        return UInt16(high) << 8 | UInt16(low)
    }

    /// A name in lower case with dots between its labels, compressed (RFC 1035 §4.1.4) or not.
    mutating func name() -> [UInt8]? {
        var name: [UInt8] = []
        var label = position
        var end: Int?
        while label < message.count {
            let length = Int(message[label])
            switch length {
            case 0:
                position = end ?? label + 1
                return name
            case 1...63:
                guard label + 1 + length <= message.count, name.count + length < 254 else { return nil }
                if !name.isEmpty { name.append(UInt8(ascii: ".")) }
                name.append(contentsOf: message[label + 1..<label + 1 + length].lazy.map(HostName.lowercased))
                label += 1 + length
            case 0xC0...0xFF:
                guard label + 1 < message.count else { return nil }
                let target = (length & 0x3F) << 8 | Int(message[label + 1])
                // Only backwards: so it ends.
                guard target < label else { return nil }
                end = end ?? label + 2
                label = target
            default:
                return nil
            }
        }
        return nil
    }

    mutating func record() -> Record? {
        guard let owner = name(), let type = word(), let recordClass = word(),
            word() != nil, word() != nil,  // time to live
            let length = word(), position + Int(length) <= message.count
        else { return nil }
        let data = position..<position + Int(length)
        position = data.upperBound
        return Record(owner: owner, type: type, class: recordClass, data: data)
    }

    /// The address in a record's data; nil when its length is wrong.
    func address(_ kind: NameQuestion.Kind, at data: Range<Int>) -> IPAddress? {
        let bytes = message[data]
        switch kind {
        case .ipv4:
            guard bytes.count == 4 else { return nil }
            return .v4(bytes.reduce(0) { $0 << 8 | UInt32($1) })
        case .ipv6:
            guard bytes.count == 16 else { return nil }
            return .v6(
                high: bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) },
                low: bytes.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) })
        }
    }
}
