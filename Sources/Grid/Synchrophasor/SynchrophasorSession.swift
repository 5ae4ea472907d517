import Base

/// A client of a phasor measurement unit: asks for the configuration, starts the data, and begins anew when the link breaks or
/// the unit falls silent. Does no input or output itself.
public struct SynchrophasorSession: Sendable {
    /// How the frames travel.
    public enum Transport: Equatable, Sendable { case tcp, udp }

    /// What is to be done for the session.
    public enum Action: Equatable, Sendable {
        /// Open a connection (or, for UDP, a socket).
        case connect
        case send([UInt8])
        case close
        /// The unit measured something.
        case measured(SynchrophasorMeasurement, at: Instant)
        /// Whoever watches should know.
        case note(Note)
    }

    /// Turns in the session's life, for the log.
    public enum Note: Equatable, Sendable {
        case configured(rate: Int16)
        case refusedFrame(SynchrophasorFrame.Fault)
        case silent
        case configurationChanged
    }

    private enum Stage: Equatable { case idle, waiting, connecting, configuring, streaming }

    /// The first pause before trying again, and the longest: each is twice the one before.
    static let firstPause: Duration = .seconds(1)
    static let longestPause: Duration = .seconds(60)
    /// A connection, an answer or the next frame must come in so long.
    static let patience: Duration = .seconds(5)

    private let transport: Transport
    private let stream: UInt16
    private let unit: UInt16?
    private var stage = Stage.idle
    private var pause = SynchrophasorSession.firstPause
    private var frames = SynchrophasorStream()
    private var configuration: SynchrophasorConfiguration?
    /// When `timer` is to be called.
    public private(set) var wakeAt: Instant?

    /// - Parameters:
    ///   - stream: IDCODE of the stream that commands name.
    ///   - unit: IDCODE of the unit to listen to; nil: the first.
    public init(transport: Transport, stream: UInt16, unit: UInt16? = nil) {
        self.transport = transport
        self.stream = stream
        self.unit = unit
    }

    public var isStreaming: Bool { stage == .streaming }

    /// Begins.
    public mutating func start(now: Instant, into actions: inout [Action]) {
        guard stage == .idle else { return }
        connect(now, &actions)
    }

    /// The connection is there. `second` is the time of day for the commands, in seconds since 1970.
    public mutating func connected(second: UInt32, now: Instant, into actions: inout [Action]) {
        guard stage == .connecting else { return }
        frames.reset()
        stage = .configuring
        wakeAt = now + Self.patience
        actions.append(.send(SynchrophasorFrame.command(.sendConfiguration2, idCode: stream, second: second)))
    }

    /// The connection is gone, or did not come about.
    public mutating func closed(now: Instant, into actions: inout [Action]) {
        guard stage != .idle, stage != .waiting else { return }
        configuration = nil
        stage = .waiting
        wakeAt = now + pause
        pause = min(pause * 2, Self.longestPause)
    }

    /// Bytes of the connection, or one datagram.
    public mutating func receive(
        _ bytes: some Sequence<UInt8>, second: UInt32, now: Instant, into actions: inout [Action]
    ) {
        guard stage == .configuring || stage == .streaming else { return }
        var received: [SynchrophasorFrame] = []
        if transport == .udp {
            frames.takeDatagram(bytes) { received.append($0) }
        } else {
            frames.take(bytes) { received.append($0) }
        }
        for frame in received { take(frame, second, now, &actions) }
    }

    /// To be called at `wakeAt`.
    public mutating func timer(now: Instant, into actions: inout [Action]) {
        guard let due = wakeAt, due <= now else { return }
        switch stage {
        case .idle: wakeAt = nil
        case .waiting: connect(now, &actions)
        case .connecting, .configuring, .streaming:
            actions.append(.note(.silent))
            actions.append(.close)
            closed(now: now, into: &actions)
        }
    }

    /// Ends the session: stops the data and closes.
    public mutating func stop(second: UInt32, into actions: inout [Action]) {
        if stage == .streaming {
            actions.append(.send(SynchrophasorFrame.command(.stop, idCode: stream, second: second)))
        }
        if stage != .idle, stage != .waiting { actions.append(.close) }
        stage = .idle
        wakeAt = nil
        configuration = nil
        pause = Self.firstPause
    }

    private mutating func connect(_ now: Instant, _ actions: inout [Action]) {
        stage = .connecting
        wakeAt = now + Self.patience
        actions.append(.connect)
    }

    private mutating func take(
        _ frame: SynchrophasorFrame, _ second: UInt32, _ now: Instant, _ actions: inout [Action]
    ) {
        do throws(SynchrophasorFrame.Fault) {
            switch frame.kind {
            case .configuration2:
                let read = try SynchrophasorConfiguration.read(frame)
                configuration = read
                wakeAt = now + Self.patience
                if stage == .configuring {
                    stage = .streaming
                    actions.append(.send(SynchrophasorFrame.command(.start, idCode: stream, second: second)))
                }
                actions.append(.note(.configured(rate: read.dataRate)))
            case .data:
                guard stage == .streaming, let configuration else { return }
                let measurement = try SynchrophasorMeasurement.read(frame, configuration, unit: unit)
                wakeAt = now + Self.patience
                pause = Self.firstPause
                actions.append(.measured(measurement, at: now))
                if measurement.hasNewConfiguration {
                    // Data until the answer would be read by the old form.
                    stage = .configuring
                    actions.append(.note(.configurationChanged))
                    actions.append(
                        .send(SynchrophasorFrame.command(.sendConfiguration2, idCode: stream, second: second)))
                }
            default: break
            }
        } catch {
            actions.append(.note(.refusedFrame(error)))
        }
    }
}
