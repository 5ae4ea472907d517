/// The questions for both kinds of addresses of a name, and what one server replied to them so far.
struct NameExchange {
    let questions: [NameQuestion]
    private var replies: [NameQuestion.Reply?] = [nil, nil]

    init(_ name: HostName, identifiers: (UInt16, UInt16)) {
        questions = [
            NameQuestion(identifier: identifiers.0, name: name, kind: .ipv4),
            NameQuestion(identifier: identifiers.1, name: name, kind: .ipv6),
        ]
    }

    /// Takes a datagram for what it is; the first reply to a question counts.
    mutating func receive(_ message: [UInt8]) {
        for index in questions.indices where replies[index] == nil {
            let reply = questions[index].reply(in: message)
            if reply != .unrelated {
                replies[index] = reply
                return
            }
        }
    }

    /// Whether nothing more can come that would matter.
    var isFinished: Bool { replies.allSatisfy { $0 != nil } || replies.contains(.noSuchName) }

    /// Whether there are addresses already.
    var hasAddresses: Bool { !addresses.isEmpty }

    /// The addresses, both kinds by turns with IPv4 first; or why there are none.
    func outcome() throws(Resolver.Failure) -> [IPAddress] {
        let addresses = addresses
        if !addresses.isEmpty { return addresses }
        if replies.contains(.noSuchName) { throw .noSuchName }
        for case .failure(let code) in replies { throw .serverFailure(code) }
        throw replies.contains(nil) ? .noAnswer : .noAddress
    }

    private var addresses: [IPAddress] {
        let ofKind = replies.map { reply in
            if case .addresses(let addresses) = reply { addresses } else { [IPAddress]() }
        }
        var result: [IPAddress] = []
        for index in 0..<max(ofKind[0].count, ofKind[1].count) {
            for addresses in ofKind where index < addresses.count { result.append(addresses[index]) }
        }
        return result
    }
}
