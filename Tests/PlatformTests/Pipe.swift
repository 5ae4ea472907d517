import CLinux
import Platform

/// Both ends of a pipe.
struct Pipe: ~Copyable {
    let readEnd: FileDescriptor
    let writeEnd: FileDescriptor

    private init(_ ends: [CInt]) {
        readEnd = FileDescriptor(owning: ends[0])
        writeEnd = FileDescriptor(owning: ends[1])
    }

    static func open(nonBlocking: Bool = true) throws -> Pipe {
        var ends: [CInt] = [0, 0]
        guard CLinux.pipe(&ends) == 0 else { throw SystemError(call: "pipe", errno: Errno(rawValue: clinux_errno())) }
        let pipe = Pipe(ends)
        try pipe.readEnd.setNonBlocking(nonBlocking)
        try pipe.writeEnd.setNonBlocking(nonBlocking)
        return pipe
    }

    consuming func closingWriteEnd() throws -> FileDescriptor {
        try writeEnd.close()
        return readEnd
    }
}
