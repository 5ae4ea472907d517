/// A timer outside the agent that resets the board unless it is fed.
public protocol HardwareWatchdog: AnyObject {
    /// Starts the timer and returns the timeout the hardware chose, the nearest it can do to `timeout`.
    ///
    /// Many timers cannot be stopped again until the next reset.
    func arm(timeout: Duration) throws(BusFault) -> Duration

    /// Restarts the count.
    func feed() throws(BusFault)

    /// Stops the timer.
    /// - Throws: `unsupported` where it cannot be stopped.
    func disarm() throws(BusFault)
}
