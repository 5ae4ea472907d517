import Base
import Buses
import CLinux
import Testing

@testable import Platform

@Suite struct I2CDevBusTests {
    private let name = BusName(.i2c, 3)
    private static let plain: UInt = 0x1
    private static let mangling: UInt = 0x4
    private static let byteData: UInt = 0x18_0000

    private func bus(_ functions: UInt) throws -> I2CDevBus {
        I2CDevBus(try File.open("/dev/null", O_RDWR), name, functions: functions)
    }

    private func fault(_ kind: BusFault.Kind) -> BusFault { BusFault(kind, bus: name, address: 0x48, operation: "") }

    private func transfer(
        _ bus: I2CDevBus, write: [UInt8], reading count: Int, options: I2COptions = []
    ) throws(BusFault) {
        var bytes = [UInt8](repeating: 0, count: count)
        var span = bytes.mutableSpan
        try bus.transfer(0x48, write: write.span, read: &span, options: options)
    }

    @Test func aTargetOfAKernelDriverIsLeftAlone() throws {
        let bus = try bus(Self.plain)
        #expect(throws: fault(.ownedByKernelDriver)) {
            try ForcedFault(call: "I2C_SLAVE", errno: .busy).during { () throws(BusFault) in
                try transfer(bus, write: [0], reading: 2)
            }
        }
    }

    @Test func whatTheControllerCannotDoIsNotTried() throws {
        #expect(throws: fault(.unsupported)) {
            try transfer(bus(Self.plain), write: [1], reading: 0, options: .ignoreNAK)
        }
        #expect(throws: fault(.tooLong(limit: 33))) {
            try transfer(bus(Self.byteData), write: [UInt8](repeating: 0, count: 34), reading: 0)
        }
        #expect(throws: fault(.tooLong(limit: 8192))) { try transfer(bus(Self.plain), write: [0], reading: 8193) }
    }

    @Test func aBusThatHasGoneIsUnplugged() throws {
        let bus = try bus(Self.mangling | Self.plain)
        #expect(throws: fault(.unplugged)) {
            try ForcedFault(call: "I2C_SLAVE", errno: .noDevice).during { () throws(BusFault) in
                try transfer(bus, write: [1], reading: 1, options: .ignoreNAK)
            }
        }
    }
}
