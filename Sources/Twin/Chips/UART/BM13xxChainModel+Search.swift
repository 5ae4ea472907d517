import Base
import Mining
import SHA256

/// The search: which headers belong to a chip, in which order it hashes them, and what it reports.
extension BM13xxChainModel {
    /// A header without its nonce, prepared for the kernel; engines of all chips are mostly at the same few versions.
    struct CachedBlock {
        var job: UInt32
        var version: UInt32
        var block: ScanBlock
        /// See `SearchedRange.header`.
        var mark: UInt64
    }

    /// Nonces are split among as many cores and chips as the next powers of two; so many each.
    private var slice: UInt64 { (1 << 32) / Self.powerOfTwo(model.cores) / Self.powerOfTwo(chipCount) }

    private static func powerOfTwo(_ number: Int) -> UInt64 {
        number <= 1 ? 1 : 1 << UInt64(Int.bitWidth - (number - 1).leadingZeroBitCount)
    }

    /// Slow chips would never get to the second version in the time of a job, or always stay at the first nonces. So what
    /// they are slower by is made up of fewer nonces to a version and of fewer versions, half of the shift each.
    private var sweepShift: UInt64 { UInt64(simulatedShift / 2) }

    /// Whether the chip searches its job.
    func isHashing(_ chip: Int) -> Bool {
        guard isAwake, chips[chip].job != nil, !chips[chip].isExhausted, clock(ofChip: chip) > 0 else { return false }
        guard !faults.strikes(.noHash, chip: chip) else { return false }
        guard model.rollsVersions else { return true }
        // Deadline 0 stops the chip; cores must have been enabled, and a quarter of them at least be let report.
        return chips[chip].registers[0x10] != 0 && chips[chip].coreRegisters[2] == 0xAA
            && chips[chip].registers[0x18] >> 28 != 0
    }

    /// Lets all chips hash for this time.
    func search(for duration: Duration) {
        guard isAwake else { return }
        let seconds = Double(duration.nanoseconds) / 1e9
        let perChip = Double(hashesPerSecond) / Double(chipCount) * seconds / Double(model.usualClock)
        let unit = Double(model.cores)
        for chip in 0..<reach where isHashing(chip) {
            chips[chip].credit += perChip * Double(clock(ofChip: chip))
            while chips[chip].credit >= unit, !chips[chip].isExhausted {
                chips[chip].credit -= unit
                searchUnit(chip)
            }
        }
    }

    /// One engine of every core of the chip tries one counter value of one version.
    private func searchUnit(_ chip: Int) {
        guard let job = chips[chip].job, let version = nextVersion(chip, of: job) else {
            chips[chip].isExhausted = true
            return
        }
        let cursor = chips[chip].cursor
        let position = lowBits(chip, counter: cursor.counter)
        chips[chip].cursor.advance(engines: engineCount(job, chip), sweep: sweep(chip))
        chips[chip].hashed &+= UInt64(model.cores)

        // The core stands in the nonce's first byte, so the cores' nonces are two apart in the header's number; the byte's
        // lowest bit belongs to the chip or its counter.
        let first = (position & 0xFF_FFFF).byteSwapped | position >> 24
        let (block, mark) = block(job, version, engine: cursor.engine)
        log.append(
            SearchedRange(
                chip: chip, job: job.number, version: version, header: mark, firstNonce: first, stride: 2,
                count: UInt32(model.cores)))
        let zeros = max(0, 32 + chips[chip].ticketBits - simulatedShift)
        let topLimit: UInt32 = zeros >= 32 ? 0 : .max >> UInt32(zeros)
        var hits = NonceHits()
        var done: UInt64 = 0
        let span = UInt64(2 * model.cores - 1)
        while done < span {
            hits.removeAll()
            done += kernel.scan(
                block, from: first &+ UInt32(done), count: span - done, topLimit: topLimit, into: &hits)
            for index in 0..<hits.count where (hits[index] ^ first) & 1 == 0 {
                let excess = UInt256(block.hash(nonce: hits[index])).leadingZeroBitCount - zeros
                if excess >= 0 { report(hits[index], job, version, cursor.engine, excess, chip: chip) }
            }
        }
    }

