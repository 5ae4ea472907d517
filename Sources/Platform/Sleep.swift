import Base
import CLinux

extension Thread {
    /// Lets the calling thread sleep for `duration`, or less when a signal arrives.
    public static func sleep(_ duration: Duration) {
        // A descriptor of −1 is never ready: poll waits for the time only (poll(2)).
        _ = clinux_ppoll(-1, 0, max(0, duration.nanoseconds))
    }

    /// Lets the calling thread sleep until an instant of `Clock.now`, or less when a signal arrives (clock_nanosleep(2)).
    public static func sleep(until instant: Instant) {
        _ = clinux_sleep_until(Int64(clamping: instant.nanoseconds))
    }
}
