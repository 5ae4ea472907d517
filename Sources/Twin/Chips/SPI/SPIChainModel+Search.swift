import Base
import Mining
import SHA256

/// The search: each chip its own jobs, from nonce 0 on.
extension SPIChainModel {
    /// Nonces of one midstate that are looked at in one go.
    static let chunk = 64

    /// Nonces that a chip searches of each midstate: all 2³² of a real chip, less by what it is slower.
    private var noncesPerSlot: UInt64 { (1 << 32) >> UInt64(simulatedShift) }

    /// Whether the chip searches a job.
    func isHashing(_ chip: Int) -> Bool {
        !chips[chip].jobs.isEmpty && clock(ofChip: chip) > 0 && !faults.strikes(.noHash, chip: chip)
            && !faults.strikes(.stickBusy, chip: chip)
    }

    /// Lets all chips hash for this time.
    func search(for duration: Duration) {
        guard isAwake else { return }
        let seconds = Double(duration.nanoseconds) / 1e9
        let perCore =
            Double(hashesPerSecond) / Double(chipCount * SPIChipModel.cores) * seconds / Double(model.usualClock)
        for chip in 0..<reach where isHashing(chip) {
            chips[chip].credit += perCore * Double(chips[chip].cores) * Double(clock(ofChip: chip))
            while let job = chips[chip].jobs.first {
                let count = min(UInt64(Self.chunk), noncesPerSlot - job.nonce)
                guard chips[chip].credit >= Double(count) else { break }
                chips[chip].credit -= Double(count)
                search(job, count, chip)
            }
            // A chip that has run out of work does not make up for it.
            if chips[chip].jobs.isEmpty { chips[chip].credit = min(chips[chip].credit, Double(Self.chunk)) }
        }
    }

    private func search(_ job: SPIChip.Job, _ count: UInt64, _ chip: Int) {
        let first = UInt32(truncatingIfNeeded: job.nonce)
        log.append(
            SearchedRange(
                chip: chip, job: job.number, version: UInt32(job.slot), header: job.marks[job.slot], firstNonce: first,
                stride: 1, count: UInt32(count)))
        let block = job.blocks[job.slot]
        var hits = NonceHits()
        var done: UInt64 = 0
        while done < count {
            hits.removeAll()
            done += kernel.scan(
                block, from: first &+ UInt32(done), count: count - done, topLimit: job.target.top32, into: &hits)
            for index in 0..<hits.count where UInt256(block.hash(nonce: hits[index])) <= job.target {
                keep(SPIChip.Result(jobID: job.id, slot: job.slot, nonce: hits[index]), chip)
            }
        }
        moveOn(chip, count)
    }

    /// To the next midstate, the next nonces, or the next job.
    private func moveOn(_ chip: Int, _ count: UInt64) {
        chips[chip].jobs[0].slot += 1
        guard chips[chip].jobs[0].slot == model.slots else { return }
        chips[chip].jobs[0].slot = 0
        chips[chip].jobs[0].nonce += count
        if chips[chip].jobs[0].nonce >= noncesPerSlot { chips[chip].jobs.removeFirst() }
    }

    private func keep(_ result: SPIChip.Result, _ chip: Int) {
        var result = result
        if faults.happens(.wrongNonces, chip: chip) { result.nonce ^= 1 << UInt32(faults.random.next() % 32) }
        guard chips[chip].results.count < SPIChipModel.resultDepth else {
            lostResults &+= 1
            return
        }
        reportedNonces &+= 1
        chips[chip].results.append(result)
    }
}
