import Base
import Buses

/// How a control board reaches its APW supply.
public struct APWTransport: Equatable, Sendable {
    /// The first byte of every write, which the supply drops: it takes it for a register number.
    public enum Prefix: UInt8, Equatable, Sendable {
        case legacy = 0x00
        /// "V2" boards; their supplies want longer pauses.
        case v2 = 0x11
    }

    /// How many bytes one transaction carries.
    public enum Style: Equatable, Sendable {
        case wholeFrames
        /// One byte per transaction, both ways: for I2C controllers that cannot do more.
        case singleBytes
    }

    public var prefix: Prefix
    public var style: Style

    public init(prefix: Prefix = .legacy, style: Style = .wholeFrames) {
        self.prefix = prefix
        self.style = style
    }

    /// Between a frame and its reply, and between a reply and the next frame.
    var framePause: Duration { prefix == .legacy ? .milliseconds(100) : .milliseconds(500) }

    func send(_ frame: [UInt8], to device: I2CDevice) throws(BusFault) {
        switch style {
        case .wholeFrames:
            let bytes = [prefix.rawValue] + frame
            try device.write(bytes.span, register: prefix.rawValue, operation: "send frame")
        case .singleBytes:
            for byte in frame {
                let pair: InlineArray<2, UInt8> = [prefix.rawValue, byte]
                try device.write(pair.span, register: prefix.rawValue, operation: "send frame byte")
            }
        }
    }

    func receive(_ count: Int, from device: I2CDevice) throws(BusFault) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        switch style {
        case .wholeFrames:
            var span = bytes.mutableSpan
            try device.read(into: &span)
        case .singleBytes:
            for index in bytes.indices {
                var byte: InlineArray<1, UInt8> = [0]
                var span = byte.mutableSpan
                try device.read(into: &span)
                bytes[index] = byte[0]
            }
        }
        return bytes
    }
}

/// One request to an APW supply and its reply, with three attempts.
public struct APWExchange: TimedSequence {
    static let attempts = 3
    /// Every reply used here carries two bytes.
    static let replyCount = 8

    private enum State {
        case sending
        case receiving
        case settling(UInt16)
    }

    private let device: I2CDevice
    private let transport: APWTransport
    private let command: APWCommand
    private let frame: [UInt8]
    /// What a command that is echoed must come back with.
    private let echo: UInt16?
    private let settle: Duration
    private var attemptsLeft = APWExchange.attempts
    private var notBefore = Instant(nanoseconds: 0)
    private var state = State.sending

    /// A question.
    init(_ command: APWCommand, device: I2CDevice, transport: APWTransport) {
        self.init(
            command, frame: APWFrame.request(command.rawValue), echo: nil, device: device, transport: transport,
            settle: transport.framePause)
    }

    /// An order with a 16-bit value, low byte first, which the supply echoes.
    init(
        _ command: APWCommand, value: UInt16, device: I2CDevice, transport: APWTransport, settle: Duration
    ) {
        let payload = [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
        self.init(
            command, frame: APWFrame.request(command.rawValue, payload: payload), echo: value, device: device,
            transport: transport, settle: max(settle, transport.framePause))
    }

    private init(
        _ command: APWCommand, frame: [UInt8], echo: UInt16?, device: I2CDevice, transport: APWTransport,
        settle: Duration
    ) {
        self.command = command
        self.frame = frame
        self.echo = echo
        self.device = device
        self.transport = transport
        self.settle = settle
    }

    /// Gives the reply's 16-bit value once the supply is ready for the next frame.
    public mutating func advance(now: Instant) throws(ChipFault) -> Progress<UInt16> {
        if now < notBefore { return .wait(until: notBefore) }
        if case .settling(let value) = state { return .done(value) }
        do throws(ChipFault) { try talk(now: now) } catch {
            attemptsLeft -= 1
            guard attemptsLeft > 0, error.retryHint != .never else { throw error }
            state = .sending
            notBefore = now + transport.framePause
        }
        return .wait(until: notBefore)
    }

    private mutating func talk(now: Instant) throws(ChipFault) {
        var reply: [UInt8] = []
        do throws(BusFault) {
            guard case .receiving = state else {
                try transport.send(frame, to: device)
                state = .receiving
                notBefore = now + transport.framePause
                return
            }
            reply = try transport.receive(APWExchange.replyCount, from: device)
        } catch {
            throw ChipFault(.apw, .bus(error))
        }
        state = .settling(try value(of: reply))
        notBefore = now + settle
    }

    private func value(of reply: [UInt8]) throws(ChipFault) -> UInt16 {
        do throws(ReplyFault) {
            let payload = try APWFrame.payload(of: reply, to: command.rawValue, payloadCount: 2)
            let value = UInt16(payload[0]) | UInt16(payload[1]) << 8
            if let echo, echo != value { throw .echo(found: value, expected: echo) }
            return value
        } catch {
            throw ChipFault(.apw, .reply(error))
        }
    }
}
