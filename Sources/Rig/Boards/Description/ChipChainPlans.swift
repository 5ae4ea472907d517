import ASIC

/// What a chain's description amounts to for the chip drivers.
extension ChipChainDescription {
    private func clock(_ megahertz: Int?) -> ClockFrequency? { megahertz.map { .megahertz(UInt32($0)) } }

    /// How to run chips on a UART; nil for chips on SPI.
    public func uartPlan(maximumBaud: UInt32, simulatedShift: Int = 0) throws(ChainPlanError) -> ChainPlan? {
        guard let family = kind.uartFamily else { return nil }
        guard chipCount % domains == 0 else { throw .chipsPerDomain(domains) }
        return try ChainPlan(
            family: family, chipCount: chipCount, minimumChipCount: minimumChipCount,
            chipsPerDomain: setsDomainEdges ? chipCount / domains : nil, maximumBaud: maximumBaud,
            frequency: clock(frequency), maximumFrequency: .megahertz(UInt32(maximumFrequency)),
            ticketDifficulty: UInt64(reportingDifficulty ?? 256), simulatedShift: simulatedShift)
    }

    /// How to run A1 chips; nil for others.
    public func a1Plan(simulatedShift: Int = 0) throws(ChainPlanError) -> A1Plan? {
        guard kind == .a1 else { return nil }
        return try A1Plan(
            chipCount: chipCount, minimumChipCount: minimumChipCount, frequency: clock(frequency),
            maximumFrequency: .megahertz(UInt32(maximumFrequency)),
            target: reportingDifficulty.map { .hardest(upTo: $0) } ?? .difficulty16, simulatedShift: simulatedShift)
    }

    /// How to run T1 chips; nil for others.
    public func t1Plan(simulatedShift: Int = 0) throws(ChainPlanError) -> T1Plan? {
        guard kind == .t1 else { return nil }
        let highest = ClockFrequency.megahertz(UInt32(maximumFrequency))
        let lowest = clock(minimumFrequency) ?? min(T1Plan.usualFrequencies.lowerBound, highest)
        guard lowest <= highest else { throw .frequency(lowest, allowed: highest...highest) }
        return try T1Plan(
            chipCount: chipCount, minimumChipCount: minimumChipCount,
            frequency: clock(frequency) ?? min(T1Plan.defaultFrequency, highest), frequencies: lowest...highest,
            chipMillivolts: UInt16(chipMillivolts ?? 404),
            target: reportingDifficulty.map { .hardest(upTo: $0) } ?? .difficulty128, simulatedShift: simulatedShift)
    }

    /// The key that makes the chain impossible to run and what is wrong with it; nil when nothing is.
    func complaint() -> (key: String, problem: String)? {
        do throws(ChainPlanError) {
            _ = try uartPlan(maximumBaud: 115_200)
            _ = try a1Plan()
            _ = try t1Plan()
            return nil
        } catch {
            switch error {
            case .chipCount(let count): return ("chips", "found \(count); expected 1 to \(kind.maximumChipCount)")
            case .minimumChipCount(let count):
                return ("minimum_chips", "found \(count); expected 1 to the chain's \(chipCount) chips")
            case .chipsPerDomain:
                return ("domains", "found \(domains); expected a divisor of the chain's \(chipCount) chips")
            case .frequency(let frequency, let allowed):
                return (
                    frequencyKey(frequency),
                    "found \(frequency.megahertzText); expected \(allowed.lowerBound.megahertzText) to \(allowed.upperBound.megahertzText) MHz"
                )
            case .unreachable(let frequency):
                return (
                    frequencyKey(frequency), "found \(frequency.megahertzText); the chip's clock cannot be set to that"
                )
            case .chipMillivolts(let level):
                return ("chip_mv", "found \(level); not a voltage that the chips work at")
            }
        }
    }

    /// Which of the clocks a complaint about `frequency` speaks of.
    private func frequencyKey(_ frequency: ClockFrequency) -> String {
        if clock(self.frequency) == frequency { return "frequency_mhz" }
        return clock(minimumFrequency) == frequency ? "min_frequency_mhz" : "max_frequency_mhz"
    }
}

extension ReportingTarget {
    /// The hardest of the table's targets that is no harder than `difficulty`.
    static func hardest(upTo difficulty: Int) -> ReportingTarget {
        var best = ReportingTarget.difficulty1
        // Entry 0 is difficulty 1; entries lie a little off whole difficulties, which the hundredth more allows for.
        let limit = difficulty1.hashesPerResult * Double(difficulty) * 1.01
        for level in 0..<levelCount {
            guard let target = ReportingTarget(level: level), target.hashesPerResult <= limit else { break }
            best = target
        }
        return best
    }
}

extension ClockFrequency {
    /// The clock in megahertz, with the fraction where there is one.
    fileprivate var megahertzText: String {
        let fraction = hertz % 1_000_000
        guard fraction > 0 else { return "\(hertz / 1_000_000)" }
        return "\(Double(hertz) / 1e6)"
    }
}
