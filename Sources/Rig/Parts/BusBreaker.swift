import Base
import Buses

/// An I2C bus that is left alone for a while when it is stuck, so that its parts do not keep those of other buses waiting: a
/// transfer on a stuck bus takes its whole time limit.
final class BusBreaker: I2CBus {
    /// Timeouts in a row after which the bus is left alone.
    static let patience = 2
    static let shortest = Duration.seconds(1)
    static let longest = Duration.seconds(30)

    private let inner: any I2CBus
    /// Set by the crew before it uses the bus.
    var now = Instant(nanoseconds: 0)
    private var timeouts = 0
    private var pause = BusBreaker.shortest
    private var closedUntil: Instant?

    init(_ inner: any I2CBus) {
        self.inner = inner
    }

    var name: BusName { inner.name }
    var limits: I2CLimits { inner.limits }

    func transfer(
        _ address: I2CAddress, write: Span<UInt8>, read: inout MutableSpan<UInt8>, options: I2COptions
    ) throws(BusFault) {
        if let closedUntil, now < closedUntil {
            throw BusFault(.busStuck, bus: name, address: UInt16(address.value), operation: "transfer")
        }
        do throws(BusFault) {
            try inner.transfer(address, write: write, read: &read, options: options)
            timeouts = 0
            closedUntil = nil
            pause = Self.shortest
        } catch {
            if error.retryHint == .afterBusRecovery {
                timeouts += 1
                // One more try after each pause tells whether the bus has come back.
                if timeouts >= Self.patience || closedUntil != nil {
                    closedUntil = now + pause
                    pause = min(Self.longest, pause + pause)
                }
            }
            throw error
        }
    }
}
