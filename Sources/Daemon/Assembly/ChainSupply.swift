import ASIC
import Buses
import Peripherals
import Rig

/// The supply of a T1 chain, which sets its voltage itself while it comes up. The bus is opened when it is first used.
final class ChainSupply: VoltageSupply {
    private let opener: () throws(BusFault) -> any I2CBus
    private let supply: SupplyDescription
    private var part: T1Supply?

    init(_ supply: SupplyDescription, _ opener: @escaping () throws(BusFault) -> any I2CBus) {
        self.supply = supply
        self.opener = opener
    }

    func set(_ vid: SupplyVID) throws(BusFault) {
        let bus = BusName(.i2c, 0)
        guard let level = InnosiliconVID(vid.number), let output = UInt8(exactly: supply.output) else {
            throw BusFault(.unsupported, bus: bus, operation: "set a supply")
        }
        let part = try opened()
        do throws(ChipFault) {
            try part.setVoltage(level, chain: output)
        } catch {
            if case .bus(let fault) = error.reason { throw fault }
            throw BusFault(.unsupported, bus: bus, operation: "set a supply")
        }
    }

    private func opened() throws(BusFault) -> T1Supply {
        if let part { return part }
        let opened = T1Supply(on: try opener(), at: supply.address)
        part = opened
        return opened
    }
}
