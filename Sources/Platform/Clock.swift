import Base
import CLinux

/// The clocks of the machine.
public enum Clock {
    /// Now on the clock that all deadlines are on: CLOCK_MONOTONIC, nanoseconds since boot, never set back.
    public static var now: Instant {
        Instant(nanoseconds: UInt64(clamping: nanoseconds(of: CLOCK_MONOTONIC)))
    }

    /// The same without what a time daemon does to its rate (CLOCK_MONOTONIC_RAW); it runs apart from `now`.
    public static var raw: Instant {
        Instant(nanoseconds: UInt64(clamping: nanoseconds(of: CLOCK_MONOTONIC_RAW)))
    }

    /// Nanoseconds since 1970-01-01 00:00 UTC (CLOCK_REALTIME). A board without a battery-backed clock starts somewhere
    /// in the past and jumps when the network tells it the time.
    public static var wallNanoseconds: Int64 { nanoseconds(of: CLOCK_REALTIME) }

    /// Whole seconds since 1970-01-01 00:00 UTC (CLOCK_REALTIME).
    public static var wallSeconds: Int64 { wallNanoseconds / 1_000_000_000 }

    /// The same, or nil while the clock has not been set: a board without a battery starts in the past. 2020 is in it.
    public static var civilSeconds: Int64? {
        let seconds = wallSeconds
        return seconds > 1_577_836_800 ? seconds : nil
    }

    /// The processor time that the calling thread has used (CLOCK_THREAD_CPUTIME_ID).
    public static var threadProcessorTime: Duration { .nanoseconds(nanoseconds(of: CLOCK_THREAD_CPUTIME_ID)) }

    private static func nanoseconds(of clock: clockid_t) -> Int64 {
        var result: Int64 = 0
        // Fails only for a clock that the kernel does not have, and every kernel has these (raw: since 2.6.28). A rig that cannot
        // tell the time must stop rather than guess: its watchdog then takes the load off.
        precondition(clinux_clock_nanoseconds(clock, &result) == 0, "no clock")
        return result
    }
}
