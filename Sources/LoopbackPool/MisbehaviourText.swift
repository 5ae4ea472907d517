/// The written form of misbehaviours, for the command line: `NAME`, `NAME=VALUE`, either with `@MESSAGES` behind it.
extension MisbehaviourOrder {
    /// One line per misbehaviour, for help texts.
    public static let help = """
        refuse                  refuse new connections
        silent                  accept connections, never send anything
        silent-after-subscribe  say nothing after the answer to mining.subscribe
        silent-after-notify     say nothing after the first job
        half-open               stop reading and sending
        close-after=BYTES       close the connection when BYTES have been sent
        torn-lines[=MS]         write single bytes, MS apart (1)
        merged-lines            write several lines at once
        slow-replies[=MS]       send everything MS late (1000)
        wrong-types[=MESSAGE]   wrong JSON types, in all messages or in configure, subscribe,
                                authorize, submit, set-difficulty, notify
        huge-numbers            numbers beyond all ranges
        nul-bytes               a NUL in every line
        not-utf8                invalid UTF-8 in every line
        unknown-notifications   notifications of unknown methods between messages
        unknown-requests        requests for unknown methods between messages
        overlong-line[=BYTES]   BYTES without an end of line, once (1048576)
        notify-flood[=RATE]     RATE new jobs a second (100)
        reconnect[=HOST:PORT]   client.reconnect, to the pool itself or to HOST:PORT, once
        wrong-ids               answers with ids that nobody asked with
        duplicate-replies       every answer twice
        string-ids              ids as text
        set-extranonce          a new extranonce1 in the middle of a job, once
        set-version-mask[=HEX]  a new version mask in the middle of a job, once (0fffe000)
        configure-error         mining.configure answered with an error
        configure-ignored       mining.configure not answered
        reject-all[=FORM]       refuse all shares, as array, object, string, reason, null or false
        """

    /// Reads `NAME[=VALUE][@MESSAGES]`; the error says what was expected.
    public init(text: String) throws(MisbehaviourTextError) {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        var afterMessages = 0
        if parts.count == 2 {
            guard let count = Int(parts[1]), count >= 0 else {
                throw MisbehaviourTextError(found: text, expected: "a number of messages after the @")
            }
            afterMessages = count
        }
        let words = parts[0].split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let value = MisbehaviourValue(text: text, value: words.count == 2 ? words[1] : nil)
        self.init(try Self.misbehaviour(named: words[0], value), afterMessages: afterMessages)
    }

    private static func misbehaviour(
        named name: String, _ value: MisbehaviourValue
    ) throws(MisbehaviourTextError) -> Misbehaviour {
        if let plain = plainNames[name] {
            try value.expectNone()
            return plain
        }
        switch name {
        case "close-after": return .closeAfter(bytes: try value.number(in: 0...(1 << 30)))
        case "torn-lines": return .tornLines(.milliseconds(try value.number(in: 0...60_000, default: 1)))
        case "slow-replies": return .slowReplies(.milliseconds(try value.number(in: 0...600_000, default: 1000)))
        case "wrong-types": return .wrongTypes(try value.choice(default: nil))
        case "overlong-line": return .overlongLine(bytes: try value.number(in: 1...(2 << 20), default: 1 << 20))
        case "notify-flood": return .notifyFlood(perSecond: try value.number(in: 1...10_000, default: 100))
        case "reconnect": return try value.reconnect()
        case "set-version-mask": return .setVersionMask(try value.word(default: 0x0FFF_E000))
        case "reject-all": return .rejectAll(try value.choice(default: .array) ?? .array)
        default: throw MisbehaviourTextError(found: value.text, expected: "a misbehaviour that the help text lists")
        }
    }

    private static let plainNames: [String: Misbehaviour] = [
        "refuse": .refuseConnections, "silent": .silent, "silent-after-subscribe": .silentAfterSubscribe,
        "silent-after-notify": .silentAfterNotify, "half-open": .stopReading, "merged-lines": .mergedLines,
        "huge-numbers": .hugeNumbers, "nul-bytes": .nulBytes, "not-utf8": .notUTF8,
        "unknown-notifications": .unknownNotifications, "unknown-requests": .unknownRequests, "wrong-ids": .wrongIDs,
        "duplicate-replies": .duplicateReplies, "string-ids": .stringIDs, "set-extranonce": .setExtranonce,
        "configure-error": .configureError, "configure-ignored": .configureIgnored,
    ]
}

/// A misbehaviour that could not be read.
public struct MisbehaviourTextError: Error, Equatable, CustomStringConvertible {
    public let found: String
    public let expected: String

    public var description: String { "misbehaviour '\(found)': expected \(expected)" }
}

/// What stands behind the `=`.
private struct MisbehaviourValue {
    /// The whole order, for error messages.
    let text: String
    let value: String?

    func expectNone() throws(MisbehaviourTextError) {
        if value != nil { throw MisbehaviourTextError(found: text, expected: "no value after the name") }
    }

    func number(in range: ClosedRange<Int>, default fallback: Int? = nil) throws(MisbehaviourTextError) -> Int {
        guard let number = value.map({ Int($0) }) ?? fallback, range.contains(number) else {
            throw MisbehaviourTextError(
                found: text, expected: "a number \(range.lowerBound)–\(range.upperBound) after =")
        }
        return number
    }

    func word(default fallback: UInt32) throws(MisbehaviourTextError) -> UInt32 {
        guard let word = value.map({ Hexadecimal.word($0) }) ?? fallback else {
            throw MisbehaviourTextError(found: text, expected: "eight hexadecimal digits after =")
        }
        return word
    }

    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        default fallback: Choice?
    ) throws(MisbehaviourTextError) -> Choice? {
        guard let value else { return fallback }
        guard let choice = Choice(rawValue: value) else {
            let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw MisbehaviourTextError(found: text, expected: "one of \(names) after =")
        }
        return choice
    }

    func reconnect() throws(MisbehaviourTextError) -> Misbehaviour {
        guard let value else { return .reconnect(host: nil, port: 0) }
        let parts = value.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, let port = UInt16(parts[1]) else {
            throw MisbehaviourTextError(found: text, expected: "HOST:PORT after =")
        }
        return .reconnect(host: String(parts[0]), port: port)
    }
}
