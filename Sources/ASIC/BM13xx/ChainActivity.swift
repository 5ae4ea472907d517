import Base

/// What a chain is in the middle of, and when it is over at the latest.
enum Activity: Sendable {
    case holdingReset(until: Instant)
    case settling(until: Instant)
    case backingOff(until: Instant)
    /// Between the frames of the bring-up.
    case pausing(until: Instant)
    case counting(Counting)
    case callingRoll(RollCall)
    case switchingBaud(BaudSwitch, until: Instant)

    /// Chips are being counted by their answers.
    struct Counting: Sendable {
        var attempt: Int
        var found = 0
        /// A model that is not the plan's.
        var foreignModel: UInt16?
        var until: Instant
    }

    /// Chips are being asked, each to answer with its address.
    struct RollCall: Sendable {
        var purpose: Purpose
        var answered = InlineArray<256, Bool>(repeating: false)
        var answerCount = 0
        var until: Instant

        enum Purpose: Sendable {
            /// After addresses were given, for the `attempt`th time.
            case addressing(attempt: Int)
            /// After the line rate was changed.
            case baud(BaudSwitch)
        }
    }

    var deadline: Instant {
        switch self {
        case .holdingReset(let until), .settling(let until), .backingOff(let until), .pausing(let until): until
        case .switchingBaud(_, let until): until
        case .counting(let counting): counting.until
        case .callingRoll(let call): call.until
        }
    }
}

/// A change of the line rate, or the way back from one that failed.
struct BaudSwitch: Sendable {
    var from: Int
    var to: Int
    var isFallback: Bool
    /// How often the chips have been asked at the new rate.
    var attempt = 1
}

/// Where the bring-up is.
struct ProgramCounter: Sendable {
    var step = 0
    /// Chip within the step.
    var chip = 0
    /// Write within the chip.
    var item = 0
    /// How often counting or addressing has been tried.
    var attempt = 1

    /// Goes on to the next step; attempts are kept, because they may begin with earlier steps.
    mutating func nextStep() {
        step += 1
        (chip, item) = (0, 0)
    }
}

/// Broadcast writes that wait for their turn; at most eight.
struct WriteQueue: Sendable {
    static let capacity = 8
    private var writes = InlineArray<8, RegisterWrite>(repeating: RegisterWrite(.chipIdentity, 0))
    private var first = 0
    private(set) var count = 0
    /// When the next one may go; nil when there is none.
    private(set) var nextAt: Instant?

    /// Appends a write; false when the queue is full.
    @discardableResult
    mutating func append(_ write: RegisterWrite, notBefore now: Instant) -> Bool {
        guard count < Self.capacity else { return false }
        writes[(first + count) % Self.capacity] = write
        count += 1
        if nextAt == nil { nextAt = now }
        return true
    }

    /// The next write, if one may go at `now`; the one after it waits for `gap`.
    mutating func next(now: Instant, gap: Duration) -> RegisterWrite? {
        guard let at = nextAt, at <= now, count > 0 else { return nil }
        let write = writes[first]
        first = (first + 1) % Self.capacity
        count -= 1
        nextAt = count > 0 ? now + gap : nil
        return write
    }

    mutating func removeAll() {
        (first, count, nextAt) = (0, 0, nil)
    }
}

extension Instant {
    /// The earlier of those that there are.
    static func earliest(_ a: Instant?, _ b: Instant?) -> Instant? {
        guard let a, let b else { return a ?? b }
        return min(a, b)
    }
}

/// When what falls due while hashing; nil for what does not.
struct HashingTimers: Sendable {
    /// The next job, or the next chance to send the one that waits.
    var job: Instant?
    var ramp: Instant?
    var health: Instant?
    /// Which question of the health check comes next.
    var healthIndex = 0
    /// The next look for silence.
    var watch: Instant?
    var minute: Instant?
    /// Set when work was asked for and has not come.
    var isWorkWanted = false
    /// Set when the chips have used up their work.
    var isWorkOverdue = false
    /// When hashing began.
    var began: Instant?

    var earliest: Instant? {
        Instant.earliest(
            Instant.earliest(Instant.earliest(job, ramp), Instant.earliest(health, watch)), minute)
    }
}
