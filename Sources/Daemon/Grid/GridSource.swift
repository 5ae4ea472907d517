import Base
import Grid
import Platform
import Rig

/// A source of the frequency besides the board's own line: polled, never waited for.
final class GridSource {
    /// Bytes that are taken of one connection at a time.
    private static let readLimit = 4096
    /// Programs that may feed numbers at once.
    private static let clientLimit = 4

    private enum Kind {
        case replay(Replay)
        case feed(FeedPort)
        case synchrophasor(SynchrophasorLink)
    }

    private var kind: Kind
    private var estimator: SampleEstimator
    private var events: [Event] = []

    /// Nil when the board's own line is the only source.
    init?(_ setup: GridSetup, seed: UInt64, now: Instant) throws(SystemError) {
        var configuration = SampleEstimator.Configuration(nominal: setup.nominal)
        configuration.staleAfter = setup.source.policy.staleAfter
        estimator = SampleEstimator(configuration)
        switch setup.source {
        case .none: return nil
        case .replay(let rows, let speed): kind = .replay(Replay(rows, start: now, speed: speed))
        case .feed(let port): kind = .feed(try FeedPort(port: port))
        case .synchrophasor(let address, let transport, let stream):
            guard let host = IPAddress(Array(address.host.utf8)) else { return nil }
            kind = .synchrophasor(
                SynchrophasorLink(.internet(host, port: address.port), transport, stream: stream, now: now))
        }
    }

    /// The port that numbers are taken at; nil for other kinds.
    var port: UInt16? {
        if case .feed(let feed) = kind { feed.port } else { nil }
    }

    /// What there is to say since the last call.
    func takeEvents() -> [Event] {
        defer { events.removeAll(keepingCapacity: true) }
        return events
    }

    /// Takes what has come since the last call and gives what it amounts to.
    func tick(now: Instant, _ body: (MainsReading) -> Void) {
        switch kind {
        case .replay(var replay):
            // A day in a second at most: bounded by the recording.
            while let sample = replay.take(now: now) { body(estimator.take(sample)) }
            if replay.wakeAt == nil { body(MainsReading(condition: .lost, at: now)) }
            kind = .replay(replay)
            return
        case .feed(let feed): feed.take(now: now, into: &events) { body(estimator.take($0)) }
        case .synchrophasor(let link): link.take(now: now, into: &events) { body(estimator.take($0)) }
        }
        if let reading = estimator.check(now: now) { body(reading) }
    }

    /// Programs on this machine that feed numbers, a line each.
    private final class FeedPort {
        let port: UInt16
        private let listener: Listener
        private var clients: [FeedClient] = []

        init(port: UInt16) throws(SystemError) {
            listener = try Listener(at: .internet(.loopback, port: port))
            self.port = try listener.localAddress()?.port ?? port
        }

        func take(now: Instant, into events: inout [Event], _ body: (MeterSample) -> Void) {
            do throws(SystemError) {
                while clients.count < GridSource.clientLimit, let socket = try listener.accept() {
                    clients.append(FeedClient(socket))
                    events.append(Event(.info, "grid", "a program feeds the frequency"))
                }
            } catch {
                events.append(Event(.warning, "grid", "the feed's port: \(error.description)"))
            }
            clients.removeAll { client in
                let isOpen = client.take(now: now, body)
                if !isOpen {
                    events.append(
                        Event(.notice, "grid", "a feed of the frequency has ended, \(client.refused) lines refused"))
                }
                return !isOpen
            }
        }
    }

    /// One program that feeds numbers.
    private final class FeedClient {
        private let socket: Socket
        private var numbers = NumericFeed()

        init(_ socket: consuming Socket) { self.socket = socket }

        var refused: UInt64 { numbers.refused }

        /// False: the connection has ended.
        func take(now: Instant, _ body: (MeterSample) -> Void) -> Bool {
            var bytes: [UInt8] = []
            do throws(SystemError) {
                guard case .end = try socket.receive(appendingTo: &bytes, limit: GridSource.readLimit) else {
                    numbers.take(bytes, at: now, body)
                    return true
                }
                return false
            } catch {
                return false
            }
        }
    }
}
