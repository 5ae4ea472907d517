import Base
import CLinux

/// Waits for many descriptors and one deadline at a time (epoll(7), timerfd_create(2)).
///
/// It calls nobody back: `wait` returns what happened as values, and the caller, who owns all state, switches over them.
/// Level-triggered: what is not dealt with is reported again.
public struct Reactor: ~Copyable {
    /// The caller's name for a registered descriptor.
    ///
    /// A batch of events may still hold one for a descriptor that was closed while the batch was worked through: tokens
    /// must not be used again for another descriptor within the batch.
    public struct Token: RawRepresentable, Hashable, Sendable {
        public let rawValue: UInt64

        @inlinable
        public init(rawValue: UInt64) {
            self.rawValue = rawValue
        }

        /// Kept for the reactor's own timer.
        static var timer: Token { Token(rawValue: .max) }
    }

    /// What a descriptor is, or shall be watched for being, ready for.
    public struct Readiness: OptionSet, Hashable, Sendable {
        public let rawValue: UInt32

        @inlinable
        public init(rawValue: UInt32) {
            self.rawValue = rawValue
        }

        /// There is something to read: bytes, a connection, or the end.
        public static var readable: Readiness { Readiness(rawValue: EPOLLIN.rawValue) }
        /// The kernel takes bytes; a connection that was under way is decided.
        public static var writable: Readiness { Readiness(rawValue: EPOLLOUT.rawValue) }
        /// Exceptional condition: an edge on a GPIO line's sysfs `value` file.
        public static var priority: Readiness { Readiness(rawValue: EPOLLPRI.rawValue) }
        /// The peer will send no more (half-close).
        public static var peerClosed: Readiness { Readiness(rawValue: EPOLLRDHUP.rawValue) }
        /// Both directions are closed. Reported unasked.
        public static var hangup: Readiness { Readiness(rawValue: EPOLLHUP.rawValue) }
        /// An error is pending; reading or writing will tell which. Reported unasked.
        public static var error: Readiness { Readiness(rawValue: EPOLLERR.rawValue) }
    }

    /// A registered descriptor, or a timer, that is ready.
    public struct Event: Equatable, Sendable {
        public let token: Token
        public let readiness: Readiness
    }

    /// The most events that one `wait` returns; the others come with the next.
    public static var batchLimit: Int { 64 }

    private let epoll: FileDescriptor
    private let timer: FileDescriptor
    private let buffer: UnsafeMutablePointer<epoll_event>
    /// What the timer is set to; nil when it is off.
    private var armed: Instant?

    /// Fails when the process is out of descriptors or the kernel out of memory.
    public init() throws(SystemError) {
        let epoll = FileDescriptor(owning: try valueOrErrno("epoll_create1") { clinux_epoll_create() })
        let timer = FileDescriptor(owning: try valueOrErrno("timerfd_create") { clinux_timerfd() })
        _ = try valueOrErrno("epoll_ctl") {
            clinux_epoll_ctl(
                epoll.rawValue, EPOLL_CTL_ADD, timer.rawValue, EPOLLIN.rawValue, Token.timer.rawValue)
        }
        self.epoll = epoll
        self.timer = timer
        buffer = .allocate(capacity: Reactor.batchLimit)
    }

    deinit {
        buffer.deallocate()
    }

    /// Starts watching a descriptor. It must not be watched already (EEXIST); closing it ends the watch.
    public func register(
        _ descriptor: borrowing FileDescriptor, for readiness: Readiness, as token: Token
    ) throws(SystemError) {
        try control(EPOLL_CTL_ADD, descriptor, readiness, token)
    }

    /// Starts watching a mailbox: an event comes while it holds something.
    public func register<Element>(_ mailbox: Mailbox<Element>, as token: Token) throws(SystemError) {
        try register(mailbox.wakeup.descriptor, for: .readable, as: token)
    }

    /// Changes what a watched descriptor is watched for.
    public func update(
        _ descriptor: borrowing FileDescriptor, for readiness: Readiness, as token: Token
    ) throws(SystemError) {
        try control(EPOLL_CTL_MOD, descriptor, readiness, token)
    }

    /// Stops watching a descriptor that stays open.
    public func remove(_ descriptor: borrowing FileDescriptor) throws(SystemError) {
        try control(EPOLL_CTL_DEL, descriptor, [], Token(rawValue: 0))
    }

    private func control(
        _ operation: CInt, _ descriptor: borrowing FileDescriptor, _ readiness: Readiness, _ token: Token
    ) throws(SystemError) {
        precondition(token != .timer, "this token is the reactor's own")
        _ = try valueOrErrno("epoll_ctl") {
            clinux_epoll_ctl(epoll.rawValue, operation, descriptor.rawValue, readiness.rawValue, token.rawValue)
        }
    }

    /// Waits until something is ready or until `deadline` (nil: without limit), and replaces `events` with what happened,
    /// at most `batchLimit` of it. Empty means that the deadline has passed.
    ///
    /// The deadline holds to the accuracy of the kernel's timers, well below the millisecond that epoll_wait(2) counts in.
    /// A deadline in the past makes this a poll that returns what is ready now.
    public mutating func wait(until deadline: Instant?, into events: inout [Event]) throws(SystemError) {
        events.removeAll(keepingCapacity: true)
        var timeout: CInt = -1
        if let deadline, deadline <= Clock.now {
            timeout = 0
        } else if deadline != armed {
            // A deadline at the end of time would overflow the kernel's: 146 years of waiting are no different.
            let nanoseconds = deadline.map { Int64(clamping: min($0.nanoseconds, .max >> 2)) } ?? 0
            _ = try valueOrErrno("timerfd_settime") { clinux_timerfd_arm(timer.rawValue, nanoseconds) }
            armed = deadline
        }
        let count = try valueOrErrno("epoll_wait") {
            epoll_wait(epoll.rawValue, buffer, CInt(Reactor.batchLimit), timeout)
        }
        for index in 0..<Int(count) {
            let event = Event(
                token: Token(rawValue: clinux_epoll_token(buffer + index)),
                readiness: Readiness(rawValue: clinux_epoll_events(buffer + index)))
            if event.token == .timer {
                // Stays readable until it is set anew, which the next wait then does.
                try disarm()
            } else {
                events.append(event)
            }
        }
    }

    private mutating func disarm() throws(SystemError) {
        _ = try valueOrErrno("timerfd_settime") { clinux_timerfd_arm(timer.rawValue, 0) }
        armed = nil
    }
}
