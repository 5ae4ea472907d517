import Base

/// The shift register, word by word.
extension SPIChainModel {
    /// Clocks whole words through the chain: what is sent is replaced by what comes in. A last byte without its other half
    /// is lost, as when chip select ends in the middle of a word.
    func exchange(_ bytes: inout MutableSpan<UInt8>) {
        guard isAwake else {
            for index in 0..<bytes.count { bytes[index] = 0 }
            return
        }
        let isTooFast = UInt64(busClock.value) > model.fastestBus(atClock: chips[0].clock) || faults.strikes(.wrongBaud)
        let reach = reach
        for index in stride(from: 0, to: bytes.count & ~1, by: 2) {
            var sent = UInt16(bytes[index]) << 8 | UInt16(bytes[index + 1])
            if isTooFast { sent ^= noise }
            var received = clock(sent, reach)
            if !faults.isEmpty { received = disturbed(received, reach) }
            if isTooFast { received ^= noise }
            bytes[index] = UInt8(received >> 8)
            bytes[index + 1] = UInt8(received & 0xFF)
        }
        if bytes.count & 1 == 1 { bytes[bytes.count - 1] = 0 }
    }

    private var noise: UInt16 { UInt16(truncatingIfNeeded: faults.random.next()) }

    /// What faults make of a word on its way to the host.
    private func disturbed(_ word: UInt16, _ reach: Int) -> UInt16 {
        var word = word
        // A clock too many: a word each way that nobody sees.
        if faults.happens(.loseBytes, chip: nil) { word = clock(0, reach) }
        if faults.happens(.flipBits, chip: nil) { word ^= 1 << UInt16(faults.random.next() & 15) }
        return faults.strikes(.noAnswer) ? 0 : word
    }

    /// One word in, one word out, every stage one further.
    private func clock(_ sent: UInt16, _ reach: Int) -> UInt16 {
        guard reach > 0 else { return 0 }
        let received = stages.shift(sent, reach: reach, isWhole: reach == chipCount)
        var active = stages.meets | busy
        while active != 0 {
            let chip = active.trailingZeroBitCount
            let bit: UInt128 = 1 << UInt128(chip)
            active ^= bit
            guard chip < reach else { continue }
            let state = chips[chip]
            let word = stages.word(at: chip)
            let (forwarded, answer) = take(word, state, chip)
            if forwarded != word { stages.forward(forwarded, from: chip) }
            if let answer { stages.answer(answer, from: chip) }
            let isQuiet = state.passage == .idle && state.answer.isEmpty
            busy = isQuiet ? busy & ~bit : busy | bit
        }
        return received
    }

    /// What a chip hands on toward the end, and what it says itself, when this word comes in.
    private func take(_ word: UInt16, _ state: SPIChip, _ chip: Int) -> (forwarded: UInt16, answer: UInt16?) {
        if state.passage == .idle, word != 0 { beginFrame(word, chip) }
        let passage = state.passage
        var forwarded = passage == .echoed || passage == .kept ? 0 : word
        var answer: UInt16?
        if passage == .echoed { answer = word }
        if passage != .idle {
            state.frame.append(UInt8(word >> 8))
            state.frame.append(UInt8(word & 0xFF))
            state.remaining -= 2
            if passage == .shared, state.frame.count == 4, state.frame[0] == 0x01 {
                forwarded = count(word, chip)
            }
            if state.remaining <= 0 { endFrame(chip) }
        }
        if !state.answer.isEmpty { answer = state.answer.removeFirst() }
        return (forwarded, answer)
    }

    /// The second word of the self-test's start counts the chips: each that has no number yet takes the next.
    private func count(_ word: UInt16, _ chip: Int) -> UInt16 {
        guard chips[chip].address == 0 else { return word }
        chips[chip].address = UInt8(word & 0xFF) &+ 1
        return word & 0xFF00 | UInt16(chips[chip].address)
    }

    /// A word that may be a frame's head.
    private func beginFrame(_ head: UInt16, _ chip: Int) {
        guard let length = model.frameLength(head: head) else { return }
        let (code, recipient) = (UInt8(head >> 8) & 0x0F, UInt8(head & 0xFF))
        chips[chip].remaining = length
        chips[chip].frame.removeAll(keepingCapacity: true)
        let isMeant = recipient != 0 && recipient == chips[chip].address
        let isMute = faults.strikes(.noAnswer, chip: chip)
        switch code {
        case 0x08:
            guard let result = nextResult(chip), !isMute else {
                chips[chip].passage = .foreign
                return
            }
            chips[chip].passage = .kept
            say(result, chip)
        case 0x0A where isMeant:
            chips[chip].passage = .kept
            if !isMute { sayRegister(chip) }
        case 0x0D where isMeant, 0x09 where isMeant, 0x07 where isMeant && model.family == .a1:
            chips[chip].passage = isMute ? .kept : .echoed
        case _ where isMeant: chips[chip].passage = .kept
        case _ where recipient == 0: chips[chip].passage = .shared
        default: chips[chip].passage = .foreign
        }
    }

    private func endFrame(_ chip: Int) {
        let passage = chips[chip].passage
        chips[chip].passage = .idle
        guard passage != .foreign else { return }
        execute(chip)
    }

    /// Lets the chip say these bytes, an even number of them, T1 chips with their checksum.
    func say(_ bytes: [UInt8], chip: Int) {
        for index in stride(from: 0, to: bytes.count & ~1, by: 2) {
            chips[chip].answer.append(UInt16(bytes[index]) << 8 | UInt16(bytes[index + 1]))
        }
        if model.family == .t1 { chips[chip].answer.append(Self.checksum(bytes[...])) }
    }

    /// CRC-16/MODBUS over the bytes with the two of every word swapped.
    static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt16 {
        let start = bytes.startIndex
        return CRC16.modbus((0..<bytes.count).lazy.map { bytes[start + ($0 ^ 1)] })
    }
}
