import Base

/// Counts of what the chips of a chain found, per chip and per core. All memory is taken at the start.
public struct ChainStatistics: Sendable {
    /// What came from one chip.
    public struct Chip: Hashable, Sendable {
        /// Whether the chip answered to its address when the chain was brought up.
        public internal(set) var isPresent = false
        /// Nonces that met the ticket when hashed again.
        public internal(set) var validNonces: UInt64 = 0
        /// Nonces that did not.
        public internal(set) var hardwareErrors: UInt64 = 0
        /// Nonces that had been reported before.
        public internal(set) var duplicates: UInt64 = 0
        /// When the latest valid nonce came.
        public internal(set) var lastValidAt: Instant?
        /// Whether it has been without a valid nonce for too long.
        public internal(set) var isSilent = false
    }

    /// What came from one core; kept small, there being thousands.
    public struct Core: Hashable, Sendable {
        public internal(set) var validNonces: UInt32 = 0
        public internal(set) var hardwareErrors: UInt32 = 0
    }

    /// By position, counted from the host.
    public internal(set) var chips: [Chip]
    /// Nonces that do not tell which chip they came from.
    public internal(set) var unattributed = Chip()
    /// Results of jobs that a clean job had made worthless.
    public internal(set) var staleResults: UInt64 = 0
    /// Results of jobs that are not outstanding: damaged on the way, or later than any result should be.
    public internal(set) var unknownJobs: UInt64 = 0
    /// Register values from chips that the chain has not.
    public internal(set) var implausibleReplies: UInt64 = 0
    private var cores: [Core]
    /// Cores to a chip.
    public let coresPerChip: Int

    public init(chipCount: Int, coresPerChip: Int) {
        chips = Array(repeating: Chip(), count: max(0, chipCount))
        self.coresPerChip = max(1, coresPerChip)
        cores = Array(repeating: Core(), count: chips.count * self.coresPerChip)
    }

    /// The counts of a core; nil when there is no such chip or core.
    public func core(_ core: Int, ofChip chip: Int) -> Core? {
        guard chips.indices.contains(chip), (0..<coresPerChip).contains(core) else { return nil }
        return cores[chip * coresPerChip + core]
    }

    /// Nonces that met the ticket, from anywhere.
    public var validNonces: UInt64 { sum { $0.validNonces } }

    /// Nonces that missed the ticket, from anywhere.
    public var hardwareErrors: UInt64 { sum { $0.hardwareErrors } }

    /// Nonces that had been reported before, from anywhere.
    public var duplicates: UInt64 { sum { $0.duplicates } }

    private func sum(_ count: (Chip) -> UInt64) -> UInt64 {
        chips.reduce(count(unattributed)) { $0 &+ count($1) }
    }

    mutating func recordValid(chip: Int?, core: Int, now: Instant) {
        update(chip) {
            $0.validNonces &+= 1
            $0.lastValidAt = now
        }
        updateCore(core, of: chip) { $0.validNonces &+= 1 }
    }

    mutating func recordHardwareError(chip: Int?, core: Int) {
        update(chip) { $0.hardwareErrors &+= 1 }
        updateCore(core, of: chip) { $0.hardwareErrors &+= 1 }
    }

    mutating func recordDuplicate(chip: Int?) {
        update(chip) { $0.duplicates &+= 1 }
    }

    private mutating func update(_ chip: Int?, _ change: (inout Chip) -> Void) {
        if let chip, chips.indices.contains(chip) {
            change(&chips[chip])
        } else {
            change(&unattributed)
        }
    }

    private mutating func updateCore(_ core: Int, of chip: Int?, _ change: (inout Core) -> Void) {
        guard let chip, self.core(core, ofChip: chip) != nil else { return }
        change(&cores[chip * coresPerChip + core])
    }
}
