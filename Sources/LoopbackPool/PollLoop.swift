import Base
import Glibc
import Synchronization

/// The pool's only thread: moves bytes between the sockets and the core until it is told to stop.
final class PollLoop {
    private let shared: SharedCore
    private let waker: Waker
    private let report: (PoolEvent) -> Void
    private let port: UInt16
    private var listener: Descriptor?
    private var sockets: [ClientID: Descriptor] = [:]
    private var buffer = [UInt8](repeating: 0, count: 16 << 10)

    /// Connections accepted, and reads or writes per client, before other work gets its turn.
    private static let burst = 16

    init(_ shared: SharedCore, listener: Descriptor, port: UInt16, waker: Waker, report: @escaping (PoolEvent) -> Void)
    {
        self.shared = shared
        self.listener = listener
        self.port = port
        self.waker = waker
        self.report = report
    }

    func run() {
        while !waker.isStopping {
            followAcceptance()
            waitForWork()
            waker.drain()
            accept()
            for id in sockets.keys.sorted() { read(id) }
            shared.core.withLock { $0.tick(now: SystemCall.now()) }
            for id in sockets.keys.sorted() { write(id) }
            reportEvents()
        }
        for id in sockets.keys.sorted() { close(id, reason: "the pool stops") }
        reportEvents()
    }

    // MARK: Waiting

    /// Sleeps until a socket is ready, the core has something to do, or someone wakes the loop.
    private func waitForWork() {
        var polled = [pollfd(fd: waker.descriptor, events: Int16(POLLIN), revents: 0)]
        if let listener { polled.append(pollfd(fd: listener.number, events: Int16(POLLIN), revents: 0)) }
        let firstClient = polled.count
        let clients = sockets.map { (id: $0.key, socket: $0.value) }
        let now = SystemCall.now()
        let deadline = shared.core.withLock { core in
            var deadline = core.deadline
            for (id, socket) in clients {
                var events = core.reads(id) ? Int16(POLLIN) : 0
                if let due = core.outputDue(for: id) {
                    if due <= now { events |= Int16(POLLOUT) } else { deadline = min(deadline, due) }
                }
                if core.isFinished(id) { deadline = now }
                polled.append(pollfd(fd: socket.number, events: events, revents: 0))
            }
            return deadline
        }
        // Rounded up, so that what is due then is really due.
        let wait = min(max(0, (deadline - now).nanoseconds), 1_000_000_000)
        // Every descriptor is tried afterwards, so it does not matter which were ready or whether a signal came first.
        _ = poll(&polled, nfds_t(polled.count), Int32((wait + 999_999) / 1_000_000))
        // A socket that has nothing to read but an error or a hang-up would otherwise make the loop spin.
        for (client, polled) in zip(clients, polled[firstClient...]) {
            let events = polled.revents
            if events & Int16(POLLERR | POLLHUP | POLLNVAL) != 0, events & Int16(POLLIN) == 0 {
                close(client.id, reason: "connection reset")
            }
        }
    }

    // MARK: Connections

    /// Opens or closes the listening socket as the core wishes.
    private func followAcceptance() {
        let wanted = shared.core.withLock { $0.acceptsConnections }
        if !wanted {
            listener = nil
        } else if listener == nil {
            do throws(LoopbackPoolError) {
                listener = try SystemCall.listen(port: port)
            } catch {
                // Tried again on the next round, a second later at most.
                report(error)
            }
        }
    }

    private func accept() {
        guard let listener else { return }
        for _ in 0..<Self.burst {
            let socket: Descriptor
            do throws(LoopbackPoolError) {
                guard let next = try SystemCall.accept(listener) else { return }
                socket = next
            } catch {
                return report(error)
            }
            if let id = shared.core.withLock({ $0.connect(now: SystemCall.now()) }) { sockets[id] = socket }
        }
    }

    private func close(_ id: ClientID, reason: String) {
        sockets[id] = nil
        shared.core.withLock { $0.disconnect(id, reason: reason, now: SystemCall.now()) }
    }

    // MARK: Bytes

    private func read(_ id: ClientID) {
        guard let socket = sockets[id], shared.core.withLock({ $0.reads(id) }) else { return }
        let count = buffer.withUnsafeMutableBytes { recv(socket.number, $0.baseAddress, $0.count, 0) }
        if count > 0 {
            let bytes = buffer[..<count]
            shared.core.withLock { $0.receive(bytes, from: id, now: SystemCall.now()) }
        } else if count == 0 {
            close(id, reason: "closed by the miner")
        } else if errno != EAGAIN && errno != EINTR {
            close(id, reason: SystemCall.message(errno))
        }
    }

    private func write(_ id: ClientID) {
        guard let socket = sockets[id] else { return }
        for _ in 0..<Self.burst {
            let now = SystemCall.now()
            let bytes = shared.core.withLock { $0.output(for: id, now: now) }
            guard !bytes.isEmpty else { break }
            let count = bytes.withUnsafeBytes {
                Glibc.send(socket.number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else {
                if errno != EAGAIN && errno != EINTR { close(id, reason: SystemCall.message(errno)) }
                return
            }
            shared.core.withLock { $0.wrote(count, to: id, now: now) }
        }
        if shared.core.withLock({ $0.isFinished(id) }) { close(id, reason: "finished") }
    }

    private func report(_ error: LoopbackPoolError) {
        if case .system(let action, let errno) = error { report(.systemError(action, errno: errno)) }
    }

    private func reportEvents() {
        for event in shared.core.withLock({ $0.takeEvents() }) { report(event) }
    }
}

/// What the pool's thread and its callers share.
final class SharedCore: Sendable {
    let core: Mutex<PoolCore>

    init(_ configuration: PoolConfiguration) {
        core = Mutex(PoolCore(configuration, now: SystemCall.now(), time: UInt32(clamping: time(nil))))
    }
}

/// Wakes the loop from another thread, or ends it.
final class Waker: Sendable {
    private let ends: (read: Descriptor, write: Descriptor)
    private let stopRequest = Atomic(false)

    init() throws(LoopbackPoolError) {
        ends = try SystemCall.pipe()
    }

    /// Readable when the loop has been woken.
    var descriptor: Int32 { ends.read.number }

    var isStopping: Bool { stopRequest.load(ordering: .acquiring) }

    func stop() {
        stopRequest.store(true, ordering: .releasing)
        wake()
    }

    func wake() {
        // Fails only when the pipe is full, and then the loop wakes anyway.
        var byte: UInt8 = 0
        _ = Glibc.write(ends.write.number, &byte, 1)
    }

    /// Takes note of all calls of `wake` until now. A full buffer leaves some for the next round.
    func drain() {
        var buffer = [UInt8](repeating: 0, count: 256)
        // Nothing to read when the loop woke for another reason.
        _ = Glibc.read(ends.read.number, &buffer, buffer.count)
    }
}
