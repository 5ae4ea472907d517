import Base

/// What the chips make of the bytes on the command line, and what they say in return.
extension BM13xxChainModel {
    /// A byte has passed on the command line.
    func hear(_ passing: SerialWire.Passing) {
        guard isAwake, reach > 0 else { return }
        // The first chip passes on what it understands; at another rate it, and so all, hear something else.
        let isUnderstood = SerialWire.understands(passing.baud, baud(ofChip: 0))
        let byte = isUnderstood ? passing.byte : UInt8(truncatingIfNeeded: faults.random.next())
        guard let frame = reader.take(byte) else { return }
        // Until the frame is complete the chips go on with what they are at.
        hash(until: passing.at)
        switch frame {
        case .inactive: forEachHearing(nil) { chips[$0].isAddressed = false }
        case .setAddress(let address): setAddress(address)
        case .write(let register, let value, let address): write(register, value, address)
        case .read(let register, let address): forEachHearing(address) { answer(chip: $0, register: register) }
        case .job: takeJob()
        }
    }

    /// Chips that hear a command for `address` (nil for all), those nearest the host first: chips pass on what they hear
    /// at their own line rate, so one at another rate cuts off all behind it.
    private func forEachHearing(_ address: UInt8?, _ body: (Int) -> Void) {
        let rate = baud(ofChip: 0)
        for chip in 0..<reach {
            guard !ratesDiffer || SerialWire.understands(rate, baud(ofChip: chip)) else { return }
            if address == nil || chips[chip].address == address { body(chip) }
        }
    }

    /// The first chip without an address takes it and keeps it from the others.
    private func setAddress(_ address: UInt8) {
        var isTaken = false
        forEachHearing(nil) { chip in
            guard !isTaken, !chips[chip].isAddressed else { return }
            isTaken = true
            chips[chip].isAddressed = true
            chips[chip].address = address
        }
    }

    private func write(_ register: UInt8, _ value: UInt32, _ address: UInt8?) {
        // All decide by the rate at which the command came, so the rate changes behind the last of them.
        var hearing = chips.indices.lowerBound..<chips.indices.lowerBound
        forEachHearing(nil) { hearing = 0..<$0 + 1 }
        for chip in hearing where address == nil || chips[chip].address == address {
            if !faults.freezes(register, chip: chip) { write(register, value, toChip: chip) }
        }
        if register == model.baudRegister { compareRates() }
    }

    private func write(_ register: UInt8, _ value: UInt32, toChip chip: Int) {
        switch register {
        case 0x00: return  // The address has a command of its own.
        case 0x08:
            chips[chip].clock = model.clock(pllWord: value)
            chips[chip].lockedAt = now + Self.lockTime
        case 0x3C: return writeCore(value, chip: chip)
        case 0xA4: chips[chip].hasLongAnswers = model.rollsVersions
        case 0xB0:
            // Bit 28 starts a conversion, when the reset of bit 17 is released and the load of bit 24 was given.
            if value & 1 << 28 != 0, value & 1 << 17 != 0, chips[chip].registers[0xB0] & 1 << 24 != 0 {
                chips[chip].convertedAt = now + .milliseconds(1)
            } else if value & 1 << 31 != 0 {
                chips[chip].convertedAt = nil
            }
        default: break
        }
        chips[chip].registers[Int(register)] = value
    }

    /// Register 3C: bit 15 writes and otherwise reads, bits 12–8 are the core register. What is written to a single core is
    /// not told from what is written to all.
    private func writeCore(_ word: UInt32, chip: Int) {
        let register = Int(word >> 8 & 0x1F)
        if word & 1 << 15 != 0 {
            chips[chip].coreRegisters[register] = UInt8(word & 0xFF)
        } else {
            chips[chip].registers[0x40] = UInt32(chips[chip].coreRegisters[register])
        }
        chips[chip].registers[0x3C] = word
    }

    private func takeJob() {
        jobNumber &+= 1
        guard let next = BM13xxJob(body: reader.jobBody, format: model.jobFormat, number: jobNumber) else { return }
        forEachHearing(nil) { chip in
            chips[chip].job = next
            chips[chip].cursor = SearchCursor()
            chips[chip].isExhausted = false
        }
    }

