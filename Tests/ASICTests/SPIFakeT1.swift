import ASIC
import Base

/// T1 chips that answer as the real ones do, with faults to order. Positions count from 0.
struct FakeT1Chips: FakeSPIChips {
    struct Chip {
        var register = T1Register(level: .lowest)
        var cores: UInt8 = 32
        var millicelsius = 60_000
        var queue = FakeQueue(searchTime: .milliseconds(200))
    }

    /// What is wrong with the chain.
    struct Faults {
        /// Nothing comes back at all.
        var isSilent = false
        /// The family in the upper half of the answer to a reset.
        var family: UInt8 = 0
        /// The count of the second self-test.
        var secondCount: UInt8 = 0
        /// Chips from this one on are not heard.
        var brokenFrom: Int?
        /// The clock does not go beyond this level.
        var levelLimit = T1ClockLevel(323)!
        /// Answers to damage, of those that follow.
        var damagedAnswers = 0
        /// The supply takes no setting.
        var refusesSupply = false
    }

    var chips: [Chip]
    var faults = Faults()
    /// What the chips found.
    var results: [T1Result] = []
    private(set) var requests: [T1Request] = []
    /// Jobs by chip, in the order in which they came.
    private(set) var jobs: [(chip: Int, job: T1Job)] = []
    private(set) var misplacedJobs = 0
    private(set) var flushCount = 0
    private(set) var vid = SupplyVID.highest
    /// Levels in the order in which they were set, and dividers.
    private(set) var levels: [T1ClockLevel] = []
    private(set) var dividers: [UInt8] = []
    private var isInReset = false
    private var hasPower = false
    private var countedTimes = 0
    var versionCount: UInt64 { 4 }

    init(count: Int) {
        chips = Array(repeating: Chip(), count: count)
    }

    mutating func reset(asserted: Bool) { isInReset = asserted }

    mutating func power(on: Bool) {
        hasPower = on
        guard !on else { return }
        countedTimes = 0
        results = []
        for chip in chips.indices {
            chips[chip].register = T1Register(level: .lowest)
            chips[chip].queue.drop()
        }
    }

    mutating func setSupply(_ vid: SupplyVID) -> Bool {
        self.vid = vid
        return !faults.refusesSupply
    }

    /// What a chip measures of the supply: 9 mV from the chain's 1608 for each step, 440 down to 378 for a chip.
    var millivolts: Int { 440 - 2 * Int(vid.number) }

    mutating func exchange(_ frame: ArraySlice<UInt8>, pollLength: Int, now: Instant) -> [UInt8] {
        var received = [UInt8](repeating: 0, count: frame.count + pollLength)
        guard !isInReset, hasPower, !faults.isSilent else { return received }
        for chip in chips.indices { chips[chip].queue.advance(to: now) }
        guard let request = try? T1Request(frame: frame) else {
            flushCount += 1
            return received
        }
        requests.append(request)
        var answer = answer(to: request, now)
        if faults.damagedAnswers > 0, answer.count > 4 {
            faults.damagedAnswers -= 1
            answer[answer.count - 1] ^= 0x40
        }
        let place = request.chip == 0 ? 4 * chips.count : 4 * Int(request.chip) - 2
        for (index, byte) in answer.enumerated() where place + index < received.count {
            received[place + index] = byte
        }
        return received
    }

    private mutating func answer(to request: T1Request, _ now: Instant) -> [UInt8] {
        switch request {
        case .startSelfTest:
            countedTimes += 1
            return request.answer(
                head: (1, 0), payload: [0, countedTimes == 1 ? UInt8(chips.count) : faults.secondCount])
        case .collectSelfTest, .fixSelfTest: return request.answer(head: (request.code, 0), payload: [0, 0])
        case .reset(let reset):
            if reset == .jobs { for chip in chips.indices { chips[chip].queue.drop() } }
            return request.answer(head: (faults.family << 4 | 4, 0), payload: [0, 0])
        case .readResult: return results.isEmpty ? [8, 0, 0, 0] : results.removeFirst().bytes
        case .writeRegister(let register, _):
            write(register)
            return request.answer(head: (9, 0), payload: (0..<12).map { register[$0] })
        case .readRegister(let chip):
            guard let index = answering(chip) else { return [] }
            return request.answer(head: (0x1A, chip), payload: register(of: index))
        case .writeConverterDivider(let divider, _):
            dividers.append(divider)
            return request.answer(head: (0x0D, 0), payload: Array(repeating: 0, count: 12))
        case .writeJob(let job, let chip):
            guard let index = answering(chip) else { return [] }
            jobs.append((index, job))
            if !chips[index].queue.append(job.id, now: now) { misplacedJobs += 1 }
            return []
        }
    }

    private mutating func write(_ register: T1Register) {
        // Most writes are near the one before.
        let near = (levels.last?.number ?? 0) - 1
        let candidates = [near + 1, near + 2, near] + Array(0..<324)
        let set = candidates.lazy.compactMap { T1ClockLevel($0) }.first { register.runs(at: $0) }
        guard let set, set <= faults.levelLimit else { return }
        if set != levels.last { levels.append(set) }
        for chip in chips.indices { chips[chip].register = register }
    }

    private func answering(_ chip: UInt8) -> Int? {
        let index = Int(chip) - 1
        return chips.indices.contains(index) && index < faults.brokenFrom ?? .max ? index : nil
    }

    private func register(of index: Int) -> [UInt8] {
        var register = chips[index].register
        // The converter's bits choose what it measures; it must be out of reset and on.
        let isOn = register[7] & 0xA0 == 0xA0 && register[6] & 0x04 != 0
        let isVoltage = register[5] & 0x01 != 0 && register[6] & 0x02 != 0
        let value = isVoltage ? (millivolts * 1024 + 1247) / 1248 : 588 - (chips[index].millicelsius - 500) * 3 / 2000
        register.converterValue = isOn ? UInt16(clamping: value) : 0
        register.queueState = [0, 1, 3][chips[index].queue.jobs.count]
        register.cores = chips[index].cores
        return (0..<12).map { register[$0] }
    }
}
