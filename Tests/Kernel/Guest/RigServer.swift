import Base
import Buses
import CGuest
import CLinux
import Daemon
import Platform

/// Serves a simulated rig to the kernel of the guest: its buses through simbus, its serial ports through pseudo-terminals,
/// its lines through gpio-sim, its fans through what the kernel was told of the PWM outputs. Takes orders on its input.
final class RigServer {
    private let rig: ServedRig
    private let devices: RigDevices
    private let simbus: Simbus
    private let orders = FileDescriptor(owning: 0)
    private var order: [UInt8] = []
    private var ports: [ServedPort] = []
    private var lines: [ServedLine] = []
    private var pwm: [ServedPWM] = []

    /// How long the rig goes without looking at ports, lines and outputs.
    private static let tick: CInt = 1
    /// Ticks from one look at the PWM outputs to the next.
    private static let ticksPerLook: UInt64 = 16

    init(_ rig: ServedRig) throws(SystemError) {
        self.rig = rig
        devices = RigDevices(rig)
        simbus = try Simbus(devices)
        for (device, port) in rig.ports { ports.append(try ServedPort(device, port)) }
        for line in rig.outputs { lines.append(try ServedLine(output: line)) }
        for line in rig.inputs { lines.append(try ServedLine(input: line)) }
        for line in rig.tachometers { lines.append(try ServedLine(tachometer: line)) }
        for (chip, channel, output) in rig.pwm { pwm.append(ServedPWM(chip, channel, output)) }
    }

    /// Serves until the input ends.
    func serve() throws(SystemError) {
        let others = [orders.rawValue] + ports.map { $0.terminal.rawValue }
        var round: UInt64 = 0
        while true {
            let ready = try simbus.serve(milliseconds: Self.tick, others: others)
            if ready.contains(orders.rawValue), try !takeOrders() { return }
            do throws(BusFault) {
                for port in ports { try port.pump() }
                for line in lines { try line.follow() }
                if round % Self.ticksPerLook == 0 { for output in pwm { try output.follow() } }
            } catch {
                say("rig: \(error.description)")
            }
            round += 1
        }
    }

    /// False at the end of the input.
    private func takeOrders() throws(SystemError) -> Bool {
        guard case .bytes = try orders.read(appendingTo: &order, limit: 1024) else { return false }
        while let end = order.firstIndex(of: UInt8(ascii: "\n")) {
            let line = Array(order[..<end])
            order.removeFirst(end + 1)
            let answer = devices.command(line) ?? rig.command(line)
            say("> \(String(decoding: line, as: UTF8.self))\n\(answer.text)")
        }
        return true
    }

    private func say(_ text: String) {
        var output = StandardStream.output
        _ = output.writeLine(text)
    }
}

/// A serial port of the rig behind a pseudo-terminal.
final class ServedPort {
    let terminal: FileDescriptor
    /// The other end: a terminal that nobody has open would be ready all the time.
    private let other: FileDescriptor
    private let port: any UARTPort
    private var waiting: [UInt8] = []
    private var baud: UInt32 = 0

    /// Puts a terminal at `device`.
    init(_ device: String, _ port: any UARTPort) throws(SystemError) {
        self.port = port
        var path = [CChar](repeating: 0, count: 64)
        let number = guest_open_terminal(&path, path.count)
        guard number >= 0 else { throw SystemError(call: "posix_openpt", errno: Errno(rawValue: clinux_errno())) }
        terminal = FileDescriptor(owning: number)
        let otherNumber = clinux_open(path, O_RDWR | O_NOCTTY | O_CLOEXEC, 0)
        guard otherNumber >= 0 else { throw SystemError(call: "open", errno: Errno(rawValue: clinux_errno())) }
        other = FileDescriptor(owning: otherNumber)
        guard symlink(path, device) == 0 else {
            throw SystemError(call: "symlink", errno: Errno(rawValue: clinux_errno()))
        }
    }

    /// Moves bytes both ways. A pseudo-terminal has no rate: what the agent set is what counts.
    func pump() throws(BusFault) {
        var rate: UInt32 = 0
        if clinux_tty_get_rate(terminal.rawValue, &rate) == 0, rate != baud, rate > 0 {
            baud = rate
            _ = try port.setBaud(rate)
        }
        do throws(SystemError) {
            if waiting.isEmpty { _ = try terminal.read(appendingTo: &waiting, limit: 1024) }
        } catch {
            throw BusFault(.other(errno: error.errno.rawValue), bus: port.name, operation: "terminal")
        }
        if !waiting.isEmpty {
            let sent = waiting
            waiting.removeFirst(try port.write(sent.span))
        }
        var bytes = [UInt8](repeating: 0, count: 512)
        var span = bytes.mutableSpan
        let count = try port.read(into: &span)
        guard count > 0 else { return }
        let answer = Array(bytes[..<count])
        do throws(SystemError) {
            // What nobody fetches in time is lost, as on a wire.
            _ = try terminal.write(answer.span)
        } catch {
            throw BusFault(.other(errno: error.errno.rawValue), bus: port.name, operation: "terminal")
        }
    }
}

