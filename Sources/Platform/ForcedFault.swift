#if DEBUG
    import CLinux

    /// Makes system calls of the calling thread fail on purpose, so that tests can see what becomes of a failure that no
    /// test could cause otherwise. Debug builds only.
    struct ForcedFault {
        /// The call to strike, by the name that a `SystemError` gives it.
        var call: StaticString
        var errno: Errno
        /// Calls that still go through first.
        var successes = 0
        /// Calls that fail then.
        var failures = 1

        /// Runs `body` with this fault in place. Faults do not nest.
        func during<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
            let state = clinux_forced_fault_state()!
            call.withUTF8Buffer { name in
                // A StaticString is NUL-terminated and lives forever.
                state.pointee.call = UnsafeRawPointer(name.baseAddress!).assumingMemoryBound(to: CChar.self)
            }
            state.pointee.error = errno.rawValue
            state.pointee.successes = CInt(successes)
            state.pointee.failures = CInt(failures)
            defer { state.pointee.call = nil }
            return try body()
        }

        /// Whether this call of the current thread is to fail; `errno` is set then.
        static func strikes(_ call: StaticString) -> Bool {
            let state = clinux_forced_fault_state()!
            guard let name = state.pointee.call else { return false }
            let matches = call.withUTF8Buffer { buffer in
                strcmp(UnsafeRawPointer(buffer.baseAddress!).assumingMemoryBound(to: CChar.self), name) == 0
            }
            guard matches else { return false }
            if state.pointee.successes > 0 {
                state.pointee.successes -= 1
                return false
            }
            guard state.pointee.failures > 0 else { return false }
            state.pointee.failures -= 1
            clinux_set_errno(state.pointee.error)
            return true
        }
    }
#endif
