import Base
import Buses
import Rig

/// Buses and lines of a board in which every register and level can be set and seen.
final class FakePartsHardware: PartsHardware {
    /// An I2C bus with a register file behind each address; an address without one does not acknowledge.
    final class Bus: I2CBus {
        let name = BusName(.i2c, 0)
        let limits = I2CLimits(longestWrite: 64, longestRead: 64)
        /// By address and register: the bytes that a read gives.
        var registers: [UInt8: [UInt8: [UInt8]]] = [:]
        var isStuck = false
        private(set) var transfers: [UInt8] = []
        private(set) var writes: [(address: UInt8, bytes: [UInt8])] = []

        func transfer(
            _ address: I2CAddress, write: Span<UInt8>, read: inout MutableSpan<UInt8>, options: I2COptions
        ) throws(BusFault) {
            transfers.append(address.value)
            if isStuck { throw BusFault(.timeout, bus: name, operation: "transfer") }
            guard var file = registers[address.value] else {
                throw BusFault(.noAcknowledge, bus: name, operation: "transfer")
            }
            var bytes: [UInt8] = []
            for index in write.indices { bytes.append(write[index]) }
            if bytes.count > 1 {
                writes.append((address.value, bytes))
                file[bytes[0]] = Array(bytes.dropFirst())
                registers[address.value] = file
            }
            let value = file[bytes.first ?? 0] ?? []
            for index in read.indices { read[index] = index < value.count ? value[index] : 0 }
        }
    }

    final class Line: OutputLine, InputLine {
        var level = false
        var fault: BusFault?
        private(set) var history: [Bool] = []

        func set(_ active: Bool) throws(BusFault) {
            if let fault { throw fault }
            level = active
            history.append(active)
        }

        func isActive() throws(BusFault) -> Bool { level }
    }

    final class PWM: PWMChannel {
        var setting = PWMSetting(period: 40_000, duty: .off, isEnabled: false)
        func apply(_ setting: PWMSetting) throws(BusFault) { if !isDeaf { self.setting = setting } }
        func current() throws(BusFault) -> PWMSetting { setting }
        var isDeaf = false
    }

    final class Tach: Tachometer {
        var reading = Reading<RPM>.failed(.stopped)
        func speed(now: Instant) -> Reading<RPM> { reading }
    }

    let bus = Bus()
    var lines: [String: Line] = [:]
    let pwmOutput = PWM()
    let tach = Tach()
    /// Everything that was opened.
    private(set) var opened: [String] = []

    func line(_ name: String) -> Line {
        let line = lines[name] ?? Line()
        lines[name] = line
        return line
    }

    func i2c(_ bus: I2CDescription) throws(BusFault) -> any I2CBus {
        opened.append(bus.name)
        return self.bus
    }

    func pwm(_ output: PWMDescription) throws(BusFault) -> any PWMChannel {
        opened.append(output.name)
        return pwmOutput
    }

    func output(_ line: LineDescription) throws(BusFault) -> any OutputLine {
        opened.append(line.name)
        return self.line(line.name)
    }

    func input(_ line: LineDescription) throws(BusFault) -> any InputLine {
        opened.append(line.name)
        return self.line(line.name)
    }

    func tachometer(_ line: LineDescription, pulsesPerRevolution: Int) throws(BusFault) -> any Tachometer {
        opened.append(line.name)
        return tach
    }

    func temperature(chip: String, channel: Int) throws(BusFault) -> any TemperatureSource {
        throw BusFault(.noBus, bus: BusName(.i2c, 0), operation: "open")
    }

    func fan(chip: String, channel: Int) throws(BusFault) -> (pwm: any PWMChannel, speed: any Tachometer) {
        throw BusFault(.noBus, bus: BusName(.pwm, 0), operation: "open")
    }
}