/// A line of the rig at a simulated GPIO chip.
final class ServedLine {
    private enum Wire {
        case output(any OutputLine)
        case input(any InputLine)
        case tachometer(any EdgeSource)
    }

    private let wire: Wire
    private let isActiveLow: Bool
    private let file: FileDescriptor
    private var level: Bool?
    /// Pulses that are still to be shown.
    private var pulses = 0
    private var nextPulse = Clock.now

    /// The guest's interrupts come with its tick of 1 ms: pulses that are closer would melt into one.
    private static let pulseInterval = Duration.milliseconds(2)
    /// What the rig was late with is caught up on, within a bound.
    private static let pulsesKept = 100

    convenience init(output line: ServedRig.Line<any OutputLine>) throws(SystemError) {
        try self.init(.output(line.wire), line.chip, line.offset, line.isActiveLow)
    }

    convenience init(input line: ServedRig.Line<any InputLine>) throws(SystemError) {
        try self.init(.input(line.wire), line.chip, line.offset, line.isActiveLow)
    }

    convenience init(tachometer line: ServedRig.Line<any EdgeSource>) throws(SystemError) {
        try self.init(.tachometer(line.wire), line.chip, line.offset, line.isActiveLow)
    }

    private init(_ wire: Wire, _ chip: UInt16, _ offset: UInt32, _ isActiveLow: Bool) throws(SystemError) {
        self.wire = wire
        self.isActiveLow = isActiveLow
        let folder = "/sys/devices/platform/gpio-sim.0/gpiochip\(chip)/sim_gpio\(offset)"
        var name = "pull"
        if case .output = wire { name = "value" }
        let number = clinux_open("\(folder)/\(name)", O_RDWR | O_CLOEXEC, 0)
        guard number >= 0 else { throw SystemError(call: "open", errno: Errno(rawValue: clinux_errno())) }
        file = FileDescriptor(owning: number)
    }

    func follow() throws(BusFault) {
        switch wire {
        case .output(let line):
            var text: UInt8 = 0
            guard pread(file.rawValue, &text, 1, 0) == 1 else { return }
            let isHigh = text == UInt8(ascii: "1")
            guard isHigh != level else { return }
            level = isHigh
            try line.set(isHigh != isActiveLow)
        case .input(let line): pull(up: try line.isActive() != isActiveLow)
        case .tachometer(let source):
            var edges = [Edge](repeating: Edge(.toActive, at: Clock.now, sequence: 0), count: 8)
            var span = edges.mutableSpan
            let count = try source.read(into: &span)
            for edge in edges[..<count] where edge.direction == .toActive { pulses = min(pulses + 1, Self.pulsesKept) }
            let now = Clock.now
            guard pulses > 0, now >= nextPulse else { return }
            pulses -= 1
            nextPulse = now + Self.pulseInterval
            pull(up: isActiveLow)
            pull(up: !isActiveLow)
        }
    }

    private func pull(up isHigh: Bool) {
        guard isHigh != level else { return }
        level = isHigh
        let text: StaticString = isHigh ? "pull-up" : "pull-down"
        _ = pwrite(file.rawValue, text.utf8Start, text.utf8CodeUnitCount, 0)
    }
}

/// A PWM output of the rig at the kernel's.
final class ServedPWM {
    private let folder: String
    private let output: any PWMChannel
    private var last: PWMSetting?

    init(_ chip: UInt16, _ channel: UInt16, _ output: any PWMChannel) {
        folder = "/sys/class/pwm/pwmchip\(chip)/pwm\(channel)"
        self.output = output
    }

    /// Nothing before the agent has exported it.
    func follow() throws(BusFault) {
        guard let period = number("period"), let onTime = number("duty_cycle"), let isEnabled = number("enable"),
            let setting = PWMSetting(
                period: period, onTime: onTime, polarity: .normal, isEnabled: isEnabled != 0), setting != last
        else { return }
        last = setting
        try output.apply(setting)
    }

    private func number(_ name: String) -> UInt32? {
        do throws(FileError) {
            let text = try File.read("\(folder)/\(name)", limit: 32).prefix { $0 != UInt8(ascii: "\n") }
            return UInt32(String(decoding: text, as: UTF8.self))
        } catch {
            return nil
        }
    }
}
