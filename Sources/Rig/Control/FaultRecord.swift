import Base

/// What is wrong and what was wrong, kept across restarts as `faults.json`, apart from the operator's settings: a fault
/// never changes what somebody has configured.
public struct FaultRecord: Equatable, Sendable {
    /// Faults that are kept, at most.
    public static let limit = 64

    /// The part that a fault is about; numbers count from zero, as in the board file.
    public enum Subject: Hashable, Sendable {
        case rig
        case board(Int)
        case fan(Int)
        case supply(Int)
        case channel(Int)

        /// As displays show it, counted from one: `FAN2` is the second of the board file.
        public var name: String {
            switch self {
            case .rig: "RIG"
            case .board(let index): "BOARD\(index + 1)"
            case .fan(let index): "FAN\(index + 1)"
            case .supply(let index): "SUPPLY\(index + 1)"
            case .channel(let index): "SENSOR\(index + 1)"
            }
        }
    }

    /// A number that was around when a fault was found.
    public struct Evidence: Equatable, Sendable {
        /// What the numbers count.
        public enum Quantity: UInt8, Sendable, CaseIterable {
            case millidegrees, rpm, permille, millivolts, milliwatts, hertz, count

            var name: StaticString {
                switch self {
                case .millidegrees: "millidegrees"
                case .rpm: "rpm"
                case .permille: "permille"
                case .millivolts: "millivolts"
                case .milliwatts: "milliwatts"
                case .hertz: "hertz"
                case .count: "count"
                }
            }
        }

        public var quantity: Quantity
        /// What was measured; nil when nothing was.
        public var raw: Int64?
        /// What the controller took for true, or had commanded.
        public var estimated: Int64?

        public init(_ quantity: Quantity, raw: Int64?, estimated: Int64?) {
            self.quantity = quantity
            self.raw = raw
            self.estimated = estimated
        }
    }

    /// One fault of one part.
    public struct Entry: Equatable, Sendable {
        public let code: FaultCode
        public let subject: Subject
        public internal(set) var isActive: Bool
        /// When it began this time, and when it was last seen, in seconds since 1970; nil while the clock was not set.
        public internal(set) var since: Int64?
        public internal(set) var lastSeen: Int64?
        /// How often it has begun.
        public internal(set) var count: UInt32
        public internal(set) var evidence: Evidence?

        /// One line: `E217 FAN2 STALL`.
        public var text: String { "E\(code.rawValue) \(subject.name) \(code.word)" }
    }

    public internal(set) var entries: [Entry] = []

    public init() {
        entries.reserveCapacity(Self.limit)
    }

    /// Notes that a fault is there. True when it was not before: the record is worth writing.
    @discardableResult
    public mutating func raise(
        _ code: FaultCode, _ subject: Subject, _ evidence: Evidence? = nil, unixSeconds: Int64?
    ) -> Bool {
        if let index = index(code, subject) {
            entries[index].lastSeen = unixSeconds ?? entries[index].lastSeen
            guard !entries[index].isActive else { return false }
            entries[index].isActive = true
            entries[index].since = unixSeconds
            entries[index].count &+= 1
            entries[index].evidence = evidence
            return true
        }
        if entries.count >= Self.limit { makeRoom() }
        entries.append(
            Entry(
                code: code, subject: subject, isActive: true, since: unixSeconds, lastSeen: unixSeconds, count: 1,
                evidence: evidence))
        return true
    }

    /// Notes that a fault is over. True when it was there before.
    @discardableResult
    public mutating func clear(_ code: FaultCode, _ subject: Subject) -> Bool {
        guard let index = index(code, subject), entries[index].isActive else { return false }
        entries[index].isActive = false
        return true
    }

    /// Raises or clears. True when that changed anything.
    @discardableResult
    public mutating func set(
        _ isThere: Bool, _ code: FaultCode, _ subject: Subject, _ evidence: Evidence? = nil, unixSeconds: Int64?
    ) -> Bool {
        isThere ? raise(code, subject, evidence, unixSeconds: unixSeconds) : clear(code, subject)
    }

    /// Whether the fault is there.
    public func isActive(_ code: FaultCode, _ subject: Subject) -> Bool {
        index(code, subject).map { entries[$0].isActive } ?? false
    }

    /// Forgets what is over.
    public mutating func forgetInactive() {
        entries.removeAll { !$0.isActive }
    }

    private func index(_ code: FaultCode, _ subject: Subject) -> Int? {
        entries.firstIndex { $0.code == code && $0.subject == subject }
    }

    /// The oldest fault that is over makes room, or else the oldest of all.
    private mutating func makeRoom() {
        entries.remove(at: entries.firstIndex { !$0.isActive } ?? 0)
    }
}
