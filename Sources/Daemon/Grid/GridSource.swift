import Base
import Grid
import Platform
import Rig

/// A source of the frequency besides the board's own line: polled, never waited for.
final class GridSource {
    private enum Kind {
        case replay(Replay)
        case waveform(WaveformFile)
        case feed(FeedPort<NumericFeed>)
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
        case .replay(.course(let rows), let speed): kind = .replay(Replay(rows, start: now, speed: speed))
        case .replay(.waveform(let path), let speed):
            do throws(FileError) {
                kind = .waveform(try WaveformFile(path, .init(nominal: setup.nominal), speed: speed, start: now))
            } catch {
                throw error.cause
            }
        case .feed(let port): kind = .feed(try FeedPort(port: port, name: "the frequency"))
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
        case .waveform(let file):
            // The samples' own estimator judges them.
            file.tick(now: now, into: &events, body)
            if file.isOver { body(MainsReading(condition: .lost, at: now)) }
            return
        case .feed(let feed): feed.take(now: now, into: &events) { body(estimator.take($0)) }
        case .synchrophasor(let link): link.take(now: now, into: &events) { body(estimator.take($0)) }
        }
        if let reading = estimator.check(now: now) { body(reading) }
    }
}
