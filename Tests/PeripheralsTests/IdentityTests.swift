import Buses
import Peripherals
import Testing

/// Every part that says what it is, at an address where any other of them might sit: each driver believes its own and no other.
@Suite struct IdentityTests {
    struct Part: CustomTestStringConvertible {
        let testDescription: String
        /// Registers that identify it.
        let identity: [UInt8: [UInt8]]
        let validate: (FakeI2CBus) throws -> Void

        init(_ name: String, _ identity: [UInt8: [UInt8]], _ validate: @escaping (FakeI2CBus) throws -> Void) {
            testDescription = name
            self.identity = identity
            self.validate = validate
        }
    }

    static let address: I2CAddress = 0x4C

    static var parts: [Part] {
        [
            Part("TMP1075", [0x0F: [0x75, 0x00]]) { try TMP75(.tmp1075, on: $0, at: address).validate() },
            Part("TMP451", [0xFE: [0x55]]) { try TMP451(.tmp451, on: $0, at: address).validate() },
            Part("ADT7461", [0xFE: [0x41]]) { try TMP451(.adt7461, on: $0, at: address).validate() },
            Part("NCT218", [0xFE: [0x1A]]) { try NCT218(on: $0, at: address).validate() },
            Part("TMP421", [0xFE: [0x55], 0xFF: [0x21]]) { try TMP421(.tmp421, on: $0, at: address).validate() },
            Part("TMP422", [0xFE: [0x55], 0xFF: [0x22]]) { try TMP421(.tmp422, on: $0, at: address).validate() },
            Part("TMP423", [0xFE: [0x55], 0xFF: [0x23]]) { try TMP421(.tmp423, on: $0, at: address).validate() },
            Part("EMC2101", [0xFD: [0x16], 0xFE: [0x5D]]) { try EMC2101(on: $0, at: address).validate() },
            Part("EMC2101-R", [0xFD: [0x28], 0xFE: [0x5D]]) { try EMC2101(on: $0, at: address).validate() },
            Part("EMC2103", [0xFD: [0x24], 0xFE: [0x5D]]) { try EMC2103(on: $0, at: address).validate() },
            Part("EMC2103-2", [0xFD: [0x26], 0xFE: [0x5D]]) { try EMC2103(on: $0, at: address).validate() },
            Part("EMC2301", [0xFD: [0x37], 0xFE: [0x5D]]) { try EMC2305(.emc2301, on: $0, at: address).validate() },
            Part("EMC2302", [0xFD: [0x36], 0xFE: [0x5D]]) { try EMC2305(.emc2302, on: $0, at: address).validate() },
            Part("EMC2303", [0xFD: [0x35], 0xFE: [0x5D]]) { try EMC2305(.emc2303, on: $0, at: address).validate() },
            Part("EMC2305", [0xFD: [0x34], 0xFE: [0x5D]]) { try EMC2305(.emc2305, on: $0, at: address).validate() },
            Part("INA226", [0xFE: [0x54, 0x49], 0xFF: [0x22, 0x60]]) {
                try INA226(
                    on: $0, at: address, configuration: .init(shuntMicroohms: 1000, microamperesPerCount: 1000)
                ).validate()
            },
            Part("INA260", [0xFE: [0x54, 0x49], 0xFF: [0x22, 0x71]]) { try INA260(on: $0, at: address).validate() },
        ]
    }

    /// Whether one driver cannot tell the two parts apart.
    private func areAlike(_ driver: String, _ part: String) -> Bool {
        let names = [driver, part]
        // Variants of one part have one driver; the TMP451 has its maker's number and nothing else.
        return names.allSatisfy { $0.hasPrefix("EMC2101") } || names.allSatisfy { $0.hasPrefix("EMC2103") }
            || driver == "TMP451" && part.hasPrefix("TMP42")
    }

    @Test(arguments: parts.indices)
    func eachDriverBelievesItsOwnPartOnly(index: Int) throws {
        let driver = Self.parts[index]
        for part in Self.parts {
            let chip = RegisterChip()
            chip.bytes = part.identity
            let bus = FakeI2CBus([Self.address.value: chip])
            if part.testDescription == driver.testDescription || areAlike(driver.testDescription, part.testDescription)
            {
                try driver.validate(bus)
                continue
            }
            let fault = #expect(throws: ChipFault.self, "\(driver.testDescription) took \(part.testDescription)") {
                try driver.validate(bus)
            }
            guard case .wrongPart = fault?.reason else {
                Issue.record("\(driver.testDescription) on \(part.testDescription): \(String(describing: fault))")
                continue
            }
        }
        // And finding out has written nothing.
        let bus = FakeI2CBus([Self.address.value: RegisterChip()])
        #expect(throws: ChipFault.self) { try driver.validate(bus) }
        #expect(!bus.trace.contains { if case .write = $0 { true } else { false } })
    }
}
