import Base
import Buses

/// The parts of a simulated rig that can be reached from another process, by the numbers of a board file; nil where there is none.
public protocol RemoteTarget: AnyObject {
    /// The I2C bus of this number.
    func i2c(_ number: UInt16) -> (any I2CBus)?
    /// The SPI bus of this number.
    func spi(_ number: UInt16) -> (any SPIBus)?
    /// The serial port of this number.
    func uart(_ number: UInt16) -> (any UARTPort)?
    /// The output line at `offset` of a GPIO chip.
    func output(_ chip: UInt16, _ offset: UInt32) -> (any OutputLine)?
    /// The input line at `offset` of a GPIO chip.
    func input(_ chip: UInt16, _ offset: UInt32) -> (any InputLine)?
    /// A PWM output.
    func pwm(_ chip: UInt16, _ channel: UInt32) -> (any PWMChannel)?
    /// What counts the pulses of a fan.
    func fan(_ number: UInt16) -> (any Tachometer)?
    /// The timer that resets the control board.
    var watchdog: (any HardwareWatchdog)? { get }
    /// The rig's time.
    var now: Instant { get }
    /// Carries out a command line, fault injection for example, and returns what there is to say.
    func command(_ line: [UInt8]) -> TwinAnswer
}

/// Answers the requests of other processes with the parts of a simulated rig.
public struct RemoteServer {
    /// Longest request and longest answer, without their two bytes of length.
    public static let messageLimit = 32 * 1024

    private let target: any RemoteTarget

    public init(_ target: any RemoteTarget) {
        self.target = target
    }

    /// Carries out one request, given without its length, and writes the answer with its length into `answer`.
    public func serve(_ request: ArraySlice<UInt8>, into answer: inout WireWriter) {
        answer.removeAll()
        answer.append(UInt16(0))
        answer.append(RemoteFault.none)
        var reader = WireReader(request)
        do throws(BusFault) {
            guard let code = reader.byte(), let operation = RemoteOperation(rawValue: code),
                let number = reader.short(), try perform(operation, number, &reader, &answer)
            else {
                return refuse(&answer) { RemoteFault.write(.unsupported, to: &$0) }
            }
        } catch {
            return refuse(&answer) { RemoteFault.write(error.kind, to: &$0) }
        }
        answer.finish()
    }

    private func refuse(_ answer: inout WireWriter, _ write: (inout WireWriter) -> Void) {
        answer.removeAll()
        answer.append(UInt16(0))
        write(&answer)
        answer.finish()
    }

    /// False: the request names something that is not there, or is cut short.
    private func perform(
        _ operation: RemoteOperation, _ number: UInt16, _ reader: inout WireReader, _ answer: inout WireWriter
    ) throws(BusFault) -> Bool {
        switch operation {
        case .i2cTransfer: return try i2c(number, &reader, &answer)
        case .spiExchange, .spiSetClock: return try spi(operation, number, &reader, &answer)
        case .uartRead, .uartWrite, .uartUnsent, .uartSetBaud, .uartDiscardInput, .uartBreak:
            guard let port = target.uart(number) else { return false }
            return try uart(operation, port, &reader, &answer)
        case .lineSet, .lineGet: return try line(operation, number, &reader, &answer)
        case .pwmApply, .pwmCurrent: return try pwm(operation, number, &reader, &answer)
        case .fanSpeed: return speed(of: number, &answer)
        case .watchdogArm, .watchdogFeed, .watchdogDisarm: return try watchdog(operation, &reader, &answer)
        case .command:
            let said = target.command(Array(reader.rest))
            answer.append(UInt8(said.isAccepted ? 1 : 0))
            answer.append(Array(said.text.utf8.prefix(Self.messageLimit - 2)).span)
            return true
        }
    }

    private func i2c(
        _ number: UInt16, _ reader: inout WireReader, _ answer: inout WireWriter
    ) throws(BusFault) -> Bool {
        guard let bus = target.i2c(number), let address = reader.byte().flatMap(I2CAddress.init(sevenBit:)),
            let options = reader.byte(), let wanted = reader.short(), Int(wanted) < Self.messageLimit
        else { return false }
        let write = Array(reader.rest)
        var bytes = [UInt8](repeating: 0, count: Int(wanted))
        var read = bytes.mutableSpan
        try bus.transfer(address, write: write.span, read: &read, options: I2COptions(rawValue: options))
        answer.append(bytes.span)
        return true
    }

