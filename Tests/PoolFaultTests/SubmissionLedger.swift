import LoopbackPool

/// What the agent has submitted to one pool, to find what it should not have.
struct SubmissionLedger {
    private(set) var shares: [String: [ClientID]] = [:]

    init(_ lines: [ReceivedLine]) {
        for line in lines {
            guard line.text.contains(#""mining.submit""#), let params = line.text.firstRange(of: #""params""#) else {
                continue
            }
            shares[String(line.text[params.lowerBound...]), default: []].append(line.client)
        }
    }

    /// Shares submitted more than once on a connection, or more than twice in all.
    ///
    /// Twice is right when the connection broke before the reply: the agent cannot know whether the pool has the share.
    var excessive: [String] {
        shares.filter { Set($0.value).count < $0.value.count || $0.value.count > 2 }.map(\.key)
    }

    /// Shares submitted a second time on a new connection.
    var repeated: Int { shares.count { $0.value.count == 2 } }
}
