import CLinux
import Platform

/// What the bench's simulated devices answer. Their addresses and chip selects are `Device`'s.
struct SimbusServer: ~Copyable {
    /// I2C addresses.
    enum Device {
        /// 256 bytes behind an 8-bit register number.
        static let memory: UInt16 = 0x10
        /// Never answers.
        static let silent: UInt16 = 0x11
        static let arbitrationLost: UInt16 = 0x12
        static let noAcknowledge: UInt16 = 0x13
        static let stuckBus: UInt16 = 0x14
        /// A temperature sensor at 25 °C, for the kernel's own driver.
        static let lm75: UInt16 = 0x48
    }

    /// SPI chip selects.
    enum ChipSelect {
        /// Answers the complement of every byte sent, and counts upwards where nothing is.
        static let complement: UInt8 = 0
        static let silent: UInt8 = 1
        static let broken: UInt8 = 2
        static let unplugged: UInt8 = 3
    }

    /// spidev moves 4096 bytes at most, which come behind a few heads.
    private static let longestRequest = 8192
    private var memory = [UInt8](repeating: 0, count: 256)
    private var register: UInt8 = 0
    private var temperatureRegister: UInt8 = 0

    /// Answers transfers for ever.
    mutating func serve() throws(SystemError) {
        let spi = try open("/dev/simspi")
        let i2c = try open("/dev/simi2c")
        var request = [UInt8]()
        request.reserveCapacity(Self.longestRequest)
        while true {
            var waiting = [
                pollfd(fd: spi.rawValue, events: CShort(POLLIN), revents: 0),
                pollfd(fd: i2c.rawValue, events: CShort(POLLIN), revents: 0),
            ]
            guard poll(&waiting, 2, -1) > 0 else { continue }
            if waiting[0].revents != 0, try receive(&request, from: spi), let answer = answerSPI(request) {
                try send(answer, to: request, on: spi)
            }
            if waiting[1].revents != 0, try receive(&request, from: i2c), let answer = answerI2C(request) {
                try send(answer, to: request, on: i2c)
            }
        }
    }

    private func open(_ path: String) throws(SystemError) -> FileDescriptor {
        let number = clinux_open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK, 0)
        guard number >= 0 else { throw SystemError(call: "open", errno: Errno(rawValue: clinux_errno())) }
        return FileDescriptor(owning: number)
    }

    private typealias Answer = (status: CInt, received: [UInt8])

    /// False when the caller has stopped waiting meanwhile.
    private func receive(_ request: inout [UInt8], from file: borrowing FileDescriptor) throws(SystemError) -> Bool {
        request.removeAll(keepingCapacity: true)
        return try file.read(appendingTo: &request, limit: Self.longestRequest) != .wouldBlock
    }

    private func send(_ answer: Answer, to request: [UInt8], on file: borrowing FileDescriptor) throws(SystemError) {
        var reply = Array(request[..<4])
        for shift: UInt32 in [0, 8, 16, 24] {
            reply.append(UInt8(truncatingIfNeeded: UInt32(bitPattern: answer.status) >> shift))
        }
        reply += answer.received
        do throws(SystemError) {
            _ = try file.write(reply.span)
        } catch {
            // ESTALE: the caller has stopped waiting.
            guard error.errno.rawValue == ESTALE else { throw error }
        }
    }

    private func answerSPI(_ request: [UInt8]) -> Answer? {
        var cursor = Cursor(request, from: 4)
        let chipSelect = cursor.byte()
        _ = cursor.byte()
        switch chipSelect {
        case ChipSelect.silent: return nil
        case ChipSelect.broken: return (-EIO, [])
        default: break
        }
        var received: [UInt8] = []
        for _ in 0..<cursor.word() {
            let length = Int(cursor.long())
            _ = cursor.long()
            let flags = cursor.byte()
            cursor.skip(3)
            let sent = flags & 1 != 0 ? cursor.bytes(length) : nil
            guard flags & 2 != 0 else { continue }
            received += sent.map { $0.map { ~$0 } } ?? (0..<length).map { UInt8(truncatingIfNeeded: $0) }
        }
        return (0, received)
    }

    private mutating func answerI2C(_ request: [UInt8]) -> Answer? {
        var cursor = Cursor(request, from: 4)
        var received: [UInt8] = []
        for _ in 0..<cursor.long() {
            let address = cursor.word()
            let isRead = cursor.word() & 1 != 0
            let length = Int(cursor.long())
            let sent = isRead ? [] : cursor.bytes(length)
            switch address {
            case Device.memory where isRead:
                for _ in 0..<length {
                    received.append(memory[Int(register)])
                    register &+= 1
                }
            case Device.memory:
                register = sent.first ?? register
                for byte in sent.dropFirst() {
                    memory[Int(register)] = byte
                    register &+= 1
                }
            case Device.lm75 where isRead:
                let word: UInt16 = temperatureRegister == 0 ? 25 << 8 : temperatureRegister == 1 ? 0 : 0x5000
                received += [UInt8(word >> 8), UInt8(truncatingIfNeeded: word)].prefix(length)
            case Device.lm75: temperatureRegister = sent.first ?? 0
            case Device.silent: return nil
            case Device.arbitrationLost: return (-EAGAIN, [])
            case Device.noAcknowledge: return (-EREMOTEIO, [])
            case Device.stuckBus: return (-EBUSY, [])
            default: return (-ENXIO, [])
            }
        }
        return (0, received)
    }
}

/// Reads a request of simbus from front to back, in this machine's byte order, which is little-endian on every board.
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