    /// The version of the header that the chip is at, or which midstate; nil when it is through.
    private func nextVersion(_ chip: Int, of job: BM13xxJob) -> UInt32? {
        let cursor = chips[chip].cursor
        switch model.jobFormat {
        case .midstates: return cursor.group == 0 ? UInt32(cursor.engine) : nil
        case .header:
            let mask = VersionMask(granted: chips[chip].versionMask)
            let index = UInt64(cursor.group) * UInt64(engineCount(job, chip)) + UInt64(cursor.engine)
            guard index < mask.variantCount else { return nil }
            return mask.apply(mask.bits(ofVariant: UInt32(index)), to: job.header.version)
        }
    }

    /// Engines of a core that have something of their own to do.
    private func engineCount(_ job: BM13xxJob, _ chip: Int) -> Int {
        switch model.jobFormat {
        case .midstates: return job.midstateCount
        case .header: return min(model.engines, 1 << min(4, chips[chip].versionMask.nonzeroBitCount))
        }
    }

    /// Counter values that the chip goes through before it turns to the next versions: two nonces to a cycle of the clock
    /// until the deadline of register 10, whatever its share of the nonces.
    private func sweep(_ chip: Int) -> UInt32 {
        guard model.rollsVersions else { return UInt32(clamping: max(1, slice >> sweepShift)) }
        let nonces = 2 * UInt64(chips[chip].registers[0x10]) * chips[chip].clock / BM13xxModel.inputHertz
        return UInt32(clamping: max(1, nonces >> sweepShift))
    }

    /// Bits 24–0 of the nonce as sent. A counter that runs on past its share runs into the neighbour's.
    private func lowBits(_ chip: Int, counter: UInt32) -> UInt32 {
        let share = max(1, slice >> sweepShift)
        let value = UInt64(counter) < share ? UInt64(counter) : slice + UInt64(counter) - share
        let base: UInt64
        switch model.nonceSplit {
        case .address: base = UInt64(chips[chip].address) << 17
        case .offset:
            let word = chips[chip].registers[0x0C]
            base = word & 1 << 31 != 0 ? UInt64(word & 0xFFFF) << 9 : 0
        }
        return UInt32(truncatingIfNeeded: base &+ value) & 0x1FF_FFFF
    }

    private func block(_ job: BM13xxJob, _ version: UInt32, engine: Int) -> (ScanBlock, mark: UInt64) {
        if blocks.indices.contains(engine), blocks[engine].job == job.number, blocks[engine].version == version {
            return (blocks[engine].block, blocks[engine].mark)
        }
        var header = job.header
        header.version = version
        let midstate = model.jobFormat == .midstates ? job.midstates[engine] : header.midstate
        let tail = job.header.tail
        let words = (tail.root, tail.time, tail.bits)
        let entry = CachedBlock(
            job: job.number, version: version, block: ScanBlock(midstate: midstate, tail: words),
            mark: SearchLog.mark(midstate: midstate, tail: words))
        while blocks.count <= engine { blocks.append(entry) }
        blocks[engine] = entry
        return (entry.block, entry.mark)
    }

    // MARK: Results

    /// Says that a header was found, with so many zero bits beyond the ticket.
    func report(
        _ nonce: UInt32, _ job: BM13xxJob, _ version: UInt32, _ engine: Int, _ excess: Int, chip: Int
    ) {
        var sent = nonce.byteSwapped
        if faults.happens(.wrongNonces, chip: chip) { sent ^= 1 << UInt32(faults.random.next() % 16) }
        var frame = AnswerFrame()
        frame.append(word: sent)
        // Half bits beyond the ticket. What the BM1397 means by this byte is disputed.
        frame.append(model.rollsVersions ? UInt8(clamping: 2 * excess) : 0)
        frame.append(resultByte(job.id, engine))
        if chips[chip].hasLongAnswers {
            let roll = UInt16(truncatingIfNeeded: (version & chips[chip].versionMask) >> 13)
            frame.append(UInt8(roll >> 8))
            frame.append(UInt8(roll & 0xFF))
        }
        frame.finish(type: 4)
        reportedNonces &+= 1
        say(frame, chip: chip)
        if faults.happens(.duplicate, chip: chip) { say(frame, chip: chip) }
    }

    private func resultByte(_ id: UInt8, _ engine: Int) -> UInt8 {
        switch model.resultLayout {
        case .idAndMidstate: id & 0xFC | UInt8(engine & 0x03)
        case .idAndThreeBits: id & 0xF8 | UInt8(engine & 0x07)
        case .halfIDAndFourBits: id << 1 & 0xF0 | UInt8(engine & 0x0F)
        }
    }
}
