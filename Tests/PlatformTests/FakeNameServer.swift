import Base
import CLinux

@testable import Platform

/// A name server on a loopback port that answers as a test wants it to.
final class FakeNameServer {
    let port: UInt16
    private let stop: Stop
    private var thread: Thread?

    private final class Stop: Sendable {
        let wakeup: Wakeup
        init() throws(SystemError) { wakeup = try Wakeup() }
    }

    /// - Parameter replies: the datagrams to send for one that was received, called on the server's thread.
    init(replies: @escaping @Sendable ([UInt8]) -> [[UInt8]]) throws {
        var address = clinux_address()
        clinux_address_v4(&address, 0x7F00_0001, 0)
        let number = clinux_datagram_socket(&address)
        guard number >= 0, clinux_bind(number, &address) == 0, clinux_local_address(number, &address) == 0 else {
            throw Unexpected()
        }
        port = clinux_address_port(&address)
        let stop = try Stop()
        self.stop = stop
        thread = try Thread(.init(name: "name server")) {
            let socket = FileDescriptor(owning: number)
            do { try FakeNameServer.serve(socket, stop, replies) } catch { assertionFailure("\(error)") }
        }
    }

    deinit {
        stop.wakeup.signal()
        if let thread = thread.take() { try? thread.join() }
    }

    private static func serve(
        _ socket: borrowing FileDescriptor, _ stop: Stop, _ replies: ([UInt8]) -> [[UInt8]]
    ) throws {
        var reactor = try Reactor()
        try reactor.register(socket, for: .readable, as: .init(rawValue: 1))
        try reactor.register(stop.wakeup.descriptor, for: .readable, as: .init(rawValue: 2))
        var events: [Reactor.Event] = []
        var buffer = [UInt8](repeating: 0, count: 1024)
        while true {
            try reactor.wait(until: nil, into: &events)
            if events.contains(where: { $0.token.rawValue == 2 }) { return }
            var peer = clinux_address()
            peer.length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let number = socket.rawValue
            let count = withUnsafeMutablePointer(to: &peer.storage) { storage in
                storage.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    recvfrom(number, &buffer, buffer.count, 0, $0, &peer.length)
                }
            }
            guard count > 0 else { continue }
            for reply in replies(Array(buffer[..<count])) {
                withUnsafePointer(to: &peer.storage) { storage in
                    storage.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        _ = sendto(number, reply, reply.count, 0, $0, peer.length)
                    }
                }
            }
        }
    }
}

/// Puts replies of name servers together, byte by byte as RFC 1035 §4 has them.
enum NameReply {
    /// A resource record whose name is given as bytes; `C0 0C` points to the question's.
    struct Record {
        var owner: [UInt8] = [0xC0, 0x0C]
        var type: UInt16
        var `class`: UInt16 = 1
        var data: [UInt8]

        static func ipv4(_ data: UInt8..., owner: [UInt8] = [0xC0, 0x0C]) -> Record {
            Record(owner: owner, type: 1, data: data)
        }

        static func ipv6(_ data: [UInt8]) -> Record { Record(type: 28, data: data) }

        static func alias(_ name: String, owner: [UInt8] = [0xC0, 0x0C]) -> Record {
            Record(owner: owner, type: 5, data: labels(name))
        }

        var bytes: [UInt8] {
            owner + word(type) + word(self.class) + [0, 0, 0, 60] + word(UInt16(data.count)) + data
        }
    }

    static func word(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 255)] }

    static func labels(_ name: String) -> [UInt8] {
        name.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0]
    }

    /// The reply to `query` with these records.
    static func to(_ query: [UInt8], code: UInt8 = 0, isCutOff: Bool = false, _ records: [Record]) -> [UInt8] {
        Array(query[..<2]) + [isCutOff ? 0x83 : 0x81, 0x80 | code] + word(1) + word(UInt16(records.count))
            + [0, 0, 0, 0] + query[12...] + records.flatMap(\.bytes)
    }

    /// What a query asks for: 1 or 28.
    static func kind(of query: [UInt8]) -> UInt8 { query[query.count - 3] }
}