    private func spi(
        _ operation: RemoteOperation, _ number: UInt16, _ reader: inout WireReader, _ answer: inout WireWriter
    ) throws(BusFault) -> Bool {
        guard let bus = target.spi(number) else { return false }
        if operation == .spiSetClock {
            guard let clock = reader.word() else { return false }
            try bus.setClock(Hertz(clamping: clock))
            return true
        }
        var bytes = Array(reader.rest)
        var span = bytes.mutableSpan
        try bus.exchange(&span)
        answer.append(bytes.span)
        return true
    }

    private func uart(
        _ operation: RemoteOperation, _ port: any UARTPort, _ reader: inout WireReader, _ answer: inout WireWriter
    ) throws(BusFault) -> Bool {
        switch operation {
        case .uartRead:
            guard let wanted = reader.short(), Int(wanted) < Self.messageLimit else { return false }
            var bytes = [UInt8](repeating: 0, count: Int(wanted))
            var room = bytes.mutableSpan
            let count = try port.read(into: &room)
            answer.append(bytes.span.extracting(first: count))
        case .uartWrite: answer.append(UInt32(clamping: try port.write(Array(reader.rest).span)))
        case .uartUnsent: answer.append(UInt32(clamping: try port.unsent()))
        case .uartSetBaud:
            guard let baud = reader.word() else { return false }
            answer.append(try port.setBaud(baud))
        case .uartDiscardInput: try port.discardInput()
        default: try port.sendBreak()
        }
        return true
    }

    private func line(
        _ operation: RemoteOperation, _ chip: UInt16, _ reader: inout WireReader, _ answer: inout WireWriter
    ) throws(BusFault) -> Bool {
        guard let offset = reader.word() else { return false }
        if operation == .lineSet {
            guard let line = target.output(chip, offset), let level = reader.byte() else { return false }
            try line.set(level != 0)
        } else if let line = target.output(chip, offset) {
            answer.append(UInt8(try line.isActive() ? 1 : 0))
        } else if let line = target.input(chip, offset) {
            answer.append(UInt8(try line.isActive() ? 1 : 0))
        } else {
            return false
        }
        return true
    }

    private func pwm(
        _ operation: RemoteOperation, _ chip: UInt16, _ reader: inout WireReader, _ answer: inout WireWriter
    ) throws(BusFault) -> Bool {
        guard let number = reader.word(), let channel = target.pwm(chip, number) else { return false }
        if operation == .pwmApply {
            guard let period = reader.word(), let onTime = reader.word(), let isInverted = reader.byte(),
                let isEnabled = reader.byte(),
                let setting = PWMSetting(
                    period: period, onTime: onTime, polarity: isInverted == 0 ? .normal : .inverted,
                    isEnabled: isEnabled != 0)
            else { return false }
            try channel.apply(setting)
        } else {
            let setting = try channel.current()
            answer.append(setting.period)
            answer.append(setting.onTime)
            answer.append(UInt8(setting.polarity == .normal ? 0 : 1))
            answer.append(UInt8(setting.isEnabled ? 1 : 0))
        }
        return true
    }

    private func speed(of number: UInt16, _ answer: inout WireWriter) -> Bool {
        guard let fan = target.fan(number) else { return false }
        answer.append(UInt32(clamping: fan.speed(now: target.now).value?.value ?? 0))
        return true
    }

    private func watchdog(
        _ operation: RemoteOperation, _ reader: inout WireReader, _ answer: inout WireWriter
    ) throws(BusFault) -> Bool {
        guard let watchdog = target.watchdog else { return false }
        switch operation {
        case .watchdogArm:
            guard let wanted = reader.word() else { return false }
            let timeout = try watchdog.arm(timeout: .milliseconds(Int64(wanted)))
            answer.append(UInt32(clamping: timeout.nanoseconds / 1_000_000))
        case .watchdogFeed: try watchdog.feed()
        default: try watchdog.disarm()
        }
        return true
    }
}
