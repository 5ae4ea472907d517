import Base
import Grid
import Platform
import Rig

/// A session with a phasor measurement unit over a socket of its own: polled, never waited for.
final class SynchrophasorLink {
    private static let readLimit = 16_384
    /// Frames a look takes at most, for units that send faster than they are read.
    private static let readsPerTurn = 16

    private let address: SocketAddress
    private let transport: SynchrophasorSession.Transport
    private var session: SynchrophasorSession
    private var socket: Socket?
    private var isEstablished = false
    private var actions: [SynchrophasorSession.Action] = []
    /// The unit's nominal phase voltage is not in its frames: the first voltages tell.
    private var nominalVoltage: Double?

    init(_ address: SocketAddress, _ transport: SynchrophasorSession.Transport, stream: UInt16, now: Instant) {
        self.address = address
        self.transport = transport
        session = SynchrophasorSession(transport: transport, stream: stream)
        session.start(now: now, into: &actions)
    }

    /// Takes what has come, answers, and gives the samples.
    func take(now: Instant, into events: inout [Event], _ body: (MeterSample) -> Void) {
        let second = UInt32(clamping: Clock.wallSeconds)
        carryOut(second, now, &events, body)
        establish(second, now, &events)
        read(second, now, &events)
        if let due = session.wakeAt, due <= now { session.timer(now: now, into: &actions) }
        carryOut(second, now, &events, body)
    }

    private func establish(_ second: UInt32, _ now: Instant, _ events: inout [Event]) {
        guard !isEstablished else { return }
        do throws(SystemError) {
            switch try socket?.connection() {
            case .established:
                isEstablished = true
                session.connected(second: second, now: now, into: &actions)
            case .failed(let error): drop(error, now, &events)
            case .underWay, nil: break
            }
        } catch {
            drop(error, now, &events)
        }
    }

    private func read(_ second: UInt32, _ now: Instant, _ events: inout [Event]) {
        guard isEstablished else { return }
        do throws(SystemError) {
            for _ in 0..<Self.readsPerTurn {
                var bytes: [UInt8] = []
                switch try socket?.receive(appendingTo: &bytes, limit: Self.readLimit) {
                case .bytes: session.receive(bytes, second: second, now: now, into: &actions)
                case .wouldBlock, nil: return
                case .end: return drop(nil, now, &events)
                }
            }
        } catch {
            drop(error, now, &events)
        }
    }

    private func drop(_ error: SystemError?, _ now: Instant, _ events: inout [Event]) {
        let reason = error.map { ": \($0.description)" } ?? " by the unit"
        events.append(Event(.warning, "grid", "the phasor measurement unit's connection is closed\(reason)"))
        socket = nil
        isEstablished = false
        session.closed(now: now, into: &actions)
    }

    private func carryOut(_ second: UInt32, _ now: Instant, _ events: inout [Event], _ body: (MeterSample) -> Void) {
        let batch = actions
        actions.removeAll(keepingCapacity: true)
        for action in batch {
            switch action {
            case .connect: connect(second, now, &events)
            case .send(let bytes): send(bytes, now, &events)
            case .close:
                socket = nil
                isEstablished = false
            case .measured(let measurement, let at):
                if nominalVoltage == nil { nominalVoltage = measurement.voltage }
                if let sample = measurement.sample(at: at, nominalVoltage: nominalVoltage) { body(sample) }
            case .note(let note): events.append(Event(.notice, "grid", "phasor measurement unit: \(note.text)"))
            }
        }
    }

    private func connect(_ second: UInt32, _ now: Instant, _ events: inout [Event]) {
        do throws(SystemError) {
            socket = transport == .tcp ? try Socket.connecting(to: address) : try Socket.datagram(to: address)
            isEstablished = false
        } catch {
            drop(error, now, &events)
        }
    }

    private func send(_ bytes: [UInt8], _ now: Instant, _ events: inout [Event]) {
        do throws(SystemError) {
            // Commands are 18 bytes: a socket that does not take them is as good as closed.
            guard case .bytes(bytes.count) = try socket?.send(bytes.span) else {
                return drop(nil, now, &events)
            }
        } catch {
            drop(error, now, &events)
        }
    }
}

extension SynchrophasorSession.Note {
    /// For the log.
    fileprivate var text: String {
        switch self {
        case .configured(let rate):
            rate >= 0 ? "it sends \(rate) frames a second" : "it sends a frame every \(-Int(rate)) s"
        case .refusedFrame: "a frame of it is refused"
        case .silent: "it is silent"
        case .configurationChanged: "its configuration changes"
        }
    }
}
