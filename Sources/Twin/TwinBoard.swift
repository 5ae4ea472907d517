import Base

/// A hash board of a simulated rig, as its owner and its tests see it.
public final class TwinBoard {
    private let unit: BoardUnit
    private let access: TwinAccess

    init(_ unit: BoardUnit, access: TwinAccess) {
        self.unit = unit
        self.access = access
    }

    /// Puts chips on the board, instead of any before. Without chips a board only leaks.
    public func attach(_ chain: any TwinChain) {
        let now = access.enter()
        unit.attach(chain)
        access.plant.stepFinely(from: now)
        access.leave()
    }

    /// How many chips the board has room for: a chain's further ones are not heard of.
    public var chips: Int { unit.configuration.chips }

    /// What the board takes from the supply.
    public var power: Milliwatts { look { Milliwatts(Int32(clampingThousandths: $0.power)) } }

    /// The voltage across its chips.
    public var voltage: Millivolts { look { Millivolts(Int32($0.voltage)) } }

    /// The hottest group of dies.
    public var hottestDie: Celsius { look { Celsius(value: Int32(clampingThousandths: $0.heat.hottest)) } }

    /// The hottest there ever was.
    public var hottestEver: Celsius { look { Celsius(value: Int32(clampingThousandths: $0.peak)) } }

    /// Chips that got hotter than any survives, 165 °C.
    public var destroyedChips: Int { look { $0.destroyed } }

    /// Whether its chips have a voltage on which they could do anything.
    public var isEnergised: Bool { look { $0.isEnergised } }

    /// When its chips last lost their voltage; nil while they have it, and before they had any.
    public var deEnergisedAt: Instant? { look { $0.deEnergisedAt } }

    /// The die of one chip.
    public func die(ofChip chip: Int) -> Celsius {
        look { Celsius(value: Int32(clampingThousandths: $0.die(ofChip: chip))) }
    }

    private func look<Value>(_ at: (BoardUnit) -> Value) -> Value {
        _ = access.enter()
        let value = at(unit)
        access.leave()
        return value
    }
}
