import Base
import Platform
import Rig
import SHA256
import Synchronization

/// Everything that could keep the relay waiting, at once: hash workers on all processors, a bus transfer that does not return,
/// and a socket that is flooded.
final class RelayLoad {
    private let workers: HashWorkers
    private var desk: OrderDesk
    private let reports: Mailbox<HashReport>
    private let shared: Shared

    /// What the helper threads look at.
    private final class Shared: Sendable {
        let isEnding = Atomic(false)
        let received = Atomic<UInt64>(0)
        let hung: Wakeup

        init() throws(SystemError) { hung = try Wakeup() }
    }

    /// How long a helper thread waits before it looks whether it is to end.
    private static let patience = Duration.milliseconds(100)

    init(kernel: ScanKernel) throws(SystemError) {
        reports = try Mailbox(capacity: 1024)
        workers = try HashWorkers(CPUChainDescription(), kernel: kernel, reports: reports)
        desk = OrderDesk(workers.mailboxes)
        shared = try Shared()
        try hash()
        try hang()
        try flood()
    }

    /// How many bytes the flooded socket has delivered.
    var floodedBytes: UInt64 { shared.received.load(ordering: .relaxed) }

    var workerCount: Int { workers.count }

    /// Ends the load and waits for the workers.
    func stop() throws(SystemError) {
        shared.isEnding.store(true, ordering: .relaxed)
        shared.hung.signal()
        try workers.stop(&desk) { while reports.take() != nil {} }
    }

    private func hash() throws(SystemError) {
        // No hash is low enough for this limit but by a chance of 2^-32: the workers search and find nothing.
        let block = ScanBlock(midstate: .init(repeating: 1), tail: (0, 0, 0))
        for worker in 0..<workers.count {
            for number in 0..<2 as Range<UInt64> {
                let task = HashTask(
                    workID: number, block: block, firstNonce: 0, nonceCount: 1 << 32, topLimit: 0, causedAt: Clock.now)
                desk.give(number == 0 ? .replace(task) : .append(task), to: worker)
            }
        }
    }

    /// A thread that waits for the end of a transfer that does not come.
    private func hang() throws(SystemError) {
        let shared = shared
        _ = try Platform.Thread(.init(name: "hung bus")) {
            do throws(SystemError) {
                _ = try shared.hung.descriptor.waitUntilReadable(deadline: Clock.now + .seconds(86_400))
            } catch {}
        }
    }

    private func flood() throws(SystemError) {
        let listener = try Listener(at: .internet(.loopback, port: 0))
        guard let address = try listener.localAddress() else { return }
        let sender = try Socket.connecting(to: address)
        guard try listener.descriptor.waitUntilReadable(deadline: Clock.now + .seconds(5)),
            let receiver = try listener.accept()
        else { throw SystemError(call: "accept", errno: .timedOut) }
        let shared = shared
        let flow = Flow(sender, receiver)
        _ = try Platform.Thread(.init(name: "flood")) {
            let bytes = [UInt8](repeating: 0x55, count: 16_384)
            while !shared.isEnding.load(ordering: .relaxed) {
                do throws(SystemError) {
                    if case .wouldBlock = try flow.sender.send(bytes.span) {
                        _ = try flow.sender.descriptor.waitUntilWritable(deadline: Clock.now + Self.patience)
                    }
                } catch { return }
            }
        }
        _ = try Platform.Thread(.init(name: "drain")) {
            var bytes: [UInt8] = []
            while !shared.isEnding.load(ordering: .relaxed) {
                do throws(SystemError) {
                    bytes.removeAll(keepingCapacity: true)
                    switch try flow.receiver.receive(appendingTo: &bytes, limit: 16_384) {
                    case .bytes(let count): shared.received.wrappingAdd(UInt64(count), ordering: .relaxed)
                    case .wouldBlock:
                        _ = try flow.receiver.descriptor.waitUntilReadable(deadline: Clock.now + Self.patience)
                    case .end: return
                    }
                } catch { return }
            }
        }
    }

    /// Both ends of the flooded connection; closed when the last thread lets go.
    private final class Flow: Sendable {
        let sender: Socket
        let receiver: Socket

        init(_ sender: consuming Socket, _ receiver: consuming Socket) {
            self.sender = sender
            self.receiver = receiver
        }
    }
}
