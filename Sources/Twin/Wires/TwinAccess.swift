import Base

/// The way into a simulated rig, for every bus, line and timer of it: one thread at a time, and the plant has come as far
/// as the clock.
final class TwinAccess {
    let clock: any TwinClock
    let plant: Plant
    private let exclusion: any Exclusion

    init(clock: any TwinClock, exclusion: any Exclusion, plant: Plant) {
        self.clock = clock
        self.exclusion = exclusion
        self.plant = plant
    }

    /// Goes in; `leave` has to follow.
    func enter() -> Instant {
        exclusion.enter()
        let now = clock.now
        plant.advance(to: now)
        return now
    }

    func leave() {
        exclusion.leave()
    }
}

/// The way into a simulated rig as others may use it who share it: ports of its chains, above all. Whoever goes in finds
/// the physics at the clock's time, so that a chain has its supply when the agent speaks to it.
public final class TwinExclusion: Exclusion {
    private let access: TwinAccess

    init(access: TwinAccess) {
        self.access = access
    }

    /// Waits as the rig's own exclusion does, then takes the physics to the clock.
    public func enter() {
        _ = access.enter()
    }

    /// Lets the next thread in.
    public func leave() {
        access.leave()
    }
}
