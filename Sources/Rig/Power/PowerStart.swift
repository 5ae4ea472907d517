import Base

/// What came before the arbiter was started.
public enum PowerStart: Equatable, Sendable {
    /// A rig that was never off, or that nobody waits for: power comes at once.
    case fresh
    /// The agent was restarted, for whatever reason, while the machine ran on.
    case restarted
    /// The machine itself has just been started: most likely the mains have come back, for many rigs at once.
    case powerReturned
}

extension PowerArbiter {
    /// What a successor must know. Times are kept as distances from `now`: no clock outlives a power cut unharmed.
    public func memory(now: Instant) -> PowerMemory {
        var memory = PowerMemory()
        memory.isHeld = climb != nil || holder.map { $0.source != .configured } ?? false
        memory.held = held
        memory.offFor = offSince.map { max(.zero, now - $0) }
        memory.startAges = cycles.starts.map { max(.zero, now - $0) }
        memory.claimCount = log.nextNumber - 1
        memory.random = random.state
        for entry in book.entries where entry.claim.key.source != .configured && entry.claim.key != Self.blackoutKey {
            memory.claims.append(PowerMemory.Claim(entry, now))
        }
        return memory
    }

    /// Takes up what a predecessor left: claims hold on for at least as long as they were to, and nobody's wish for more
    /// power is remembered, so that nothing resumes by itself.
    mutating func resume(_ start: PowerStart, _ memory: PowerMemory?, _ now: Instant) {
        switch start {
        case .fresh: break
        case .restarted:
            held = .staged
            offSince = now
        case .powerReturned:
            held = .jittered
            offSince = now
            mains.goodSince = now
        }
        guard let memory else { return }
        // Starts further back than the clock's origin count as having happened then: they are forgotten later, not sooner.
        cycles = CycleBudget(allowed: settings.cyclesPerDay, starts: memory.startAges.map { now - $0 })
        random.state ^= memory.random
        log.nextNumber = max(log.nextNumber, memory.claimCount &+ 1)
        if let offFor = memory.offFor, start != .powerReturned { offSince = now - offFor }
        if memory.isHeld { held = max(held, memory.held) }
        for remembered in memory.claims where remembered.direction == .atMost {
            take(remembered.claim(now), now)
            guard remembered.isOverdue, let index = book.index(of: remembered.key) else { continue }
            book.update(index) { $0.isOverdue = true }
        }
    }
}

extension Instant {
    /// The instant `duration` before this one; the clock's origin when there is none.
    static func - (instant: Instant, duration: Duration) -> Instant { instant + (Duration.zero - duration) }
}
