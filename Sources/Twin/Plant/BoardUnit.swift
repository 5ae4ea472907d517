import Base

/// One hash board: chips, their voltage and their heat.
final class BoardUnit {
    let configuration: TwinBoardConfiguration
    /// The board's switch, closed while active.
    let enable: LineState
    /// Holds the chips in reset while active.
    let reset: LineState
    /// Active while the board is in its slot.
    let plug = LineState(atPowerOn: true)
    /// Nil for a board that hangs straight on the supply.
    let converter: Converter?
    private(set) var heat: BoardHeat
    private(set) var chain: (any TwinChain)?
    /// Not in its slot: no power, whatever its switch says.
    var isAbsent = false
    /// Millivolts across the chips.
    private(set) var voltage: Double = 0
    /// Watts taken from the supply, and the part of it that reaches the chips, from the last step.
    private(set) var power: Double = 0
    private(set) var chipPower: Double = 0
    /// When the chips last lost their voltage; nil while they have it, and before they had any.
    private(set) var deEnergisedAt: Instant?
    /// The hottest die there ever was, in degrees.
    private(set) var peak: Double
    /// Chips that got so hot that they will never work again.
    private(set) var destroyed = 0
    private let groupOf: [Int]
    private let members: [Int]
    /// From a die to its sink.
    private let kelvinPerWatt: Double
    private let spread: ChipSpread
    private var isDestroyed: [Bool]
    /// Watts that a group's chips would take from their clocks at the reference voltage.
    private var switching: [Double]
    private var groupPower: [Double]
    private var chainSupply = Millivolts(0)
    private var chainReset: Bool?

    /// Dies above this are gone; well above what any part is rated for. Made up.
    static let destruction = 165.0

    init(
        _ configuration: TwinBoardConfiguration, enable: LineState, reset: LineState, temperature: Double,
        random: inout SeededDraws
    ) {
        self.configuration = configuration
        self.enable = enable
        self.reset = reset
        let groups = configuration.groups
        groupOf = (0..<configuration.chips).map { $0 * groups / configuration.chips }
        var members = [Int](repeating: 0, count: groups)
        for group in groupOf { members[group] += 1 }
        self.members = members
        kelvinPerWatt = Double(configuration.dieToSink) / 1000
        spread = ChipSpread(configuration, groupOf: groupOf, random: &random)
        heat = BoardHeat(configuration, chips: members, temperature: temperature)
        switching = [Double](repeating: 0, count: groups)
        groupPower = switching
        isDestroyed = [Bool](repeating: false, count: groups)
        peak = temperature
        switch configuration.supply {
        case .direct: converter = nil
        case .regulator(let standard, let currentLimit, let temperatureLimit, let startsOn):
            let converter = Converter(
                target: Double(standard.value), currentLimit: Double(currentLimit.value) / 1000,
                temperatureLimit: Double(temperatureLimit.millidegrees) / 1000, temperature: temperature)
            if startsOn { converter.turn(on: true) }
            self.converter = converter
        }
    }

    func attach(_ chain: any TwinChain) {
        self.chain = chain
        chainSupply = Millivolts(0)
        chainReset = nil
        chain.setSupply(Millivolts(0))
    }

    /// Chips have a voltage on which they could do anything: a tenth of the operating point.
    var isEnergised: Bool { voltage * 10 > Double(configuration.referenceVoltage.value) }

    /// The die of a chip, in degrees.
    func die(ofChip chip: Int) -> Double {
        guard groupOf.indices.contains(chip) else { return heat.plate[0] }
        let group = groupOf[chip]
        let mean = groupPower[group] / Double(members[group])
        // A chip that takes more than its neighbours is hotter by what the difference makes over its own way to the sink.
        return heat.die[group] + spread.excess[chip] * mean * kelvinPerWatt
    }

    /// Asks the chips what they are doing, and tells them how hot they are.
    func sample(now: Instant) {
        guard let chain else { return }
        chain.advance(to: now)
        let count = min(chain.chipCount, configuration.chips)
        var chip = 0
        // Groups are neighbours on the chain. The board's fields are read once per group: this is most of what a
        // campaign computes.
        for group in members.indices {
            let (die, mean) = (heat.die[group], groupPower[group] / Double(members[group]))
            var watts: Double = 0
            for _ in 0..<members[group] where chip < count {
                watts += spread.switchingPower(chain.activity(ofChip: chip), chip: chip)
                let own = die + spread.excess[chip] * mean * kelvinPerWatt
                chain.setTemperature(Celsius(value: Int32(clampingThousandths: own)), ofChip: chip)
                chip += 1
            }
            switching[group] = watts
        }
    }

    /// - Parameters:
    ///   - supply: millivolts at the board.
    ///   - stream: watts per degree of this board's share of the stream.
    func step(to now: Instant, seconds: Double, supply: Double, inlet: Double, stream: Double, convection: Double) {
        feed(now: now, seconds: seconds, supply: supply)
        let square = voltageShareSquared
        for group in groupPower.indices {
            let leakage = spread.leakage[group] * ChipSpread.leakageFactor(heat.die[group])
            groupPower[group] = isDestroyed[group] ? 0 : (switching[group] + leakage) * square
        }
        chipPower = groupPower.reduce(0) { $0 + $1 }
        power = converter == nil ? chipPower : chipPower / Converter.efficiency
        heat.step(seconds: seconds, power: groupPower, inlet: inlet, stream: stream, convection: convection)
        noteDamage()
    }

    /// Watts lost in the converter, which the stream takes at once: it hangs in it.
    var converterHeat: Double { power - chipPower }

    private var voltageShareSquared: Double {
        let share = voltage / Double(configuration.referenceVoltage.value)
        return share * share
    }

    private func feed(now: Instant, seconds: Double, supply: Double) {
        let wasEnergised = isEnergised
        let isOn = enable.isActive && !isAbsent
        if let converter {
            converter.step(
                to: now, seconds: seconds, input: isAbsent ? 0 : supply, isEnabled: isOn, load: chipPower,
                surroundings: heat.plate[heat.plate.count - 1])
            voltage = converter.output
        } else {
            // Without its switch the board empties its capacitors within milliseconds.
            let rest = voltage / (1 + 3000 * seconds)
            voltage = isOn ? supply : rest < 20 ? 0 : rest
        }
        if wasEnergised, !isEnergised { deEnergisedAt = now }
        if isEnergised { deEnergisedAt = nil }
        guard let chain else { return }
        let supplied = Millivolts(Int32(voltage))
        if supplied != chainSupply {
            chain.advance(to: now)
            chain.setSupply(supplied)
            chainSupply = supplied
        }
        applyReset(now: now)
    }

    /// Tells the chips when their reset line has changed.
    func applyReset(now: Instant) {
        guard let chain, reset.isActive != chainReset else { return }
        chain.advance(to: now)
        chain.setReset(reset.isActive)
        chainReset = reset.isActive
    }

    private func noteDamage() {
        peak = max(peak, heat.hottest)
        for group in isDestroyed.indices where !isDestroyed[group] && heat.die[group] > BoardUnit.destruction {
            isDestroyed[group] = true
            destroyed += members[group]
        }
    }
}

extension Int32 {
    /// Thousandths of `value`, rounded toward zero, or the end of the range.
    init(clampingThousandths value: Double) {
        let thousandths = value * 1000
        self =
            thousandths >= 2_000_000_000
            ? 2_000_000_000 : thousandths > -2_000_000_000 ? Int32(thousandths) : -2_000_000_000
    }
}
