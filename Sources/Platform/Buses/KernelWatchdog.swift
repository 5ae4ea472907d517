import Base
import Buses
import CLinux

/// The board's hardware timer through the kernel (kernel documentation, `watchdog/watchdog-api`).
///
/// Opening it starts it, so it is opened by `arm` only. It goes on when the agent ends without `disarm`, however that came:
/// the board is then reset, and comes up with its hash boards off.
public final class KernelWatchdog: HardwareWatchdog {
    private let name: BusName
    private let path: String
    private var timer: Timer?
    /// Whether the last reset of the board was this timer's doing; nil when not armed yet, or the driver cannot tell.
    public private(set) var hasResetBoard: Bool?

    /// A timer that runs.
    private final class Timer {
        let file: FileDescriptor
        var options: UInt32 = 0

        init(_ file: consuming FileDescriptor) { self.file = file }
    }

    /// The timer `/dev/watchdog<number>`; nothing is opened yet.
    public convenience init(number: UInt16) {
        self.init(name: BusName(.watchdog, number), path: "/dev/watchdog\(number)")
    }

    init(name: BusName, path: String) {
        self.name = name
        self.path = path
    }

    /// Starts the timer, or changes its time; the time in whole seconds that the driver chose.
    public func arm(timeout: Duration) throws(BusFault) -> Duration {
        let timer = try open()
        do throws(BusFault) {
            return .seconds(Int64(try set(timeout, of: timer)))
        } catch {
            // Nobody would feed it.
            try disarm()
            throw error
        }
    }

    private func open() throws(BusFault) -> Timer {
        if let timer { return timer }
        let opened = try BusFault.opening(name) { () throws(SystemError) in
            Timer(try File.open(path, O_WRONLY))
        }
        timer = opened
        return opened
    }

    private func set(_ timeout: Duration, of timer: Timer) throws(BusFault) -> CInt {
        let seconds = CInt(clamping: max(1, (timeout.nanoseconds + 999_999_999) / 1_000_000_000))
        var actual: CInt = 0
        try naming("arm") { () throws(SystemError) in
            _ = try valueOrErrno("WDIOC_GETSUPPORT") {
                clinux_watchdog_options(timer.file.rawValue, &timer.options)
            }
            if timer.options & clinux_watchdog_can_set_timeout != 0 {
                do throws(SystemError) {
                    _ = try valueOrErrno("WDIOC_SETTIMEOUT") {
                        clinux_watchdog_set_timeout(timer.file.rawValue, seconds)
                    }
                } catch {
                    // Beyond its range: it keeps the time that it has, which is read next.
                    guard error.errno == .invalidArgument else { throw error }
                }
            }
            _ = try valueOrErrno("WDIOC_GETTIMEOUT") { clinux_watchdog_get_timeout(timer.file.rawValue, &actual) }
        }
        var status: CInt = 0
        if clinux_watchdog_boot_status(timer.file.rawValue, &status) == 0 {
            hasResetBoard = UInt32(bitPattern: status) & clinux_watchdog_reset_the_board != 0
        }
        return actual
    }

    /// Restarts the count. Throws `deviceReset` when it was never armed.
    public func feed() throws(BusFault) {
        guard let timer else { throw BusFault(.deviceReset, bus: name, operation: "feed before it was armed") }
        try naming("feed") { () throws(SystemError) in
            _ = try valueOrErrno("WDIOC_KEEPALIVE") { clinux_watchdog_feed(timer.file.rawValue) }
        }
    }

    /// Stops the timer. One that cannot be stopped stays armed, and wants to be fed further.
    public func disarm() throws(BusFault) {
        guard let timer else { return }
        do throws(SystemError) {
            _ = try valueOrErrno("WDIOC_SETOPTIONS") { clinux_watchdog_stop(timer.file.rawValue) }
        } catch {
            // Old drivers only stop when they are closed after a V.
            guard error.errno == .notATerminal || error.errno == .operationNotSupported,
                timer.options & clinux_watchdog_has_magic_close != 0
            else { throw BusFault(.unsupported, bus: name, operation: "disarm") }
        }
        try naming("disarm") { () throws(SystemError) in _ = try timer.file.write([UInt8(ascii: "V")].span) }
        self.timer = nil
    }

    private func naming<Result>(
        _ operation: StaticString, _ body: () throws(SystemError) -> Result
    ) throws(BusFault) -> Result {
        try BusFault.naming(operation, on: name, nil, body)
    }
}
