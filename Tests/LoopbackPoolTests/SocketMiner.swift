import Foundation
import Testing

@testable import LoopbackPool

/// A miner's connection with blocking calls that give up after a few seconds.
final class SocketMiner {
    private let descriptor: Descriptor
    private var buffer: [UInt8] = []

    /// Sizes of the pieces in which bytes came in.
    private(set) var pieces: [Int] = []
    private(set) var isClosed = false

    /// Connects to 127.0.0.1; nil when the connection is refused.
    init?(port: UInt16, patience: Duration = .seconds(5)) throws {
        descriptor = Descriptor(
            try SystemCall.result("make a socket") { socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) })
        let milliseconds = Int(patience / .milliseconds(1))
        var timeout = timeval(tv_sec: milliseconds / 1000, tv_usec: milliseconds % 1000 * 1000)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor.number, SOL_SOCKET, option, &timeout, socklen_t(MemoryLayout<timeval>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        let number = descriptor.number
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(number, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if result != 0 {
            // A listener that closes while a connection waits to be accepted resets it.
            try #require(errno == ECONNREFUSED || errno == ECONNRESET)
            return nil
        }
    }

    /// Whether a connection to the port is accepted.
    static func canConnect(to port: UInt16) -> Bool {
        do {
            return try SocketMiner(port: port) != nil
        } catch {
            return false
        }
    }

    func send(_ line: String) {
        sendRaw(Array((line + "\n").utf8))
    }

    /// How many of the bytes the pool took before patience ran out.
    @discardableResult
    func sendRaw(_ bytes: [UInt8]) -> Int {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Foundation.send(descriptor.number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { break }
            sent += count
        }
        return sent
    }

    /// Waits for more bytes; false when the pool has closed the connection or says nothing for `patience`.
    private func fill(_ patience: Duration) -> Bool {
        var polled = pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0)
        guard !isClosed, poll(&polled, 1, Int32(patience / .milliseconds(1))) > 0 else { return false }
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(descriptor.number, &piece, piece.count, 0)
        guard count > 0 else {
            isClosed = true
            return false
        }
        pieces.append(count)
        buffer += piece[..<count]
        return true
    }

    /// The bytes of the next line without its end; nil when none comes.
    func lineBytes(patience: Duration = .seconds(5)) -> [UInt8]? {
        while true {
            if let end = buffer.firstIndex(of: 0x0A) {
                defer { buffer.removeFirst(end + 1) }
                return Array(buffer[..<end])
            }
            if !fill(patience) { return nil }
        }
    }

    func line(patience: Duration = .seconds(5)) -> String? {
        lineBytes(patience: patience).map { String(decoding: $0, as: UTF8.self) }
    }

    /// All bytes until the pool closes the connection or says nothing for `patience`.
    func rest(patience: Duration = .milliseconds(300)) -> [UInt8] {
        while fill(patience) {}
        defer { buffer = [] }
        return buffer
    }

    static let configure =
        #"{"id":1,"method":"mining.configure","params":[["version-rolling"],{"version-rolling.mask":"1fffe000"}]}"#
    static let subscribe = #"{"id":2,"method":"mining.subscribe","params":["test/1.0"]}"#
    static let authorize = #"{"id":3,"method":"mining.authorize","params":["user.worker","x"]}"#
    /// The share that the recorded pool accepted.
    static let submit =
        #"{"id":11,"method":"mining.submit","params":["user.worker","875b4b7","17000000","685468d7","7552034c","00b44000"]}"#

    func sendHandshake() {
        send(Self.configure)
        send(Self.subscribe)
        send(Self.authorize)
    }

    /// Goes through the whole handshake; returns its five lines: three answers, difficulty and job.
    @discardableResult
    func handshake() throws -> [String] {
        sendHandshake()
        return try (0..<5).map { _ in try #require(line()) }
    }
}

/// A running pool that serves the recorded session unless told otherwise.
func startedPool(
    _ jobs: JobSource = .recorded, _ change: (inout PoolConfiguration) -> Void = { _ in }
) throws -> (pool: LoopbackPool, port: UInt16) {
    var configuration = try PoolConfiguration(jobs: jobs)
    change(&configuration)
    let pool = try LoopbackPool(configuration)
    return (pool, try pool.start())
}

/// Waits until `condition` holds, for five seconds at most.
func eventually(_ condition: () -> Bool) -> Bool {
    for _ in 0..<500 {
        if condition() { return true }
        usleep(10_000)
    }
    return condition()
}
