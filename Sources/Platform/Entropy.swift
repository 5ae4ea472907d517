import CLinux

/// Randomness from the kernel, never waited for.
public enum Entropy {
    /// Appends `count` bytes fit for keys and tokens (getrandom(2)). Throws EAGAIN early in the boot, when the kernel has
    /// none yet: try again later, and do without meanwhile. On kernels before 3.17 the bytes come from /dev/urandom,
    /// which cannot tell.
    public static func append(_ count: Int, to bytes: inout [UInt8]) throws(SystemError) {
        _ = try bytes.appendUninitialized(limit: count) { (space) throws(SystemError) in
            do throws(SystemError) {
                _ = try valueOrErrno("getrandom") { clinux_random(space.baseAddress, space.count) }
                return .bytes(count)
            } catch {
                guard error.errno == .notImplemented else { throw error }
                let source = FileDescriptor(
                    owning: try valueOrErrno("open") { clinux_open("/dev/urandom", O_RDONLY | O_CLOEXEC, 0) })
                let result = try source.read(into: space)
                // Up to 256 bytes, /dev/urandom gives all that is asked for (random(4)).
                guard result == .bytes(count) else { throw SystemError(call: "read", errno: .inputOutput) }
                return result
            }
        }
    }

    /// A number for jitter, identifiers and seeds: the best there is at once. Not for secrets.
    public static func seed() -> UInt64 {
        var value: UInt64 = 0
        clinux_seed(&value, MemoryLayout<UInt64>.size)
        return value
    }
}
