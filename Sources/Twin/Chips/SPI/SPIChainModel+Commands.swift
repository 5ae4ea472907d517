import Base
import Mining
import SHA256

/// What chips do when a frame is complete, and what they say of themselves.
extension SPIChainModel {
    /// Carries out the frame that the chip has heard to its end.
    func execute(_ chip: Int) {
        let head = chips[chip].frame[0]
        switch (model.family, head & 0x0F) {
        case (_, 0x04): reset(chip, strategy: chips[chip].frame[2])
        case (.a1, 0x07), (.t1, 0x0C): takeJob(chip)
        case (.a1, 0x09): setRegister(chip, from: 2, count: 6)
        case (.t1, 0x09), (.t1, 0x0D):
            guard hasRightChecksum(chip, length: 16) else { return }
            if head == 0x09 {
                setRegister(chip, from: 2, count: 12)
            } else {
                for index in 0..<12 { chips[chip].secondRegister[index] = chips[chip].frame[2 + index] }
            }
        default: break  // Self-tests pass; results and registers were answered at the head.
        }
    }

    private func hasRightChecksum(_ chip: Int, length: Int) -> Bool {
        let frame = chips[chip].frame
        guard frame.count >= length else { return false }
        let expected = UInt16(frame[length - 2]) << 8 | UInt16(frame[length - 1])
        return Self.checksum(frame[..<(length - 2)]) == expected
    }

    private func reset(_ chip: Int, strategy: UInt8) {
        switch strategy {
        case 0xED: chips[chip].dropJobs()
        // The next start of the self-test counts anew.
        case 0x20: chips[chip].address = 0
        case 0x00 where model.family == .t1, 0xFF where model.family == .t1: chips[chip].dropJobs()
        default: break
        }
    }

    private func setRegister(_ chip: Int, from start: Int, count: Int) {
        guard !faults.freezes(0x09, chip: chip) else { return }
        for index in 0..<count { chips[chip].register[index] = chips[chip].frame[start + index] }
        let (before, next) = (chips[chip].clock, model.clock(chips[chip].register))
        guard next != before else { return }
        // T1 clocks follow small steps only; after a jump nothing but a reset helps.
        if model.family == .t1, next * 16 > max(before, 120_000_000) * 17 || next * 17 < before * 16 {
            chips[chip].hasLostLock = true
        }
        chips[chip].clock = next
        chips[chip].lockedAt = now + model.lockTime
    }

    // MARK: Jobs

    private func takeJob(_ chip: Int) {
        let frame = chips[chip].frame
        // A1: midstate at 2, tail at 34, target at 50. T1: midstates 3…0 at 2…98, tail at 130, target at 146, checksum
        // at 158.
        let (tail, target) = model.family == .a1 ? (34, 50) : (130, 146)
        guard model.family == .a1 || hasRightChecksum(chip, length: 160),
            chips[chip].jobs.count < SPIChipModel.queueDepth,
            let largest = largestHash(compact: Self.word(frame, target).byteSwapped)
        else {
            refusedJobs &+= 1
            return
        }
        jobNumber &+= 1
        let words = (Self.word(frame, tail), Self.word(frame, tail + 4), Self.word(frame, tail + 8))
        var blocks: [ScanBlock] = []
        var marks: [UInt64] = []
        for slot in 0..<model.slots {
            let start = 2 + 32 * (model.slots - 1 - slot)
            var midstate = SIMD8<UInt32>.zero
            for index in 0..<8 { midstate[7 - index] = Self.word(frame, start + 4 * index) }
            blocks.append(ScanBlock(midstate: midstate, tail: words))
            marks.append(SearchLog.mark(midstate: midstate, tail: words))
        }
        chips[chip].jobs.append(
            SPIChip.Job(number: jobNumber, id: frame[0] >> 4, blocks: blocks, marks: marks, target: largest))
    }

    private static func word(_ bytes: [UInt8], _ at: Int) -> UInt32 {
        UInt32(bytes[at]) << 24 | UInt32(bytes[at + 1]) << 16 | UInt32(bytes[at + 2]) << 8 | UInt32(bytes[at + 3])
    }

    /// The job's target, made easier by the simulation's shift; nil when it cannot be decoded.
    private func largestHash(compact bits: UInt32) -> UInt256? {
        do throws(CompactTargetError) {
            let target = try CompactTarget(bits: bits).target
            guard target.leadingZeroBitCount >= simulatedShift else { return .max }
            let shift = simulatedShift
            let carried = shift == 0 ? 0 : target.low >> (128 - shift)
            return UInt256(high: target.high << shift | carried, low: target.low << shift)
        } catch {
            return nil
        }
    }

    // MARK: Answers

    /// The result that the chip would give next.
    func nextResult(_ chip: Int) -> SPIChip.Result? { chips[chip].address == 0 ? nil : chips[chip].results.first }

    /// `id‖8 chip nonce`, on the T1 with a zero and the micro id before the nonce.
    func say(_ result: SPIChip.Result, _ chip: Int) {
        if !faults.happens(.duplicate, chip: chip) { chips[chip].results.removeFirst() }
        var bytes: [UInt8] = [result.jobID << 4 | 0x08, chips[chip].address]
        // Micro ids are 0, 2, 4 and 8.
        if model.family == .t1 { bytes += [0, result.slot == 0 ? 0 : 1 << UInt8(result.slot)] }
        for shift in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: result.nonce >> UInt32(shift))) }
        say(bytes, chip: chip)
    }

    func sayRegister(_ chip: Int) {
        var bytes: [UInt8] = [0x1A, chips[chip].address]
        let queue: UInt8 = faults.strikes(.stickBusy, chip: chip) ? 3 : chips[chip].queueState
        switch model.family {
        case .a1:
            bytes += [
                chips[chip].register[0], chips[chip].register[1], clock(ofChip: chip) > 0 ? 1 : 0, queue,
                chips[chip].queuedIDs, chips[chip].cores,
            ]
        case .t1:
            var image = chips[chip].register
            let value = converterValue(chip)
            image[7] = image[7] & ~0x03 | UInt8(value >> 8)
            image[8] = UInt8(value & 0xFF)
            image[9] = image[9] & ~0x03 | queue
            image[11] = chips[chip].cores
            // A clock that is lost shows in the dividers, which is all that there is to read of it.
            if chips[chip].hasLostLock || faults.strikes(.noLock, chip: chip) { image[1] = 0 }
            for index in 0..<12 { bytes.append(image[index]) }
        }
        say(bytes, chip: chip)
    }

    /// What a T1 chip's converter shows: ten bits of temperature or voltage; 0 while it is off.
    private func converterValue(_ chip: Int) -> UInt16 {
        let (five, six, seven) = (chips[chip].register[5], chips[chip].register[6], chips[chip].register[7])
        guard six & 0x04 != 0, seven & 0xA0 == 0xA0 else { return 0 }
        if five & 0x01 != 0, six & 0x02 != 0 {
            return UInt16(clamping: (Int(millivolts(ofChip: chip)) * 1024 + 1247) / 1248) & 0x3FF
        }
        // °C = (588 − v) · ⅔ + ½.
        let value = 588 - ((Int(chips[chip].temperature.millidegrees) - 500) * 3 + 1000) / 2000
        return UInt16(clamping: min(max(0, value), 0x3FF))
    }
}
