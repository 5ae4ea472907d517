import Base

/// Something that is made to go wrong with a simulated chain of chips. What then happens is in Docs/twin.md, "Faults of
/// chains".
public struct InjectedFault: Equatable, Sendable {
    /// What goes wrong.
    public enum Kind: UInt8, Equatable, Sendable {
        /// The chip is dead, and so is everything behind it: bytes pass from chip to chip.
        case dropChip
        /// Single bits of what chips say are flipped, `rate` of a million bytes.
        case flipBits
        /// Bytes of what chips say are lost, `rate` of a million.
        case loseBytes
        /// Results come twice, `rate` of a million.
        case duplicate
        /// The chip and all behind it are kept from answering; they hear and hash.
        case stickBusy
        /// The chip, or the whole chain, falls back to the line rate after reset (UART); the bus is clocked too fast for
        /// the chip (SPI).
        case wrongBaud
        /// The chip, or the whole chain, loses its supply for the duration, and with it all that it was told.
        case brownOut
        /// Nothing is answered.
        case noAnswer
        /// Writes of register `register` are ignored; reads give the value that it had.
        case frozenRegister
        /// The chip's results are wrong, `rate` of a million.
        case wrongNonces
        /// The clock's loop does not lock.
        case noLock
        /// The chip answers and does not hash.
        case noHash
    }

    public var kind: Kind
    /// Position of the chip, counted from the host; nil for all.
    public var chip: Int?
    /// How often in a million chances, for the kinds that come and go.
    public var rate: UInt32
    /// The register, for `frozenRegister`.
    public var register: UInt8
    /// How long it lasts; nil for ever.
    public var duration: Duration?

    public init(
        _ kind: Kind, chip: Int? = nil, rate: UInt32? = nil, register: UInt8 = 0, duration: Duration? = nil
    ) {
        self.kind = kind
        self.chip = chip
        self.rate = rate ?? kind.usualRate
        self.register = register
        self.duration = duration
    }

    /// Reads `NAME[:KEY=VALUE[,KEY=VALUE…]]` with the keys `chip`, `rate` (a million is always), `register` (decimal) and
    /// `ms`: `drop-chip:chip=3,ms=5000`. Nil when it is none.
    public init?(text: some Collection<UInt8>) {
        let parts = text.split(separator: 0x3A, maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = parts.first, let kind = Kind(name: Array(name)) else { return nil }
        self.init(kind)
        guard parts.count == 2 else { return }
        for pair in parts[1].split(separator: 0x2C, omittingEmptySubsequences: false) {
            let halves = pair.split(separator: 0x3D, omittingEmptySubsequences: false)
            guard halves.count == 2, let value = Self.number(halves[1]) else { return nil }
            let key = Array(halves[0])
            if key == Array("chip".utf8) {
                chip = value
            } else if key == Array("rate".utf8), value <= 1_000_000 {
                rate = UInt32(value)
            } else if key == Array("register".utf8), value <= 255 {
                register = UInt8(value)
            } else if key == Array("ms".utf8) {
                duration = .milliseconds(value)
            } else {
                return nil
            }
        }
    }

    private static func number(_ digits: some Collection<UInt8>) -> Int? {
        guard (1...9).contains(digits.count) else { return nil }
        var value = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            value = value * 10 + Int(digit - 0x30)
        }
        return value
    }
}

extension InjectedFault.Kind {
    /// Every kind there is.
    public static let all: [InjectedFault.Kind] = [
        .dropChip, .flipBits, .loseBytes, .duplicate, .stickBusy, .wrongBaud, .brownOut, .noAnswer, .frozenRegister,
        .wrongNonces, .noLock, .noHash,
    ]

    /// How the kind is written.
    public var name: StaticString {
        switch self {
        case .dropChip: "drop-chip"
        case .flipBits: "flip-bits"
        case .loseBytes: "lose-bytes"
        case .duplicate: "duplicate"
        case .stickBusy: "stick-busy"
        case .wrongBaud: "wrong-baud"
        case .brownOut: "brown-out"
        case .noAnswer: "nack"
        case .frozenRegister: "frozen-register"
        case .wrongNonces: "wrong-nonces"
        case .noLock: "no-lock"
        case .noHash: "no-hash"
        }
    }

    /// The kind that is written so; nil when there is none.
    public init?(name: [UInt8]) {
        let match = Self.all.first { kind in
            kind.name.withUTF8Buffer { $0.count == name.count && name.elementsEqual($0) }
        }
        guard let match else { return nil }
        self = match
    }

    /// The rate when none is given, per million.
    var usualRate: UInt32 {
        switch self {
        case .flipBits, .loseBytes: 500
        case .duplicate, .wrongNonces: 200_000
        default: 1_000_000
        }
    }
}

/// The faults of a chain that are in force, at most eight at a time; the oldest gives way.
struct ActiveFaults {
    static let limit = 8

    private struct Entry {
        var fault: InjectedFault
        var until: Instant?
    }

    private var entries: [Entry] = [] {
        didSet { kinds = entries.reduce(0) { $0 | 1 << UInt32($1.fault.kind.rawValue) } }
    }
    /// The kinds among `entries`, a bit each: chips ask for each of them at every step.
    private var kinds: UInt32 = 0
    var random: ChipRandom

    init(seed: UInt64) {
        random = ChipRandom(seed: seed)
        entries.reserveCapacity(Self.limit)
    }

    var isEmpty: Bool { kinds == 0 }

    /// Whether a fault of this kind is in force on any chip.
    func includes(_ kind: InjectedFault.Kind) -> Bool { kinds & 1 << UInt32(kind.rawValue) != 0 }

    mutating func insert(_ fault: InjectedFault, now: Instant) {
        if entries.count == Self.limit { entries.removeFirst() }
        entries.append(Entry(fault: fault, until: fault.duration.map { now + $0 }))
    }

    mutating func remove(_ kind: InjectedFault.Kind) { entries.removeAll { $0.fault.kind == kind } }

    mutating func removeAll() { entries.removeAll(keepingCapacity: true) }

    /// Forgets what is over.
    mutating func expire(now: Instant) {
        guard entries.contains(where: { $0.until.map { $0 <= now } ?? false }) else { return }
        entries.removeAll { $0.until.map { $0 <= now } ?? false }
    }

    /// Whether this happens to the chip (or, with nil, to the chain) at all.
    func strikes(_ kind: InjectedFault.Kind, chip: Int? = nil) -> Bool {
        includes(kind) && entries.contains { $0.fault.kind == kind && ($0.fault.chip == nil || $0.fault.chip == chip) }
    }

    /// Whether this happens now, by chance.
    mutating func happens(_ kind: InjectedFault.Kind, chip: Int?) -> Bool {
        guard includes(kind) else { return false }
        for entry in entries where entry.fault.kind == kind {
            guard entry.fault.chip == nil || entry.fault.chip == chip else { continue }
            if random.chance(perMillion: entry.fault.rate) { return true }
        }
        return false
    }

    /// Whether the chip ignores writes of this register.
    func freezes(_ register: UInt8, chip: Int) -> Bool {
        includes(.frozenRegister)
            && entries.contains {
                $0.fault.kind == .frozenRegister && $0.fault.register == register
                    && ($0.fault.chip == nil || $0.fault.chip == chip)
            }
    }

    /// The first chip that this happens to; nil when it happens to none.
    func firstChip(_ kind: InjectedFault.Kind) -> Int? {
        guard includes(kind) else { return nil }
        var first: Int?
        for entry in entries where entry.fault.kind == kind {
            let chip = entry.fault.chip ?? 0
            first = min(first ?? chip, chip)
        }
        return first
    }
}
