import Base
import Mining

extension PoolGroup {
    /// Names one connection, or one attempt at it; never used again.
    public struct Connection: Hashable, Sendable {
        public let number: UInt32
    }

    /// What the group wants done, in order.
    public enum Action: Sendable {
        /// Open a connection; answer with `connected` or `closed`.
        case connect(Connection, Endpoint)
        case send(Connection, [UInt8])
        /// Close it, if it is still open; no answer is expected.
        case close(Connection)
        /// Mine this from now on, and nothing else if its job is clean. The first job of another pool always is.
        case work(pool: Int, Assignment)
        /// No pool has had work for a while: stop hashing. Ends with the next `work`.
        case idle
        case accepted(pool: Int, Submission, credit: Difficulty, latency: Duration)
        case rejected(pool: Int, Submission, Rejection, latency: Duration)
        /// The share is not, or not any more, on its way to the pool.
        case lost(pool: Int, Submission, Loss)
        case log(pool: Int, Note)
    }

    /// Why a share does not reach the pool, or its reply does not reach us.
    public enum Loss: Sendable {
        /// Its job was over before it could be submitted.
        case stale
        /// Submitted before.
        case duplicate
        /// Its extranonce2 or version bits are not what the pool allows.
        case invalid
        /// More shares waited for a connection than the queue holds.
        case overflow
        /// The connection broke, and the pool did not resume the session in time.
        case disconnected
        /// The miner was told to stop before the pool had answered.
        case stopped
    }

    /// Something worth a line in the log.
    public enum Note: Sendable {
        case session(Session.Note)
        case difficulty(Difficulty)
        case authorized
        case connected(Endpoint)
        /// The connection is gone; the next attempt comes after `retry`.
        case down(Outage, retry: Duration)
        /// Mining goes to this pool now.
        case active
        /// This request made the pool hang up, twice; it is left out for a while.
        case avoiding(Request)
        case redirected(Endpoint)
    }

    /// Why a connection is gone.
    public enum Outage: Sendable {
        /// Refused, unreachable, or no answer in time.
        case notConnected
        /// Closed by the pool or broken on the way.
        case closed
        case session(Session.Failure)
        case redirected
    }

    /// Times and limits (Docs/stratum.md).
    public struct Policy: Sendable {
        public var connect: Duration = .seconds(10)
        /// Without any working pool, each pool is given so much time before the one after it is tried too.
        public var precedence: Duration = .seconds(3)
        /// The delay before a connection is tried again doubles from the first to the second of these.
        public var firstRetry: Duration = .seconds(1)
        public var lastRetry: Duration = .seconds(60)
        /// A pool that was left is not returned to before this; doubled, up to the limit, each time it did not then work
        /// for `proof`.
        public var hold: Duration = .seconds(60)
        public var holdLimit: Duration = .seconds(960)
        public var proof: Duration = .seconds(600)
        /// After a change of pools, how long the old one may still answer.
        public var linger: Duration = .seconds(5)
        /// How long old work is mined without a connection before hashing should stop.
        public var idle: Duration = .seconds(60)
        /// How long a share waits for its session to be resumed.
        public var resume: Duration = .seconds(120)
        /// How long an option is left out that made the pool hang up.
        public var avoidance: Duration = .seconds(3600)
        /// How many shares may wait for a connection, for each pool.
        public var queueLimit = 128

        public init() {}
    }
}
