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

    /// Keeps all memory of the process in RAM, so that no thread of it ever waits for a page (mlockall(2)).
    /// Fails with EPERM or ENOMEM where the limit on locked memory is too low (RLIMIT_MEMLOCK).
    public static func lockMemory() throws(SystemError) {
        _ = try valueOrErrno("mlockall") { clinux_lock_memory() }
    }

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
