import Base
import Buses
import CLinux

/// A serial port of the kernel, at any rate that its hardware can do.
public final class TermiosPort: UARTPort {
    public let name: BusName
    private let file: FileDescriptor
    /// Whether the driver hands received bytes over at once instead of gathering them.
    public let hasLowLatency: Bool
    private var countsLost: Bool
    private var lost: UInt32 = 0
    private var reportsEmptyTransmitter = true

    /// A rate that is off by more than this part of it is no rate for anybody.
    private static let toleratedPart: UInt32 = 20

    /// Opens `path` for this process alone, in raw 8N1 mode, drops what was received before, and sets the rate.
    ///
    /// - Parameter name: how faults call it, for example `uart1` for `/dev/ttyS1`.
    /// - Throws: `noBus`, `permission`; `busy` when another process has it; `unsupported` when it is no serial port or
    ///   cannot come near the rate.
    public init(_ path: String, name: BusName, baud: UInt32) throws(BusFault) {
        self.name = name
        file = try BusFault.opening(name) { () throws(SystemError) in
            let file = try File.open(path, O_RDWR | O_NOCTTY | O_NONBLOCK)
            _ = try valueOrErrno("TIOCEXCL") { clinux_tty_set_exclusive(file.rawValue) }
            // Root is let in all the same, but cannot have this as well.
            _ = try valueOrErrno("flock") { flock(file.rawValue, LOCK_EX | LOCK_NB) }
            _ = try valueOrErrno("TCSETS2") { clinux_tty_set_raw(file.rawValue) }
            _ = try valueOrErrno("TCFLSH") { clinux_tty_discard_input(file.rawValue) }
            return file
        }
        // Pseudo-terminals and some drivers have neither.
        hasLowLatency = clinux_tty_set_low_latency(file.rawValue) == 0
        countsLost = clinux_tty_lost(file.rawValue, &lost) == 0
        _ = try setBaud(baud)
    }

    /// Moves what the kernel has received; `overrun` where the driver counts lost bytes.
    public func read(into bytes: inout MutableSpan<UInt8>) throws(BusFault) -> Int {
        guard bytes.count > 0 else { return 0 }
        try checkForLoss()
        let result = try bytes.withUnsafeMutableBytes { (buffer) throws(BusFault) in
            try naming("read") { () throws(SystemError) in try file.read(into: buffer) }
        }
        switch result {
        case .bytes(let count): return count
        case .wouldBlock: return 0
        case .end: throw BusFault(.unplugged, bus: name, operation: "read")
        }
    }

    private func checkForLoss() throws(BusFault) {
        guard countsLost else { return }
        var count: UInt32 = 0
        try naming("read") { () throws(SystemError) in
            _ = try valueOrErrno("TIOCGICOUNT") { clinux_tty_lost(file.rawValue, &count) }
        }
        guard count != lost else { return }
        lost = count
        throw BusFault(.overrun, bus: name, operation: "read")
    }

    /// Hands over what fits into the kernel's queue.
    public func write(_ bytes: Span<UInt8>) throws(BusFault) -> Int {
        guard bytes.count > 0 else { return 0 }
        switch try naming("write", { () throws(SystemError) in try file.write(bytes) }) {
        case .bytes(let count): return count
        case .wouldBlock: return 0
        }
    }

    /// What the driver has not sent; 1 while only the hardware's own queue is not empty.
    public func unsent() throws(BusFault) -> Int {
        let count = try naming("count unsent bytes") { () throws(SystemError) in
            try valueOrErrno("TIOCOUTQ") { clinux_tty_unsent(file.rawValue) }
        }
        guard count == 0, reportsEmptyTransmitter else { return Int(count) }
        switch clinux_tty_is_transmitter_empty(file.rawValue) {
        case 0: return 1
        case 1: return 0
        default:
            reportsEmptyTransmitter = false
            return 0
        }
    }

    /// Waits until the queue has left, sets the rate and reads it back. One more than 5 % off is not kept.
    public func setBaud(_ baud: UInt32) throws(BusFault) -> UInt32 {
        guard baud > 0 else { throw BusFault(.unsupported, bus: name, operation: "set the line rate") }
        let old = try rate()
        try set(baud)
        let actual = try rate()
        let difference = actual > baud ? actual - baud : baud - actual
        guard difference <= baud / Self.toleratedPart else {
            try set(old)
            throw BusFault(.unsupported, bus: name, operation: "set the line rate")
        }
        return actual
    }

    private func set(_ baud: UInt32) throws(BusFault) {
        try naming("set the line rate") { () throws(SystemError) in
            _ = try valueOrErrno("TCSETSW2") { clinux_tty_set_rate(file.rawValue, baud) }
        }
    }

    /// The kernel accepts every rate and rounds it to what the hardware can do: only this tells.
    private func rate() throws(BusFault) -> UInt32 {
        var baud: UInt32 = 0
        try naming("set the line rate") { () throws(SystemError) in
            _ = try valueOrErrno("TCGETS2") { clinux_tty_get_rate(file.rawValue, &baud) }
        }
        return baud
    }

    /// Empties the kernel's receive queue.
    public func discardInput() throws(BusFault) {
        try naming("discard input") { () throws(SystemError) in
            _ = try valueOrErrno("TCFLSH") { clinux_tty_discard_input(file.rawValue) }
        }
    }

    /// Waits while it holds the line low for 0.25 s or more (TCSBRK).
    public func sendBreak() throws(BusFault) {
        try naming("send a break") { () throws(SystemError) in
            _ = try valueOrErrno("TCSBRK") { clinux_tty_send_break(file.rawValue) }
        }
    }

    /// For a reactor or ppoll(2); belongs to this object.
    public var descriptor: CInt { file.rawValue }

    private func naming<Result>(
        _ operation: StaticString, _ body: () throws(SystemError) -> Result
    ) throws(BusFault) -> Result {
        try BusFault.naming(operation, on: name, nil, body)
    }
}
