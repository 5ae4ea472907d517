import ASIC

/// The far end of the wire: BM13xx chips that answer as the real ones do, with faults to order.
struct FakeChain {
    struct Chip {
        var address: UInt8?
        var registers: [Register: UInt32] = [:]
    }

    /// What is wrong with the chain, beyond what chips always do.
    struct Faults {
        /// Chips beyond this one hear and say nothing: commands pass from chip to chip.
        var breakAfter: Int?
        /// Answers to damage by one flipped bit, counted from the first.
        var corruptedAnswers: Set<Int> = []
        /// Answers to send without their third byte.
        var shortenedAnswers: Set<Int> = []
        /// Rates at which the line carries garbage.
        var deafAbove: UInt32 = .max
        /// Chips keep the line rate that they have after reset.
        var keepsBaud = false
        /// An address is lost by this chip, once.
        var losesFirstAddress: Int?
    }

    let family: ChipFamily
    var model: UInt16
    var chips: [Chip]
    var faults = Faults()
    var isInReset = false
    var hostBaud: UInt32 = 115_200
    private(set) var commands: [Command] = []
    private(set) var fullJobs: [FullJob] = []
    private(set) var midstateJobs: [MidstateJob] = []
    private var receiver: CommandReceiver
    private var answerCount = 0

    init(_ family: ChipFamily, chipCount: Int) {
        self.family = family
        model = family.model
        chips = Array(repeating: Chip(), count: chipCount)
        receiver = CommandReceiver(jobFormat: family.jobFormat)
    }

    mutating func reset() {
        for index in chips.indices { chips[index] = Chip() }
        receiver = CommandReceiver(jobFormat: family.jobFormat)
    }

    private var reachable: Range<Int> { 0..<min(chips.count, faults.breakAfter ?? chips.count) }

    /// The line rate of the chips.
    var chipBaud: UInt32 {
        guard let chip = chips.first else { return 0 }
        if faults.keepsBaud { return 115_740 }
        if family.jobFormat == .midstates {
            return MiscControl(word: chip.registers[.miscControl] ?? 0x3A01).baudRate
        }
        return FastUART(word: chip.registers[.fastUART] ?? 0x0130_1A00).baudRate
    }

    private var isLineGood: Bool {
        abs(Double(chipBaud) / Double(hostBaud) - 1) < 0.03 && max(chipBaud, hostBaud) <= faults.deafAbove
    }

    /// Takes bytes from the host and returns what the chips answer.
    mutating func receive(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        guard !isInReset else { return [] }
        guard isLineGood else { return bytes.prefix(4).map { $0 &* 37 ^ 0x5A } }
        var answers: [UInt8] = []
        for byte in bytes {
            switch receiver.receive(byte) {
            case .command(let command):
                commands.append(command)
                answers += take(command)
            case .fullJob(let job): fullJobs.append(job)
            case .midstateJob(let job): midstateJobs.append(job)
            case nil: break
            }
        }
        return answers
    }

    private mutating func take(_ command: Command) -> [UInt8] {
        switch command {
        case .chainInactive:
            for index in reachable { chips[index].address = nil }
        case .setAddress(let address):
            guard let index = reachable.first(where: { chips[$0].address == nil }) else { return [] }
            if faults.losesFirstAddress == index {
                faults.losesFirstAddress = nil
            } else {
                chips[index].address = address
            }
        case .write(let write, let recipient):
            for index in reachable where hears(index, recipient) {
                chips[index].registers[write.register] = write.value
            }
        case .read(let register, let recipient):
            return reachable.filter { hears($0, recipient) }.flatMap { answer(of: $0, register) }
        }
        return []
    }

    private func hears(_ index: Int, _ recipient: Command.Recipient) -> Bool {
        switch recipient {
        case .all: true
        case .chip(let address): chips[index].address == address
        }
    }

    private mutating func answer(of index: Int, _ register: Register) -> [UInt8] {
        let chip = chips[index]
        let value =
            register == .chipIdentity
            ? ChipIdentity(model: model, coreByte: 0, address: chip.address ?? 0).word
            : chip.registers[register] ?? 0
        return send(
            .register(.init(value: value, chip: chip.address ?? 0, register: register)),
            length: chip.registers[.versionRolling] == nil ? .nine : .eleven)
    }

    /// A response as it arrives, with the faults to order.
    mutating func send(_ response: Response, length: Response.Length) -> [UInt8] {
        var frame: [UInt8] = []
        response.append(to: &frame, length: length)
        if faults.corruptedAnswers.contains(answerCount) { frame[4] ^= 0x10 }
        if faults.shortenedAnswers.contains(answerCount) { frame.remove(at: 2) }
        answerCount += 1
        return frame
    }
}
