import Base
import Grid
import Platform
import Rig

/// Reads what a program feeds, a line at a time.
protocol FeedParser {
    associatedtype Sample
    init()
    mutating func take(_ bytes: [UInt8], at: Instant, _ body: (Sample) -> Void)
    /// Lines that were not understood.
    var refused: UInt64 { get }
}

extension NumericFeed: FeedParser {
    mutating func take(_ bytes: [UInt8], at: Instant, _ body: (MeterSample) -> Void) {
        take(bytes[...], at: at, body)
    }
}

extension ExportFeed: FeedParser {
    mutating func take(_ bytes: [UInt8], at: Instant, _ body: (Milliwatts) -> Void) { take(bytes[...], body) }
}

/// Programs on this machine that feed a meter's readings: polled, never waited for.
final class FeedPort<Parser: FeedParser> {
    /// Bytes that are taken of one connection at a time, and programs that may feed at once.
    private static var readLimit: Int { 4096 }
    private static var clientLimit: Int { 4 }

    let port: UInt16
    private let name: String
    private let listener: Listener
    private var clients: [FeedClient<Parser>] = []

    /// - Parameters:
    ///   - port: of the loopback; 0: a free one.
    ///   - name: what is fed, for the log.
    init(port: UInt16, name: String) throws(SystemError) {
        listener = try Listener(at: .internet(.loopback, port: port))
        self.port = try listener.localAddress()?.port ?? port
        self.name = name
    }

    /// Takes what has come since the last call.
    func take(now: Instant, into events: inout [Event], _ body: (Parser.Sample) -> Void) {
        do throws(SystemError) {
            while clients.count < Self.clientLimit, let socket = try listener.accept() {
                clients.append(FeedClient(socket))
                events.append(Event(.info, "grid", "a program feeds \(name)"))
            }
        } catch {
            events.append(Event(.warning, "grid", "the port for \(name): \(error.description)"))
        }
        var alive: [FeedClient<Parser>] = []
        for client in clients {
            if client.take(limit: Self.readLimit, now: now, body) {
                alive.append(client)
            } else {
                events.append(
                    Event(.notice, "grid", "a feed of \(name) has ended, \(client.refused) lines of it refused"))
            }
        }
        clients = alive
    }
}

/// One program that feeds readings.
private final class FeedClient<Parser: FeedParser> {
    private let socket: Socket
    private var parser = Parser()

    init(_ socket: consuming Socket) { self.socket = socket }

    var refused: UInt64 { parser.refused }

    /// False: the connection has ended.
    func take(limit: Int, now: Instant, _ body: (Parser.Sample) -> Void) -> Bool {
        var bytes: [UInt8] = []
        do throws(SystemError) {
            if case .end = try socket.receive(appendingTo: &bytes, limit: limit) { return false }
        } catch {
            return false
        }
        parser.take(bytes, at: now, body)
        return true
    }
}
