import ASIC
import Base
import Buses

/// What the chips of a chain measure themselves, chip by chip, summed up as one reading: the hottest counts.
///
/// A chip whose value is old or missing cannot show that it is cool, and one of many does not make the chain blind: the
/// reading stands while at least half of the chips at work give a value, and is as old as the newest of them.
struct ChipTemperatures {
    private let now: Instant
    private let limit: Duration
    private var chipCount = 0
    private var freshCount = 0
    private var hottest: Int32?
    private var newest: Instant?

    /// - Parameter limit: the age from which on a chip's value is left out.
    init(now: Instant, limit: Duration) {
        self.now = now
        self.limit = limit
    }

    /// Counts a chip at work: its value in thousandths of a degree Celsius and when it came, nil when it gave none.
    mutating func add(_ value: (millicelsius: Int32, at: Instant)?) {
        chipCount += 1
        guard let value else { return }
        newest = newest.map { max($0, value.at) } ?? value.at
        guard now - value.at <= limit else { return }
        freshCount += 1
        hottest = hottest.map { max($0, value.millicelsius) } ?? value.millicelsius
    }

    /// The chain's reading; `missing` tells why there is none where no chip ever gave a value.
    func reading(orElse missing: ReadingFailure) -> Reading<Celsius> {
        guard let newest else { return .failed(missing) }
        guard let hottest, freshCount * 2 >= chipCount else { return .stale(since: newest) }
        return .ok(Celsius(millidegrees: hottest), at: newest)
    }
}

extension T1Chain {
    /// The hottest that the chips at work measure themselves, every two seconds.
    public func hottestChip(now: Instant) -> Reading<Celsius> {
        var temperatures = ChipTemperatures(now: now, limit: plan.timing.temperatureInterval * 3)
        var missing = ReadingFailure.settling
        // Until the cores were looked at, all chips that were counted are at work.
        for chip in chips.prefix(foundCount ?? 0) where chip.state != .disabled {
            switch chip.millicelsius {
            case .value(let millicelsius, let taken): temperatures.add((millicelsius, taken))
            case .implausible:
                missing = .implausible
                temperatures.add(nil)
            case .none, .unanswered: temperatures.add(nil)
            }
        }
        return temperatures.reading(orElse: missing)
    }
}

extension UARTChain {
    /// The hottest that the chips that answered measure themselves; only BM1368 chips do, every ten seconds.
    func hottestChip(now: Instant) -> Reading<Celsius> {
        var temperatures = ChipTemperatures(now: now, limit: plan.timing.healthInterval * 3)
        for (index, chip) in health.enumerated() where statistics.chips[index].isPresent {
            temperatures.add(chip.temperature)
        }
        return temperatures.reading(orElse: .settling)
    }
}
