import Base
import Buses
import Peripherals
import Testing

/// Every driver, every transfer it makes, every way a transfer fails: what comes out is that fault, with its register,
/// and never a value.
@Suite struct FaultSweepTests {
    /// Something done with a driver; the registers are what the part answers with when all is well.
    struct Operation: CustomStringConvertible, Sendable {
        var description: String
        var address: UInt8
        var registers: [UInt8: [UInt8]]
        var aliases: [UInt8: UInt8] = [:]
        /// Gives the bus fault that came out, nil when the operation succeeded.
        var perform: @Sendable (FakeI2CBus) -> BusFault?
    }

    static func bus(_ operation: Operation) -> FakeI2CBus {
        let chip = RegisterChip()
        chip.bytes = operation.registers
        chip.aliases = operation.aliases
        return FakeI2CBus([operation.address: chip])
    }

    static func setting(
        _ name: String, _ address: UInt8, _ registers: [UInt8: [UInt8]], aliases: [UInt8: UInt8] = [:],
        _ body: @escaping @Sendable (FakeI2CBus) throws(ChipFault) -> Void
    ) -> Operation {
        Operation(description: name, address: address, registers: registers, aliases: aliases) { bus in
            do throws(ChipFault) { try body(bus) } catch {
                if case .bus(let fault) = error.reason {
                    #expect(error.retryHint == fault.retryHint)
                    return fault
                }
                Issue.record("\(name): \(error)")
            }
            return nil
        }
    }

    static func reading<Value>(
        _ name: String, _ address: UInt8, _ registers: [UInt8: [UInt8]],
        _ body: @escaping @Sendable (FakeI2CBus) -> Reading<Value>
    ) -> Operation {
        Operation(description: name, address: address, registers: registers) { bus in
            switch body(bus) {
            case .ok: return nil
            case .failed(.bus(let fault)): return fault
            case let other:
                Issue.record("\(name): \(other)")
                return nil
            }
        }
    }

    static let sensors: [Operation] = [
        setting("TMP1075 validate", 0x48, [0x0F: [0x75, 0x00]]) { bus throws(ChipFault) in
            try TMP75(.tmp1075, on: bus, at: 0x48).validate()
        },
        setting("TMP75 configure", 0x48, [:]) { bus throws(ChipFault) in
            try TMP75(.tmp75, on: bus, at: 0x48).configure()
        },
        reading("TMP75", 0x48, [0: [0x19, 0]]) { TMP75(.tmp75, on: $0, at: 0x48).temperature(now: t0) },
        setting("TMP451 configure", 0x4C, [0x03: [0]], aliases: [0x09: 0x03]) { bus throws(ChipFault) in
            let configuration = TMP451.Configuration(remoteOffset: 1, idealityCorrection: 2)
            try TMP451(.tmp451, on: bus, at: 0x4C, configuration: configuration).configure()
        },
        reading("TMP451 local", 0x4C, [0x03: [4], 0: [0x57], 0x15: [0]]) {
            TMP451(.tmp451, on: $0, at: 0x4C).localTemperature(now: t0)
        },
        reading("TMP451 remote", 0x4C, [0x03: [4], 0x02: [0], 0x01: [0x57], 0x10: [0]]) {
            TMP451(.tmp451, on: $0, at: 0x4C).remoteTemperature(now: t0)
        },
        setting("NCT218 configure", 0x4C, [0x03: [0]], aliases: [0x09: 0x03]) { bus throws(ChipFault) in
            try NCT218(on: bus, at: 0x4C).configure()
        },
        reading("NCT218", 0x4C, [0x03: [4], 0: [0x57]]) { NCT218(on: $0, at: 0x4C).temperature(now: t0) },
        setting("TMP421", 0x4D, [0xFE: [0x55], 0xFF: [0x21], 0x09: [0], 0: [25]]) { bus throws(ChipFault) in
            var sensor = TMP421(.tmp421, on: bus, at: 0x4D)
            try sensor.validate()
            try sensor.configure()
        },
        reading("TMP421", 0x4D, [0x09: [4], 0x01: [0x57], 0x11: [0]]) { bus in
            var sensor = TMP421(.tmp421, on: bus, at: 0x4D)
            return sensor.temperature(channel: 1, now: t0)
        },
    ]

