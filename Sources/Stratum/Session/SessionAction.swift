import JSON
import Mining

extension Session {
    /// What a session wants done, in order.
    public enum Action: Sendable {
        /// Bytes for the pool.
        case send([UInt8])
        /// The pool has taken the worker on.
        case authorized
        /// To be mined from now on. Follows `authorized`; comes again when the version mask changes.
        case job(Assignment)
        /// The pool's difficulty from the next job on.
        case difficulty(Difficulty)
        /// The pool took the share, and counts it for the difficulty `credit`. `latency` is from submission to reply.
        case accepted(Submission, credit: Difficulty, latency: Duration)
        case rejected(Submission, credit: Difficulty, Rejection, latency: Duration)
        /// The pool moves its miners. The session is over.
        case reconnect(Endpoint, wait: Duration)
        /// The session is over; the connection is to be closed.
        case failed(Failure)
        case log(Note)
    }

    /// Why a session cannot go on.
    public enum Failure: Sendable {
        /// The pool refused what mining needs.
        case refused(Request, Rejection)
        /// The pool granted what mining needs, but not in a usable form.
        case unusable(Request, JSONError)
        /// No reply within the deadline.
        case unanswered(Request)
        /// No job within the deadline, though the connection stands.
        case silent
        /// Too many lines in a row that made no sense.
        case garbage
    }

    /// A line that could not be used. The session goes on.
    public enum Fault: Sendable {
        /// Not JSON, or a call whose parameters are not what its method takes; nothing of it was applied.
        case malformed(JSONError)
        /// Longer than 64 KiB; dropped up to its end.
        case tooLong
        /// Neither a call nor a reply.
        case unintelligible
        /// A reply to a request that was never made.
        case unexpectedReply
    }

    /// Something worth a line in the log.
    public enum Note: Sendable {
        case fault(Fault)
        /// The pool's words to the operator: printable, bounded.
        case message([UInt8])
        /// A method that miners do not have.
        case unknownMethod([UInt8])
        /// The version bits granted, 0 when none are.
        case versionMask(UInt32)
        /// An optional request was refused.
        case refused(Request, Rejection)
        /// An optional request was not answered in time.
        case unanswered(Request)
        /// A reply that came after its deadline, or twice.
        case lateReply
        /// An error that belongs to no request.
        case poolError(Rejection)
        /// The pool wants to move its miners to a host that is none of its own.
        case redirectRefused([UInt8])
        /// The pool took the session up again where it was left: its extranonce1 is the same.
        case resumed
        /// More calls that want an answer than are answered at a time.
        case callsIgnored
    }
}
