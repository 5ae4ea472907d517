import Base
import Buses

/// An I2C bus of the simulated rig.
public final class TwinI2CBus: I2CBus {
    public let name: BusName
    public let limits = I2CLimits(longestWrite: 8192, longestRead: 8192)
    private let wire: I2CWire
    private let access: TwinAccess

    init(_ wire: I2CWire, access: TwinAccess) {
        name = BusName(.i2c, wire.number)
        self.wire = wire
        self.access = access
    }

    /// Takes no simulated time. Where nothing is attached nothing acknowledges.
    public func transfer(
        _ address: I2CAddress, write: Span<UInt8>, read: inout MutableSpan<UInt8>, options: I2COptions
    ) throws(BusFault) {
        let now = access.enter()
        let isSupplied = access.plant.hasControlPower
        let kind =
            isSupplied
            ? wire.transfer(
                address, write: write, read: &read, ignoresNAK: options.contains(.ignoreNAK), now: now)
            : .unplugged
        access.leave()
        if let kind { throw BusFault(kind, bus: name, address: UInt16(address.value), operation: "transfer") }
    }
}