    // MARK: Answers

    private func answer(chip: Int, register: UInt8) {
        let value = value(ofRegister: register, chip: chip)
        var frame = AnswerFrame()
        frame.append(word: value)
        frame.append(chips[chip].address)
        frame.append(register)
        if chips[chip].hasLongAnswers { frame.appendZeros(2) }
        frame.finish(type: 0)
        say(frame, chip: chip)
    }

    private func value(ofRegister register: UInt8, chip: Int) -> UInt32 {
        let stored = chips[chip].registers[Int(register)]
        switch register {
        case 0x00: return UInt32(model.digits) << 16 | UInt32(model.coreByte) << 8 | UInt32(chips[chip].address)
        case 0x04 where model.jobFormat == .midstates:
            // The rate that the chip of a real board would show, in units of 2²⁰.
            return isHashing(chip) ? UInt32(clamping: model.hashesPerCycle * clock(ofChip: chip) >> 20) : stored
        case 0x08: return stored & ~(1 << 31) | (clock(ofChip: chip) > 0 ? 1 << 31 : 0)
        case 0x8C where model.rollsVersions: return hashCount(chip)
        case 0x88...0x8B where model.rollsVersions: return hashCount(chip) / 4
        case 0xB4 where model.hasThermometer: return temperatureWord(chip)
        default: return stored
        }
    }

    /// Hashes in units of 2³², as a real chip would have done them.
    private func hashCount(_ chip: Int) -> UInt32 {
        UInt32(truncatingIfNeeded: chips[chip].hashed >> UInt64(max(0, 32 - simulatedShift)))
    }

    /// °C = code · 0.171342 − 299.5144, valid with bit 31.
    private func temperatureWord(_ chip: Int) -> UInt32 {
        guard let at = chips[chip].convertedAt, at <= now else { return 0 }
        let millionths = Int64(chips[chip].temperature.millidegrees) * 1000 + 299_514_400
        return 1 << 31 | UInt32(clamping: max(0, millionths) / 171_342) & 0xFFFF
    }

    /// Puts an answer on the line, with what faults make of it.
    func say(_ frame: AnswerFrame, chip: Int) {
        guard !faults.strikes(.noAnswer, chip: chip) else { return }
        // A chip that holds the busy line keeps itself and all behind it from answering.
        if let busy = faults.firstChip(.stickBusy), chip >= busy { return }
        guard toHost.room >= frame.count else {
            lostAnswers &+= 1
            return
        }
        let rate = baud(ofChip: chip)
        // A chip on the way at another rate passes on noise.
        let isGarbled = ratesDiffer && (0..<chip).contains { !SerialWire.understands(rate, baud(ofChip: $0)) }
        for index in 0..<frame.count {
            var byte = isGarbled ? UInt8(truncatingIfNeeded: faults.random.next()) : frame.bytes[index]
            if !faults.isEmpty {
                if faults.happens(.loseBytes, chip: chip) { continue }
                if faults.happens(.flipBits, chip: chip) { byte ^= 1 << UInt8(faults.random.next() & 7) }
            }
            toHost.send(byte, ready: now, baud: rate)
        }
    }
}

/// The bytes of an answer, `AA 55` first.
struct AnswerFrame {
    private(set) var bytes = InlineArray<11, UInt8>(repeating: 0)
    private(set) var count = 2

    init() {
        bytes[0] = 0xAA
        bytes[1] = 0x55
    }

    mutating func append(_ byte: UInt8) {
        bytes[count] = byte
        count += 1
    }

    /// Most significant byte first.
    mutating func append(word: UInt32) {
        for index: UInt32 in 0..<4 { append(UInt8(truncatingIfNeeded: word >> (24 - 8 * index))) }
    }

    mutating func appendZeros(_ count: Int) {
        for _ in 0..<count { append(0) }
    }

    /// Appends the byte with the type in bits 7–5 and the checksum of all bits before it in 4–0.
    mutating func finish(type: UInt8) {
        var register = CRC5.initialValue
        for index in 2..<count { register = CRC5.update(register, with: bytes[index], bits: 8) }
        register = CRC5.update(register, with: type << 5, bits: 3)
        append(type << 5 | register)
    }
}
