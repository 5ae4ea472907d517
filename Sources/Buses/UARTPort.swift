/// A serial port in raw 8N1 mode without flow control. Nothing here waits for the other side.
public protocol UARTPort: AnyObject {
    var name: BusName { get }

    /// Moves received bytes into the front of `bytes` and returns how many there were, 0 when none are waiting.
    /// - Throws: `overrun` once after bytes were lost, `unplugged` when the port has gone.
    func read(into bytes: inout MutableSpan<UInt8>) throws(BusFault) -> Int

    /// Queues bytes from the front of `bytes` and returns how many the port took; 0 when its queue is full.
    func write(_ bytes: Span<UInt8>) throws(BusFault) -> Int

    /// How many queued bytes have not left the port yet: 0 means drained.
    func unsent() throws(BusFault) -> Int

    /// Changes the rate once everything queued has left, and returns the rate in baud the hardware really runs at.
    ///
    /// UART clocks divide coarsely: compare the result before relying on it. Receivers tolerate about ±2 %.
    /// - Throws: `unsupported` when the port cannot come near the rate.
    func setBaud(_ baud: UInt32) throws(BusFault) -> UInt32

    /// Drops what was received and not yet read.
    func discardInput() throws(BusFault)

    /// Holds the line low for at least one frame (0.25 s on Linux), which receivers see as a break.
    func sendBreak() throws(BusFault)
}
