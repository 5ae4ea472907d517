import CLinux

/// What this program was started with, and what it uses.
public enum Process {
    /// The words of the command line, the program's name first.
    public static var arguments: [String] {
        (0..<max(0, clinux_argument_count())).map { String(cString: clinux_argument($0)) }
    }

    /// Ends the process with this exit code (exit(3)).
    public static func exit(_ code: Int32) -> Never { CLinux.exit(code) }

    /// An environment variable; nil when it is not set. To be asked for before threads are started (getenv(3)).
    public static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    /// Keeps the program, and every page of memory once it has been used, in RAM, so that no thread ever waits for a page
    /// that it had (mlockall(2) with MCL_ONFAULT).
    /// Fails with EPERM for a user under a limit on locked memory (RLIMIT_MEMLOCK): later allocations would fail under it.
    public static func lockMemory() throws(SystemError) {
        _ = try valueOrErrno("mlockall") { clinux_lock_memory() }
    }

    /// Uses 64 KiB of the calling thread's stack, so that with locked memory they stay.
    public static func useStack() { clinux_use_stack() }

    /// Memory that the process holds in RAM, in bytes (/proc/self/statm).
    public static func residentBytes() throws(FileError) -> Int {
        let path = "/proc/self/statm"
        let fields = try File.read(path, limit: 256).split(separator: UInt8(ascii: " "))
        guard fields.count > 1, let pages = decimal(fields[1]) else {
            throw FileError(path: path, cause: SystemError(call: "read", errno: .badMessage))
        }
        return pages * sysconf(CInt(_SC_PAGESIZE))
    }

    /// How many files, sockets and the like the process has open (/proc/self/fd).
    public static func openDescriptors() throws(FileError) -> Int {
        // One of them is the directory that is being read.
        try File.names(in: "/proc/self/fd", limit: 65_536).count - 1
    }

    /// A whole number at the start of `text`, with a minus in front or not; nil when there is none or it is too large.
    static func decimal(_ text: some Collection<UInt8>) -> Int? {
        let isNegative = text.first == UInt8(ascii: "-")
        var value: Int?
        for character in text.dropFirst(isNegative ? 1 : 0) {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(character) else { break }
            let (tenfold, overflow) = (value ?? 0).multipliedReportingOverflow(by: 10)
            let (sum, carried) = tenfold.addingReportingOverflow(Int(character - UInt8(ascii: "0")))
            guard !overflow, !carried else { return nil }
            value = sum
        }
        return value.map { isNegative ? -$0 : $0 }
    }
}
