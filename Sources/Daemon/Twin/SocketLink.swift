import Base
import Buses
import Platform
import Twin

/// A link over a Unix-domain socket. Each thread that drives parts of the rig has one of its own; the lines that several
/// threads drive share one.
final class SocketLink: RemoteLink, @unchecked Sendable {
    /// Time for an answer: far longer than any simulated transfer takes.
    static let patience = Duration.seconds(2)

    private let socket: Socket
    private let lock = Lock()
    private var received: [UInt8] = []
    /// After a fault the bytes of an old answer may still come: nothing that follows could be trusted.
    private(set) var isBroken = false

    init(to path: String) throws(SystemError) {
        socket = try Socket.connecting(to: .local(Array(path.utf8)))
        received.reserveCapacity(4096)
    }

    /// Sends a request and waits for its answer.
    func call(_ request: borrowing Span<UInt8>) throws(BusFault) -> ArraySlice<UInt8> {
        lock.acquire()
        defer { lock.release() }
        guard !isBroken else { throw Self.fault(.unplugged) }
        do throws(SystemError) {
            let deadline = Clock.now + Self.patience
            try send(request, deadline)
            return try answer(deadline)
        } catch {
            isBroken = true
            throw Self.fault(error.errno == .timedOut ? .timeout : .unplugged)
        }
    }

    private static func fault(_ kind: BusFault.Kind) -> BusFault {
        BusFault(kind, bus: BusName(.gpio, 0), operation: "call the simulated rig")
    }

    private func send(_ request: borrowing Span<UInt8>, _ deadline: Instant) throws(SystemError) {
        var sent = 0
        while sent < request.count {
            switch try socket.send(request.extracting(sent..<request.count)) {
            case .bytes(let count): sent += count
            case .wouldBlock:
                guard try socket.descriptor.waitUntilWritable(deadline: deadline) else {
                    throw SystemError(call: "poll", errno: .timedOut)
                }
            }
        }
    }

    private func answer(_ deadline: Instant) throws(SystemError) -> ArraySlice<UInt8> {
        received.removeAll(keepingCapacity: true)
        while true {
            if received.count >= 2 {
                let length = Int(received[0]) | Int(received[1]) << 8
                if received.count >= 2 + length { return received[2..<(2 + length)] }
            }
            switch try socket.receive(appendingTo: &received, limit: 4096) {
            case .bytes: break
            case .end: throw SystemError(call: "recv", errno: .connectionReset)
            case .wouldBlock:
                guard try socket.descriptor.waitUntilReadable(deadline: deadline) else {
                    throw SystemError(call: "poll", errno: .timedOut)
                }
            }
        }
    }
}
