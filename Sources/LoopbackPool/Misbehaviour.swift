/// Something that a bad pool, or a bad network in front of a good one, does to its miners.
public enum Misbehaviour: Hashable, Sendable {
    // MARK: The connection

    /// New connections are refused; existing ones stay. Concerns all clients.
    case refuseConnections
    /// Connections are accepted and read, but nothing is ever sent.
    case silent
    /// Nothing is sent after the answer to `mining.subscribe`.
    case silentAfterSubscribe
    /// Nothing is sent after the first `mining.notify`.
    case silentAfterNotify
    /// Half open: nothing is read any more, nor sent.
    case stopReading
    /// The connection is closed when this many bytes have been sent on it.
    case closeAfter(bytes: Int)
    /// Every byte is a write of its own, this far apart.
    case tornLines(Duration)
    /// Lines are held back for a tenth of a second and leave in one write.
    case mergedLines
    /// Everything is sent this much late.
    case slowReplies(Duration)

    // MARK: The text

    /// Values of the wrong JSON type, in messages of one kind or in all.
    case wrongTypes(MessageKind?)
    /// Numbers beyond every integer and floating-point range.
    case hugeNumbers
    /// A NUL byte in the middle of every line.
    case nulBytes
    /// Bytes that are no UTF-8 in the middle of every line.
    case notUTF8
    /// Before each message, a notification of a method that does not exist.
    case unknownNotifications
    /// Before each message, a request for a method that does not exist.
    case unknownRequests
    /// Once: this many bytes without an end of line.
    case overlongLine(bytes: Int)

    // MARK: The protocol

    /// New jobs at this rate.
    case notifyFlood(perSecond: Int)
    /// Once: `client.reconnect`, to the pool itself without a host or elsewhere.
    case reconnect(host: String?, port: UInt16)
    /// Answers carry ids that nobody asked with.
    case wrongIDs
    /// Every answer is sent twice.
    case duplicateReplies
    /// Ids come back as text.
    case stringIDs
    /// Once, after a job: a new extranonce1, though the miner may not have asked for such changes.
    case setExtranonce
    /// Once, after a job: this version-rolling mask from now on.
    case setVersionMask(UInt32)
    /// `mining.configure` is answered with an error, as by pools that do not know it.
    case configureError
    /// `mining.configure` is not answered.
    case configureIgnored
    /// Every share is refused, in this form.
    case rejectAll(RejectForm)

    /// The ways in which pools are known to say no to a share.
    public enum RejectForm: String, CaseIterable, Sendable {
        /// `"error":[20,"text",null]`
        case array
        /// `"error":{"code":20,"message":"text"}`
        case object
        /// `"error":"text"`
        case string
        /// `"result":false`, no error and a `reject-reason` member
        case reason
        /// `"result":null,"error":null`
        case null
        /// `"result":false,"error":null`
        case `false`
    }

    /// Whether it happens once per client instead of going on.
    var isSingleEvent: Bool {
        switch self {
        case .overlongLine, .reconnect, .setExtranonce, .setVersionMask: true
        default: false
        }
    }

    /// Whether it waits until the miner has a job.
    var needsJob: Bool {
        switch self {
        case .reconnect, .setExtranonce, .setVersionMask, .notifyFlood: true
        default: false
        }
    }
}

/// A misbehaviour with the moment from which it applies.
public struct MisbehaviourOrder: Hashable, Sendable {
    public var misbehaviour: Misbehaviour
    /// Messages that a client gets before it is its turn.
    public var afterMessages: Int

    public init(_ misbehaviour: Misbehaviour, afterMessages: Int = 0) {
        self.misbehaviour = misbehaviour
        self.afterMessages = afterMessages
    }
}
