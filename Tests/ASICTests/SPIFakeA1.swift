import ASIC
import Base

/// A1 chips that answer where and as the real ones do, with faults to order. Positions count from 0.
struct FakeA1Chips: FakeSPIChips {
    struct Chip {
        var clock: A1Clock?
        /// Reads of the register until the clock is locked.
        var readsUntilLock = 2
        var cores: UInt8 = 32
        var queue = FakeQueue(searchTime: .milliseconds(168))
    }

    /// What is wrong with the chain.
    struct Faults {
        /// Nothing comes back at all.
        var isSilent = false
        /// Chips from this one on answer with garbage.
        var brokenFrom: Int?
        /// Chips whose clock never locks.
        var unlocked: Set<Int> = []
        /// Chips whose queue is in a state that it should not be in.
        var invalidQueues: Set<Int> = []
        /// The chips' own count instead of the true one.
        var reportedCount: UInt8?
        /// Resets go unacknowledged.
        var losesResets = 0
        /// Chips that acknowledge jobs and do not take them.
        var forgetful: Set<Int> = []
    }

    var chips: [Chip]
    var faults = Faults()
    /// What the chips found.
    var results: [A1ResultAnswer] = []
    private(set) var requests: [A1Request] = []
    /// Jobs by chip, in the order in which they came.
    private(set) var jobs: [(chip: Int, job: A1Job)] = []
    /// Jobs that came while both places were taken, or under the id of a job that is still there.
    private(set) var misplacedJobs = 0
    private(set) var flushCount = 0
    private var isInReset = false
    private var wasCounted = false
    var versionCount: UInt64 { 1 }

    init(count: Int) {
        chips = Array(repeating: Chip(), count: count)
    }

    mutating func reset(asserted: Bool) {
        isInReset = asserted
        guard asserted else { return }
        wasCounted = false
        results = []
        for chip in chips.indices {
            chips[chip].clock = nil
            chips[chip].queue.drop()
        }
    }

    mutating func power(on: Bool) {}
    mutating func setSupply(_ vid: SupplyVID) -> Bool { true }

    mutating func exchange(_ frame: ArraySlice<UInt8>, pollLength: Int, now: Instant) -> [UInt8] {
        var received = [UInt8](repeating: 0, count: frame.count + pollLength)
        guard !isInReset, !faults.isSilent else { return received }
        for chip in chips.indices { chips[chip].queue.advance(to: now) }
        guard let request = try? A1Request(frame: frame) else {
            flushCount += 1
            return received
        }
        requests.append(request)
        let answer = answer(to: request, now)
        let place = request.replyOffset(chipCount: chips.count)
        for (index, byte) in answer.enumerated() where place + index < received.count {
            received[place + index] = byte
        }
        return received
    }

    private mutating func answer(to request: A1Request, _ now: Instant) -> [UInt8] {
        switch request {
        case .startSelfTest:
            defer { wasCounted = true }
            return [0x01, 0, 0, wasCounted ? 0 : faults.reportedCount ?? UInt8(chips.count)]
        case .fixSelfTest: return [0x03, 0]
        case .reset:
            for chip in chips.indices { chips[chip].queue.drop() }
            if faults.losesResets > 0 {
                faults.losesResets -= 1
                return []
            }
            return [0x04, 0]
        case .readResult: return results.isEmpty ? A1ResultAnswer.empty.bytes : results.removeFirst().bytes
        case .writeClock(let clock, let chip):
            for index in chips.indices where chip == 0 || index == Int(chip) - 1 {
                chips[index].clock = clock
                chips[index].readsUntilLock = 2
            }
            return [0x09, chip]
        case .readRegister(let chip): return status(of: chip)
        case .writeJob(let job, let chip):
            guard let index = answering(chip) else { return [0xFF, 0xFF] }
            jobs.append((index, job))
            let isHeld = chips[index].queue.jobs.contains { $0.id == job.id }
            let isLost = faults.forgetful.contains(index)
            if isHeld || !isLost && !chips[index].queue.append(job.id, now: now) { misplacedJobs += 1 }
            return [job.id << 4 | 0x07, chip]
        }
    }

    private func answering(_ chip: UInt8) -> Int? {
        let index = Int(chip) - 1
        return chips.indices.contains(index) && index < faults.brokenFrom ?? .max ? index : nil
    }

    private mutating func status(of chip: UInt8) -> [UInt8] {
        guard let index = answering(chip) else { return [0xFF, 0xFF, 0xFF, 0xFF] }
        chips[index].readsUntilLock -= 1
        let queued = chips[index].queue.jobs.map(\.id)
        let queue: A1Status.Queue =
            faults.invalidQueues.contains(index) ? .invalid : [.empty, .oneFree, .full][queued.count]
        return A1Status(
            clockBytes: chips[index].clock.map { SIMD2($0.bytes.0, $0.bytes.1) } ?? SIMD2(0, 0),
            isLocked: chips[index].readsUntilLock < 0 && !faults.unlocked.contains(index), queue: queue,
            queuedJobs: (queued.first ?? 0, queued.count > 1 ? queued[1] : 0), cores: chips[index].cores
        ).answer(chip: chip)
    }
}
