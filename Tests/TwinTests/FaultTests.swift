import ASIC
import Base
import Testing
import Twin

/// What becomes of each fault on short chains, event by event, as Docs/twin.md has it: while the chips come up, and while they
/// hash.
@Suite struct ChipFaultTests {
    @Test(arguments: UARTOutcome.all)
    func uartBoardsSurvive(_ outcome: UARTOutcome) throws {
        let rig = try UARTRig(.bm1366, chips: 6, minimum: 3, zeroBits: 8, shift: 30)
        let fault = try #require(InjectedFault(text: Array(outcome.fault.utf8)))
        if outcome.isEarly { rig.chain.inject(fault, now: rig.bench.now) }
        try rig.bench.start()
        try rig.bench.run(for: .seconds(60)) { rig.bench.status.stage == .hashing }
        if !outcome.isEarly { rig.chain.inject(fault, now: rig.bench.now) }
        try rig.bench.run(for: .seconds(outcome.seconds))
        let events = rig.bench.events.filter { !Self.isRoutine($0) }.map { event in
            if case .lineErrors = event { ChainEvent.lineErrors(perMinute: 0) } else { event }
        }
        #expect(events == outcome.events, "\(outcome.fault)")
        #expect(rig.bench.status.stage == .hashing)
        #expect(rig.bench.status.chipsPresent == outcome.chips)
        #expect(rig.bench.pool.refusals == [])
        #expect((rig.bench.hardwareErrors > 0) == outcome.hasErrors, "\(outcome.fault)")
        #expect((rig.bench.status.duplicates > 0) == outcome.hasDuplicates, "\(outcome.fault)")
        #expect(rig.bench.pool.accepted > 5)
    }

    @Test(arguments: SPIOutcome.all, FaultedSPIChain.Family.allCases)
    func spiBoardsSurvive(_ outcome: SPIOutcome, _ family: FaultedSPIChain.Family) throws {
        let isT1 = family == .t1
        let rig = isT1 ? try SPIRig.t1(chips: 4, minimum: 2) : try SPIRig.a1(chips: 4, minimum: 2)
        let fault = try #require(InjectedFault(text: Array(outcome.fault.utf8)))
        #expect(try rig.bench.bringUp())
        rig.chain.inject(fault, now: rig.bench.now)
        try rig.bench.run(for: .seconds(outcome.seconds))
        let events = rig.bench.events.filter { !Self.isRoutine($0) }
        #expect(events == (isT1 ? outcome.t1 : outcome.a1), "\(outcome.fault)")
        #expect(rig.bench.status.stage == .hashing)
        #expect(rig.bench.pool.refusals == [])
        #expect((rig.bench.hardwareErrors > 0) == outcome.hasErrors)
        rig.chain.clearFaults()
    }

    /// What happens on any board.
    static func isRoutine(_ event: ChainEvent) -> Bool {
        switch event {
        case .hashing, .workOverdue, .supplyFound: true
        case .lineRate(let baud): baud == 1_041_667
        default: false
        }
    }

    @Test func faultsAreReadFromText() {
        func fault(_ text: String) -> InjectedFault? { InjectedFault(text: Array(text.utf8)) }
        #expect(fault("drop-chip") == InjectedFault(.dropChip))
        #expect(
            fault("flip-bits:chip=3,rate=70,ms=1500")
                == InjectedFault(.flipBits, chip: 3, rate: 70, duration: .milliseconds(1500)))
        #expect(fault("frozen-register:register=40") == InjectedFault(.frozenRegister, register: 40))
        for kind in InjectedFault.Kind.all {
            #expect(fault(kind.name.description)?.kind == kind)
        }
        for wrong in [
            "", "drop", "drop-chip:", "drop-chip:chip", "drop-chip:chip=", "drop-chip:chip=x", "drop-chip:chips=1",
            "flip-bits:rate=1000001", "frozen-register:register=256", "drop-chip:chip=-1", "drop-chip:ms=1234567890",
        ] { #expect(fault(wrong) == nil) }
    }
}

/// A fault of a UART chain, and what comes of it.
struct UARTOutcome: CustomTestStringConvertible {
    var fault: String
    /// Before the chips are brought up, instead of while they hash.
    var isEarly = false
    var seconds: Int64 = 15
    /// But for what happens on any board; the number of line errors left out.
    var events: [ChainEvent] = []
    var chips = 6
    var hasErrors = false
    var hasDuplicates = false

