import Base
import CLinux

/// An open file, socket, pipe or kernel object; closed when its owner lets go of it.
@frozen
public struct FileDescriptor: ~Copyable, Sendable {
    /// The kernel's number for it, 0 or more. Valid only while this value lives.
    public let rawValue: CInt

    /// Takes ownership of an open descriptor.
    public init(owning rawValue: CInt) {
        self.rawValue = rawValue
    }

    deinit {
        // What close(2) reports here, nobody could act on any more: code that must know uses `close()`.
        _ = CLinux.close(rawValue)
    }

    /// Closes it and reports what the kernel still had to say: a write that failed late, for instance.
    ///
    /// The descriptor is gone in any case.
    public consuming func close() throws(SystemError) {
        let number = rawValue
        discard self
        _ = try valueOrErrno("close", retryOnInterrupt: false) { CLinux.close(number) }
    }

    /// What came of a read.
    public enum ReadResult: Equatable, Sendable {
        /// So many bytes were read, at least one.
        case bytes(Int)
        /// The file ended, or the peer has sent its last byte.
        case end
        /// Nothing is there yet (non-blocking descriptors only).
        case wouldBlock
    }

    /// What came of a write.
    public enum WriteResult: Equatable, Sendable {
        /// So many bytes were taken; fewer than given when the kernel's buffer filled up.
        case bytes(Int)
        /// The kernel's buffer is full (non-blocking descriptors only).
        case wouldBlock
    }

    /// Reads what is there, up to the size of `buffer`, which must not be empty (read(2)).
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> ReadResult {
        try FileDescriptor.readResult { () throws(SystemError) in
            try valueOrErrno("read") { CLinux.read(rawValue, buffer.baseAddress, buffer.count) }
        }
    }

    /// Reads up to `limit` bytes, which must be at least 1, and appends them to `buffer`.
    ///
    /// Allocates only when `buffer` has less room than `limit` left.
    public func read(appendingTo buffer: inout [UInt8], limit: Int) throws(SystemError) -> ReadResult {
        try buffer.appendUninitialized(limit: limit) { (space) throws(SystemError) in try read(into: space) }
    }

    /// Writes as much of `buffer` as the kernel takes (write(2)).
    public func write(_ buffer: UnsafeRawBufferPointer) throws(SystemError) -> WriteResult {
        try FileDescriptor.writeResult { () throws(SystemError) in
            try valueOrErrno("write") { CLinux.write(rawValue, buffer.baseAddress, buffer.count) }
        }
    }

    /// Writes as much of `bytes` as the kernel takes (write(2)).
    public func write(_ bytes: borrowing Span<UInt8>) throws(SystemError) -> WriteResult {
        try bytes.withUnsafeBytes { (buffer) throws(SystemError) in try write(buffer) }
    }

    /// Writes all of `bytes` to a descriptor that blocks, as files do.
    public func writeAll(_ bytes: borrowing Span<UInt8>) throws(SystemError) {
        try bytes.withUnsafeBytes { (buffer) throws(SystemError) in
            var rest = buffer
            while !rest.isEmpty {
                switch try write(rest) {
                case .bytes(let count) where count > 0: rest = UnsafeRawBufferPointer(rebasing: rest[count...])
                case .bytes, .wouldBlock: throw SystemError(call: "write", errno: .wouldBlock)
                }
            }
        }
    }

    /// Waits until there is something to read, an end included, or until `deadline`; false when the time is over (poll(2)).
    public func waitUntilReadable(deadline: Instant) throws(SystemError) -> Bool {
        try wait(for: CShort(POLLIN), deadline: deadline)
    }

    /// Waits until the kernel takes more bytes, or until `deadline`; false when the time is over (poll(2)).
    public func waitUntilWritable(deadline: Instant) throws(SystemError) -> Bool {
        try wait(for: CShort(POLLOUT), deadline: deadline)
    }

    /// Waits until there is something to read from a descriptor that belongs to somebody else, or until `deadline`; false
    /// when the time is over (poll(2)).
    public static func wait(forInputOf descriptor: CInt, until deadline: Instant) throws(SystemError) -> Bool {
        try valueOrErrno("ppoll") { () -> CInt in
            clinux_ppoll(descriptor, CShort(POLLIN), max(0, (deadline - Clock.now).nanoseconds))
        } > 0
    }

    private func wait(for events: CShort, deadline: Instant) throws(SystemError) -> Bool {
        try valueOrErrno("ppoll") { () -> CInt in
            clinux_ppoll(rawValue, events, max(0, (deadline - Clock.now).nanoseconds))
        } > 0
    }

    /// Whether calls return at once instead of waiting (O_NONBLOCK).
    public func setNonBlocking(_ isNonBlocking: Bool) throws(SystemError) {
        let flags = try valueOrErrno("fcntl") { clinux_fcntl_get_flags(rawValue) }
        let wanted = isNonBlocking ? flags | O_NONBLOCK : flags & ~O_NONBLOCK
        _ = try valueOrErrno("fcntl") { clinux_fcntl_set_flags(rawValue, wanted) }
    }

    /// Turns the count of a read(2)-like call into a result.
    @inline(__always)
    static func readResult(_ call: () throws(SystemError) -> Int) throws(SystemError) -> ReadResult {
        do {
            let count = try call()
            return count > 0 ? .bytes(count) : .end
        } catch {
            guard error.errno == .wouldBlock else { throw error }
            return .wouldBlock
        }
    }

    /// Turns the count of a write(2)-like call into a result.
    @inline(__always)
    static func writeResult(_ call: () throws(SystemError) -> Int) throws(SystemError) -> WriteResult {
        do {
            return .bytes(try call())
        } catch {
            guard error.errno == .wouldBlock else { throw error }
            return .wouldBlock
        }
    }
}

extension [UInt8] {
    /// Offers room for `limit` more bytes to `read` and keeps those that it reports as read.
    mutating func appendUninitialized(
        limit: Int, _ read: (UnsafeMutableRawBufferPointer) throws(SystemError) -> FileDescriptor.ReadResult
    ) throws(SystemError) -> FileDescriptor.ReadResult {
        let start = count
        append(contentsOf: repeatElement(0, count: limit))
        var kept = 0
        defer { removeLast(limit - kept) }
        let result = try withUnsafeMutableBufferPointer { (bytes) throws(SystemError) in
            try read(UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: bytes[start...])))
        }
        if case .bytes(let count) = result { kept = count }
        return result
    }
}
