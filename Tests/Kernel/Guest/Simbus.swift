import CLinux
import Platform

/// What hangs on the buses of simbus. Answers are 0 or a negative error number; nil for a device that never answers.
protocol SimbusDevices: AnyObject {
    /// Replaces `bytes`, which are zeros where nothing is sent, by what comes in.
    func exchange(_ bytes: inout [UInt8], chipSelect: UInt8, hertz: UInt32, isSending: Bool) -> CInt?

    /// Takes `write`, then fills `read`, as one transfer.
    func transfer(_ address: UInt16, write: [UInt8], read: inout [UInt8]) -> CInt?
}

/// The process's end of the simbus module: takes requests and sends answers (Tests/Kernel/simbus/simbus.c).
final class Simbus {
    private let spi: FileDescriptor
    private let i2c: FileDescriptor
    private let devices: any SimbusDevices
    private var request: [UInt8] = []

    /// spidev moves 4096 bytes at most, which come behind a few heads.
    private static let longestRequest = 8192

    init(_ devices: any SimbusDevices) throws(SystemError) {
        self.devices = devices
        spi = try Self.open("/dev/simspi")
        i2c = try Self.open("/dev/simi2c")
        request.reserveCapacity(Self.longestRequest)
    }

    private static func open(_ path: String) throws(SystemError) -> FileDescriptor {
        let number = clinux_open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK, 0)
        guard number >= 0 else { throw SystemError(call: "open", errno: Errno(rawValue: clinux_errno())) }
        return FileDescriptor(owning: number)
    }

    /// Answers what waits, and waits up to `milliseconds` for it; −1: for ever. Also ends early when one of `others` is
    /// readable, and returns those that are.
    @discardableResult
    func serve(milliseconds: CInt, others: [CInt] = []) throws(SystemError) -> [CInt] {
        var waiting = ([spi.rawValue, i2c.rawValue] + others).map {
            pollfd(fd: $0, events: CShort(POLLIN), revents: 0)
        }
        guard poll(&waiting, nfds_t(waiting.count), milliseconds) > 0 else { return [] }
        if waiting[0].revents != 0, try receive(spi), let (status, received) = answerSPI() {
            try send(status, received, spi)
        }
        if waiting[1].revents != 0, try receive(i2c), let (status, received) = answerI2C() {
            try send(status, received, i2c)
        }
        return waiting.dropFirst(2).filter { $0.revents != 0 }.map { $0.fd }
    }

    /// False when the caller has stopped waiting meanwhile.
    private func receive(_ file: borrowing FileDescriptor) throws(SystemError) -> Bool {
        request.removeAll(keepingCapacity: true)
        return try file.read(appendingTo: &request, limit: Self.longestRequest) != .wouldBlock
    }

    private func send(_ status: CInt, _ received: [UInt8], _ file: borrowing FileDescriptor) throws(SystemError) {
        var reply = Array(request[..<4])
        for shift: UInt32 in [0, 8, 16, 24] {
            reply.append(UInt8(truncatingIfNeeded: UInt32(bitPattern: status) >> shift))
        }
        reply += received
        do throws(SystemError) {
            _ = try file.write(reply.span)
        } catch {
            // The caller has stopped waiting.
            guard error.errno.rawValue == ESTALE else { throw error }
        }
    }

    private func answerSPI() -> (CInt, [UInt8])? {
        var cursor = Cursor(request, from: 4)
        let chipSelect = cursor.byte()
        _ = cursor.byte()
        var received: [UInt8] = []
        for _ in 0..<cursor.word() {
            let length = Int(cursor.long())
            let hertz = cursor.long()
            let flags = cursor.byte()
            cursor.skip(3)
            let isSending = flags & 1 != 0
            var bytes = isSending ? cursor.bytes(length) : [UInt8](repeating: 0, count: length)
            guard let status = devices.exchange(&bytes, chipSelect: chipSelect, hertz: hertz, isSending: isSending)
            else { return nil }
            guard status == 0 else { return (status, []) }
            if flags & 2 != 0 { received += bytes }
        }
        return (0, received)
    }

    private func answerI2C() -> (CInt, [UInt8])? {
        var cursor = Cursor(request, from: 4)
        var received: [UInt8] = []
        var written: [UInt8] = []
        let count = cursor.long()
        for index in 0..<count {
            let address = cursor.word()
            let isRead = cursor.word() & 1 != 0
            let length = Int(cursor.long())
            if !isRead { written = cursor.bytes(length) }
            // A write that a read follows is one transfer with it.
            guard isRead || index == count - 1 else { continue }
            var read = [UInt8](repeating: 0, count: isRead ? length : 0)
            guard let status = devices.transfer(address, write: written, read: &read) else { return nil }
            guard status == 0 else { return (status, []) }
            received += read
            written = []
        }
        return (0, received)
    }
}

/// Reads a request from front to back, in this machine's byte order, which is little-endian on every board.
struct Cursor {
    private let content: [UInt8]
    private var position: Int

    init(_ content: [UInt8], from position: Int) {
        self.content = content
        self.position = position
    }

    mutating func byte() -> UInt8 {
        defer { position += 1 }
        return position < content.count ? content[position] : 0
    }

    mutating func word() -> UInt16 { UInt16(byte()) | UInt16(byte()) << 8 }

    mutating func long() -> UInt32 { UInt32(word()) | UInt32(word()) << 16 }

    mutating func skip(_ count: Int) { position += count }

    mutating func bytes(_ count: Int) -> [UInt8] {
        let start = min(position, content.count)
        position += count
        return Array(content[start..<min(start + count, content.count)])
    }
}
