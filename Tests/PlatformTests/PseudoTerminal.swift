import Glibc
import Testing

@testable import Platform

/// Both ends of a pseudo-terminal: the program's is at `path`.
struct PseudoTerminal: ~Copyable {
    let master: FileDescriptor
    let path: String

    init() throws {
        var ends: (CInt, CInt) = (-1, -1)
        try #require(openpty(&ends.0, &ends.1, nil, nil, nil) == 0)
        let name = try #require(ttyname(ends.1))
        path = String(cString: name)
        master = FileDescriptor(owning: ends.0)
        _ = Glibc.close(ends.1)
    }
}
