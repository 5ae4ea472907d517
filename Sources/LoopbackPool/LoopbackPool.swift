import Base
import Glibc
import Synchronization

/// A Stratum V1 pool on 127.0.0.1, for demonstrations and tests.
///
/// It checks every share on a code path of its own – its own SHA-256, header and target arithmetic, and Foundation's
/// JSON – and uses none of the modules with which the agent mines. A share it accepts has therefore been computed
/// twice by unrelated code. On request it misbehaves in the ways that real pools and networks do (`Misbehaviour`).
///
/// All methods may be called from any thread.
public final class LoopbackPool: Sendable {
    private struct Running {
        let port: UInt16
        let waker: Waker
        let thread: pthread_t
    }

    private let shared: SharedCore
    private let onEvent: @Sendable (PoolEvent) -> Void
    private let running = Mutex<Running?>(nil)
    /// The port of the first start, which later ones use again.
    private let lastPort: Mutex<UInt16>

    /// A pool that does not listen yet. `onEvent` is called on the pool's thread.
    public init(
        _ configuration: PoolConfiguration, onEvent: @escaping @Sendable (PoolEvent) -> Void = { _ in }
    ) throws(PoolConfigurationError) {
        try configuration.validate()
        shared = SharedCore(configuration)
        lastPort = Mutex(configuration.port)
        self.onEvent = onEvent
    }

    deinit {
        stop()
    }

    /// Starts to listen and returns the port. After `stop` it starts again on the same port, with all it knew before.
    @discardableResult
    public func start() throws(LoopbackPoolError) -> UInt16 {
        // Typed errors do not pass through `withLock`, so the result does.
        let result = running.withLock { running -> Result<UInt16, LoopbackPoolError> in
            guard running == nil else { return .failure(.alreadyRunning) }
            return Result { () throws(LoopbackPoolError) in
                let started = try launch()
                running = started
                return started.port
            }
        }
        let port = try result.get()
        lastPort.withLock { $0 = port }
        return port
    }

    private func launch() throws(LoopbackPoolError) -> Running {
        let listener = try SystemCall.listen(port: lastPort.withLock { $0 })
        let port = try SystemCall.port(of: listener)
        let waker = try Waker()
        let loop = PollLoop(shared, listener: listener, port: port, waker: waker, report: onEvent)
        let context = Unmanaged.passRetained(loop)
        var thread = pthread_t()
        let failure = pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<PollLoop>.fromOpaque(context).takeRetainedValue().run() }
                return nil
            }, context.toOpaque())
        guard failure == 0 else {
            context.release()
            throw .system("start a thread", errno: failure)
        }
        return Running(port: port, waker: waker, thread: thread)
    }

    /// Closes all connections and waits for the thread to end. Not to be called from `onEvent`.
    public func stop() {
        let stopped = running.withLock { running -> Running? in
            defer { running = nil }
            return running
        }
        guard let stopped else { return }
        stopped.waker.stop()
        pthread_join(stopped.thread, nil)
    }

    // MARK: Records

    public var statistics: PoolStatistics {
        shared.core.withLock { $0.statistics(now: SystemCall.now()) }
    }

    /// The latest accepted shares, oldest first; at least as many as the configuration says are remembered.
    public var acceptedShares: [AcceptedShare] {
        shared.core.withLock { $0.shares }
    }

    /// The latest lines that the miners have sent, oldest first; the last thousand at least.
    public var receivedLines: [ReceivedLine] {
        shared.core.withLock { $0.lines }
    }

    // MARK: Control

    /// Changes the core and lets the loop act on it.
    private func perform<Result>(_ change: (PoolCore) -> sending Result) -> Result {
        let result = shared.core.withLock { change($0) }
        running.withLock { $0?.waker.wake() }
        return result
    }

    /// Misbehaves from now on, towards one client or all; nil ends that. False when there is no such client.
    ///
    /// An order for one client goes before the one for all, and ends with the connection.
    @discardableResult
    public func set(_ order: MisbehaviourOrder?, for client: ClientID? = nil) -> Bool {
        perform { $0.set(order, for: client, now: SystemCall.now()) }
    }

    /// Misbehaves at once.
    @discardableResult
    public func set(_ misbehaviour: Misbehaviour, for client: ClientID? = nil) -> Bool {
        set(MisbehaviourOrder(misbehaviour), for: client)
    }

    /// Sends a new job to all miners, on top of a new block if so wished.
    public func announceJob(newBlock: Bool = false) {
        perform { $0.announceNewJob(newBlock: newBlock, now: SystemCall.now()) }
    }

    /// Changes the difficulty of jobs announced from now on to the clients that are connected.
    public func announce(_ difficulty: ShareDifficulty) {
        perform { core in
            for client in core.clients.values { core.announce(difficulty, to: client, now: SystemCall.now()) }
        }
    }
}
