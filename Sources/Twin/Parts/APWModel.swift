import Base

/// An APW9 or APW12 supply's controller as seen over I2C, as published firmware behaves (Docs/peripherals.md).
final class APWModel: TwinI2CTarget {
    private let supply: SupplyUnit
    private let type: UInt8
    private let firmware: UInt8
    private var frame: [UInt8] = []
    private var reply: [UInt8] = []
    private var given = 0
    private var setpoint: UInt8 = 0
    private var isWatchdogArmed = false
    /// Writes to its calibration.
    private(set) var calibrationWrites = 0
    /// code = offset − slope · volts.
    private let offset: Double
    private let slope: Double

    /// 1000 ticks of 59.904 ms.
    static let watchdog = Duration.milliseconds(59_904)
    private static let longest = 41
    private static let nothingQueued: UInt8 = 0xF5

    init(_ supply: SupplyUnit, type: UInt8, firmware: UInt8) {
        self.supply = supply
        self.type = type
        self.firmware = firmware
        (offset, slope) =
            switch type {
            case 0x73, 0x78: (1280.577821, 73.979365)
            case 0x74, 0x76: (1156.107585, 76.090494)
            case 0x41, 0x42: (765.411764, 35.833333)
            default: (1190.935338, 78.742588)
            }
        setpoint = standardCode()
    }

    func powerOn(now: Instant) {
        frame = []
        reply = []
        given = 0
        isWatchdogArmed = false
        setpoint = standardCode()
        supply.target = Double(supply.configuration.standard.value)
        supply.setWatchdog(until: nil)
    }

    /// The first byte of every write is taken for a register number and dropped.
    func take(_ bytes: Span<UInt8>, now: Instant) -> Bool {
        guard bytes.count > 1 else { return true }
        for index in 1..<bytes.count { parse(bytes[index], now: now) }
        return true
    }

    func give(_ bytes: inout MutableSpan<UInt8>, now: Instant) -> Bool {
        for index in bytes.indices {
            let hasMore = given < reply.count
            bytes[index] = hasMore ? reply[given] : APWModel.nothingQueued
            if hasMore { given += 1 }
        }
        return true
    }

    private func parse(_ byte: UInt8, now: Instant) {
        frame.append(byte)
        let isBroken =
            switch frame.count {
            case 1: byte != 0x55
            case 2: byte != 0xAA
            case 3: byte < 4 || Int(byte) > APWModel.longest
            default: false
            }
        if isBroken {
            frame = byte == 0x55 ? [0x55] : []
            return
        }
        guard frame.count > 3, frame.count == Int(frame[2]) + 2 else { return }
        let body = frame[2..<(frame.count - 2)]
        let sum = APWModel.sum(body)
        let found = UInt16(frame[frame.count - 2]) | UInt16(frame[frame.count - 1]) << 8
        let (command, payload) = (frame[3], Array(frame[4..<(frame.count - 2)]))
        frame = []
        given = 0
        reply = []
        if sum == found, let answer = answer(command, payload, now: now) { queue(command, answer) }
    }

    private static func sum(_ bytes: ArraySlice<UInt8>) -> UInt16 { bytes.reduce(0) { $0 &+ UInt16($1) } }

    private func queue(_ command: UInt8, _ value: UInt16) {
        reply = [
            0x55, 0xAA, 0x06, command, UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8),
        ]
        let sum = APWModel.sum(reply[2...])
        reply += [UInt8(truncatingIfNeeded: sum), UInt8(truncatingIfNeeded: sum >> 8)]
    }

    /// Nil for what the type's firmware does not know: it then stays silent.
    private func answer(_ command: UInt8, _ payload: [UInt8], now: Instant) -> UInt16? {
        let hasWatchdog = type == 0x74 || type == 0x76
        switch command {
        case 0x01: return UInt16(firmware)
        case 0x02: return UInt16(type)
        case 0x03: return UInt16(setpoint)
        case 0x04 where type != 0x41: return UInt16(min(max(supply.output / 1000 * 63.017 - 0.8615, 0), 1023))
        case 0x05 where type != 0x41: return supply.reportsOn ? 1 : 0
        case 0x07 where type != 0x71 && type != 0x41: return 0x2B3B
        case 0x09 where type != 0x71 && type != 0x41: return thermistors()
        case 0x0A where hasWatchdog:
            if isWatchdogArmed { supply.setWatchdog(until: now + APWModel.watchdog) }
            return isOutsideWindow() ? 1 : 0
        case 0x81 where hasWatchdog:
            isWatchdogArmed = payload.first == 1
            supply.setWatchdog(until: isWatchdogArmed ? now + APWModel.watchdog : nil)
            return value(of: payload)
        case 0x83:
            guard let code = payload.first else { return nil }
            setpoint = code
            supply.target = (offset - Double(code)) / slope * 1000
            return value(of: payload)
        case 0x86:
            calibrationWrites += 1
            return nil
        default: return nil
        }
    }

    private func value(of payload: [UInt8]) -> UInt16 {
        UInt16(payload.first ?? 0) | UInt16(payload.count > 1 ? payload[1] : 0) << 8
    }

    private func standardCode() -> UInt8 {
        UInt8(min(max(offset - slope * Double(supply.configuration.standard.value) / 1000 + 0.5, 0), 255))
    }

    /// Two channels that read higher when hotter, and trip at 2C8: scale made up between that and room temperature.
    private func thermistors() -> UInt16 {
        UInt16(min(max(supply.temperature * 7.5, 0), 1023)) * 2
    }

    private func isOutsideWindow() -> Bool {
        let deviation = (supply.output - supply.target).magnitude
        return supply.reportsOn && deviation > supply.target / 20
    }
}
