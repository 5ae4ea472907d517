import CLinux

/// Where a socket is reached.
public enum SocketAddress: Hashable, Sendable {
    case internet(IPAddress, port: UInt16)
    /// A Unix-domain socket: a path in the file system of at most 107 bytes, or a name in the abstract name space when
    /// it starts with `@` (unix(7)).
    case local([UInt8])

    /// `192.0.2.1:3333`, `[2001:db8::1]:3333`, or the path.
    public var description: String {
        switch self {
        case .internet(let host, let port):
            switch host {
            case .v4: "\(host.description):\(port)"
            case .v6: "[\(host.description)]:\(port)"
            }
        case .local(let name): String(decoding: name, as: UTF8.self)
        }
    }

    /// The port, for sockets that have one.
    public var port: UInt16? {
        if case .internet(_, let port) = self { port } else { nil }
    }

    /// The kernel's form of this address. Throws ENAMETOOLONG or EINVAL for a path that has none.
    func kernelForm() throws(SystemError) -> clinux_address {
        var address = clinux_address()
        switch self {
        case .internet(.v4(let bits), let port): clinux_address_v4(&address, bits, port)
        case .internet(.v6(let high, let low), let port): clinux_address_v6(&address, high, low, port)
        case .local(let name):
            _ = try valueOrErrno("sockaddr_un") { clinux_address_local(&address, name, name.count) }
        }
        return address
    }

    /// Reads the kernel's form; nil for the unnamed end of a Unix-domain connection and for other families.
    init?(kernelForm address: UnsafePointer<clinux_address>) {
        switch CInt(clinux_address_family(address)) {
        case AF_INET:
            self = .internet(.v4(clinux_address_v4_host(address)), port: clinux_address_port(address))
        case AF_INET6:
            self = .internet(
                .v6(high: clinux_address_v6_high(address), low: clinux_address_v6_low(address)),
                port: clinux_address_port(address))
        default:
            return nil
        }
    }
}
