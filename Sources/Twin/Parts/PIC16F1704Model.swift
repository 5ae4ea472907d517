import Base

/// The voltage controller of an S9 hash board as seen over I2C: bootloader and application, byte by byte.
final class PIC16F1704Model: TwinI2CTarget {
    private enum Parser {
        case idle, preamble, command
        case payload(UInt8)
    }

    private let converter: Converter
    private let lease: Duration
    private var parser = Parser.idle
    private var isInApplication = false
    private var code: UInt8 = 255
    private var reply: UInt8?
    private var busyUntil = Instant(nanoseconds: 0)
    /// Commands that erase or write its firmware.
    private(set) var flashCommands = 0

    init(_ converter: Converter, lease: Duration) {
        self.converter = converter
        self.lease = lease
    }

    func powerOn(now: Instant) {
        parser = .idle
        isInApplication = false
        reply = nil
        converter.turn(on: false)
    }

    func take(_ bytes: Span<UInt8>, now: Instant) -> Bool {
        guard now >= busyUntil else { return false }
        for index in bytes.indices { parse(bytes[index], now: now) }
        return true
    }

    func give(_ bytes: inout MutableSpan<UInt8>, now: Instant) -> Bool {
        guard now >= busyUntil else { return false }
        for index in bytes.indices {
            bytes[index] = reply ?? 0xFF
            reply = nil
        }
        return true
    }

    private func parse(_ byte: UInt8, now: Instant) {
        switch parser {
        case .idle: parser = byte == 0x55 ? .preamble : .idle
        case .preamble: parser = byte == 0xAA ? .command : .idle
        case .command:
            parser = .idle
            carryOut(byte, now: now)
        case .payload(let command):
            parser = .idle
            if command == 0x10 { setVoltage(byte) } else { converter.turn(on: byte & 1 != 0, lease: now + lease) }
        }
    }

    private func carryOut(_ command: UInt8, now: Instant) {
        switch command {
        case 0x04, 0x05, 0x09: flashCommands += 1
        case 0x06:
            isInApplication = true
            busyUntil = now + .milliseconds(100)
        case 0x07:
            powerOn(now: now)
            busyUntil = now + .milliseconds(300)
        case 0x10 where isInApplication, 0x15 where isInApplication: parser = .payload(command)
        case 0x16 where isInApplication: converter.renew(lease: now + lease)
        case 0x17 where isInApplication: reply = 0x03
        case 0x18 where isInApplication: reply = code
        default: break
        }
    }

    /// code = 1608.420446 − 170.423497 · volts.
    private func setVoltage(_ code: UInt8) {
        self.code = code
        converter.target = (1608.420446 - Double(code)) / 170.423497 * 1000
    }
}
