import Base
import Buses

/// The simulated control board's watchdog. When it bites the control board restarts: outputs fall to their power-on state,
/// so boards lose their power, and fans run as their pull-ups or their own controllers decide.
public final class TwinWatchdog: HardwareWatchdog {
    private let access: TwinAccess

    init(access: TwinAccess) {
        self.access = access
    }

    /// Starts the timer; it counts whole seconds, at least one and at most 60.
    public func arm(timeout: Duration) throws(BusFault) -> Duration {
        let now = access.enter()
        let seconds = min(max((timeout.nanoseconds + 999_999_999) / 1_000_000_000, 1), 60)
        access.plant.watchdogTimeout = .seconds(seconds)
        access.plant.watchdogDeadline = now + .seconds(seconds)
        access.leave()
        return .seconds(seconds)
    }

    /// Restarts the count; without effect when the timer is not armed.
    public func feed() throws(BusFault) {
        let now = access.enter()
        if access.plant.watchdogDeadline != nil { access.plant.watchdogDeadline = now + access.plant.watchdogTimeout }
        access.leave()
    }

    /// Stops the timer.
    public func disarm() throws(BusFault) {
        _ = access.enter()
        access.plant.watchdogDeadline = nil
        access.leave()
    }
}