    static let fans: [Operation] = [
        setting("EMC2101", 0x4C, [0xFD: [0x16], 0xFE: [0x5D]]) { bus throws(ChipFault) in
            let fan = EMC2101(on: bus, configuration: .init(ideality: 1, beta: 2, pwmFrequency: 3, pwmDivider: 4))
            try fan.validate()
            try fan.configure()
            try fan.setDuty(.full)
        },
        reading("EMC2101 speed", 0x4C, [0x46: [0x38], 0x47: [4]]) { EMC2101(on: $0).speed(now: t0) },
        reading("EMC2101 external", 0x4C, [1: [0x19], 0x10: [0]]) { EMC2101(on: $0).externalTemperature(now: t0) },
        reading("EMC2101 internal", 0x4C, [0: [0x19]]) { EMC2101(on: $0).internalTemperature(now: t0) },
        setting("EMC2103", 0x2E, [0xFD: [0x26], 0xFE: [0x5D]]) { bus throws(ChipFault) in
            let fan = EMC2103(on: bus, diodes: (.init(ideality: 1, beta: 2), .init(ideality: 3, beta: 4)))
            try fan.validate()
            try fan.configure()
            try fan.setDuty(.full)
        },
        reading("EMC2103 speed", 0x2E, [0x4E: [0x28], 0x4F: [0]]) { EMC2103(on: $0).speed(now: t0) },
        reading("EMC2103 diode", 0x2E, [2: [0x28], 3: [0]]) { EMC2103(on: $0).temperature(diode: 1, now: t0) },
        setting("EMC2305", 0x2F, [0xFD: [0x34], 0xFE: [0x5D]]) { bus throws(ChipFault) in
            let controller = EMC2305(.emc2305, on: bus, at: 0x2F)
            try controller.validate()
            try controller.configure()
            try controller.setDuty(.full, fan: 4)
        },
        reading("EMC2305 speed", 0x2F, [0x3E: [0x28, 0]]) {
            EMC2305(.emc2305, on: $0, at: 0x2F).speed(fan: 0, now: t0)
        },
    ]

    static let monitor = INA226.Configuration(shuntMicroohms: 2000, microamperesPerCount: 1000)
    static let regulators: [Operation] = [
        setting("INA226", 0x40, [0xFE: [0x54, 0x49], 0xFF: [0x22, 0x60]]) { bus throws(ChipFault) in
            let monitor = INA226(on: bus, at: 0x40, configuration: monitor)
            try monitor.validate()
            try monitor.configure()
        },
        reading("INA226 zero current", 0x40, [4: [0, 0], 5: [10, 0], 0xFE: [0x54, 0x49]]) {
            INA226(on: $0, at: 0x40, configuration: monitor).current(now: t0)
        },
        reading("INA226 shunt", 0x40, [1: [0, 1]]) {
            INA226(on: $0, at: 0x40, configuration: monitor).currentFromShunt(now: t0)
        },
        reading("INA226 bus", 0x40, [2: [1, 1]]) {
            INA226(on: $0, at: 0x40, configuration: monitor).busVoltage(now: t0)
        },
        reading("INA226 power", 0x40, [3: [1, 1]]) {
            INA226(on: $0, at: 0x40, configuration: monitor).power(now: t0)
        },
        reading("INA260 zero current", 0x40, [1: [0, 0], 0xFE: [0x54, 0x49]]) { INA260(on: $0).current(now: t0) },
        reading("INA260 bus", 0x40, [2: [1, 1]]) { INA260(on: $0).busVoltage(now: t0) },
        reading("INA260 power", 0x40, [3: [1, 1]]) { INA260(on: $0).power(now: t0) },
        setting("DS4432U", 0x48, [0xF8: [0], 0xF9: [0]]) { bus throws(ChipFault) in
            let dac = DS4432U(on: bus, limits: Millivolts(1000)...Millivolts(1300))
            try dac.validate()
            try dac.setVoltage(Millivolts(1200), output: .out1)
        },
        setting("AT24C02", 0x50, Dictionary(uniqueKeysWithValues: (0...255).map { ($0, [0]) })) {
            bus throws(ChipFault) in
            _ = try AT24C02(on: bus, at: 0x50).contents()
        },
    ]

    @Test(arguments: sensors + fans + regulators)
    func everyTransferFailsAsItself(operation: Operation) {
        let healthy = FaultSweepTests.bus(operation)
        #expect(operation.perform(healthy) == nil)
        #expect(healthy.count > 0)
        for index in 0..<healthy.count {
            for kind: BusFault.Kind in [.noAcknowledge, .timeout, .busStuck, .shortTransfer(expected: 2, actual: 1)] {
                let bus = FaultSweepTests.bus(operation)
                bus.faults[index] = kind
                let fault = operation.perform(bus)
                #expect(fault?.kind == kind)
                #expect(fault?.address == UInt16(operation.address))
                #expect(fault?.register == register(of: healthy.trace[index]), "transfer \(index)")
                #expect(bus.count == index + 1, "nothing is sent after a fault")
            }
        }
    }

    func register(of transfer: Transfer) -> UInt8? {
        switch transfer {
        case .write(_, let bytes), .writeRead(_, let bytes, _), .writeUnacknowledged(_, let bytes): bytes.first
        case .read: nil
        }
    }
}