    var testDescription: String { isEarly ? "\(fault) before the bring-up" : fault }

    static let silent: [ChainEvent] = [.restarting(.silent, attempt: 1)]
    static let behind3: [ChainEvent] = [.chipSilent(chip: 3), .chipSilent(chip: 4), .chipSilent(chip: 5)]
    static let missing3: [ChainEvent] =
        [.chipsMissing(found: 3, expected: 6)] + (3..<6).map { ChainEvent.chipUnaddressed(chip: $0) }
    static let noChips3: [ChainEvent] = (1...3).map { .restarting(.noChips, attempt: $0) }

    static let all = [
        UARTOutcome(fault: "drop-chip:chip=3", seconds: 65, events: behind3),
        UARTOutcome(fault: "drop-chip:chip=3", isEarly: true, events: missing3, chips: 3),
        UARTOutcome(fault: "drop-chip:chip=0,ms=15000", isEarly: true, events: noChips3),
        UARTOutcome(
            fault: "flip-bits:rate=13000", seconds: 65,
            events: [.lineErrors(perMinute: 0), .lineRate(baud: 115_200)]),
        UARTOutcome(
            fault: "lose-bytes:rate=13000", seconds: 65,
            events: [.lineErrors(perMinute: 0), .lineRate(baud: 115_200)]),
        UARTOutcome(fault: "duplicate", hasDuplicates: true),
        UARTOutcome(fault: "stick-busy:chip=3", seconds: 65, events: behind3),
        UARTOutcome(fault: "wrong-baud", seconds: 25, events: silent),
        UARTOutcome(fault: "wrong-baud:chip=3", seconds: 65, events: behind3),
        UARTOutcome(fault: "brown-out:ms=2000", seconds: 25, events: silent),
        UARTOutcome(fault: "brown-out:ms=2000", isEarly: true),
        UARTOutcome(fault: "brown-out:chip=3,ms=2000", seconds: 65, events: behind3),
        UARTOutcome(fault: "nack:ms=5000", isEarly: true, events: Array(noChips3.prefix(1))),
        UARTOutcome(
            fault: "frozen-register:register=40", isEarly: true,
            events: [.lineRateFallback(from: 1_041_667, to: 115_200)]),
        UARTOutcome(fault: "wrong-nonces", hasErrors: true),
        UARTOutcome(fault: "no-lock:ms=5000", seconds: 30),
        UARTOutcome(fault: "no-lock:ms=20000", seconds: 30, events: silent),
        UARTOutcome(fault: "no-hash:chip=2", seconds: 65, events: [.chipSilent(chip: 2)]),
    ]
}

/// A fault of an SPI chain while it hashes, and what comes of it on either family.
struct SPIOutcome: CustomTestStringConvertible {
    var fault: String
    var seconds: Int64 = 20
    var a1: [ChainEvent] = []
    var t1: [ChainEvent] = []
    var hasErrors = false

    var testDescription: String { fault }

    static let busLost: [ChainEvent] = [.restarting(.busLost, attempt: 1)]
    static let allCool: [ChainEvent] = [3, 2, 1, 0].map { ChainEvent.chipCoolingDown(chip: $0) }

    static let all = [
        SPIOutcome(
            fault: "drop-chip:chip=2,ms=3000",
            a1: [.chipCoolingDown(chip: 3), .chipCoolingDown(chip: 2), .chainBroken(at: 2)], t1: busLost),
        SPIOutcome(fault: "flip-bits:rate=20,ms=5000"),
        SPIOutcome(fault: "duplicate"),
        SPIOutcome(
            fault: "stick-busy:chip=2", a1: [.chipCoolingDown(chip: 2)], t1: [.chipDisabled(chip: 2)]),
        SPIOutcome(fault: "wrong-baud:ms=2000", a1: allCool + busLost, t1: busLost),
        SPIOutcome(fault: "brown-out:ms=1000", a1: allCool + busLost, t1: busLost),
        SPIOutcome(fault: "nack:ms=2000", a1: allCool + busLost, t1: busLost),
        SPIOutcome(fault: "frozen-register:register=9"),
        SPIOutcome(fault: "wrong-nonces:rate=700000", hasErrors: true),
        SPIOutcome(fault: "no-hash:chip=2", a1: [.chipCoolingDown(chip: 2)], t1: [.chipDisabled(chip: 2)]),
    ]
}
