import CLinux

/// The machine that the program runs on.
public enum Machine {
    /// What uname(2) tells.
    public struct Identity: Sendable {
        public let hostName: String
        /// `4.9.113`
        public let kernelRelease: String
        /// `aarch64`, `armv7l`
        public let architecture: String
    }

    /// Who and what this machine is (uname(2)).
    public static func identity() throws(SystemError) -> Identity {
        var names = utsname()
        _ = try valueOrErrno("uname") { uname(&names) }
        return Identity(
            hostName: String(cString: clinux_node_name(&names)),
            kernelRelease: String(cString: clinux_kernel_release(&names)),
            architecture: String(cString: clinux_architecture(&names)))
    }

    /// The numbers of the CPUs that the calling thread may run on, in ascending order (sched_getaffinity(2)).
    public static func usableCPUs() throws(SystemError) -> [Int] {
        var cpus: [Int] = []
        do throws(SystemError) {
            while true {
                cpus.append(
                    Int(try valueOrErrno("sched_getaffinity") { clinux_next_usable_cpu(CInt(cpus.last ?? -1)) }))
            }
        } catch {
            guard error.errno == .noEntry, !cpus.isEmpty else { throw error }
            return cpus
        }
    }
}
