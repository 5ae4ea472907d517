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
