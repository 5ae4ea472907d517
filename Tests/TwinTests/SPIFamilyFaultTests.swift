import ASIC
import Base
import Testing
import Twin

/// A1 and T1 boards of full length, and each class of fault with the outcome that Docs/twin.md has for it. Whatever happens, no
/// header is hashed twice, none is left out, and no share is refused.
@Suite struct SPIFamilyFaultTests {
    typealias Family = FaultedSPIChain.Family

    /// An A1 chain goes on with the chips before the dead one. A T1's answers come back through the last chip: it is brought
    /// up anew until the chip lives.
    @Test(arguments: Family.allCases)
    func aDeadChipCutsTheChain(_ family: Family) throws {
        let chain = try FaultedSPIChain(family)
        try chain.bringUp()
        try chain.suffer("drop-chip:chip=\(chain.middle),ms=3000", for: .seconds(16))
        switch family {
        case .a1:
            let resting = (chain.middle..<chain.count).map { ChainEvent.chipCoolingDown(chip: $0) }
            #expect(Set(chain.news) == Set(resting + [.chainBroken(at: chain.middle)]))
            #expect(chain.finders.allSatisfy { $0 < chain.middle } && chain.finders.count > chain.middle / 2)
            try chain.expectHonestHashing(chips: chain.middle)
        case .t1:
            #expect(chain.news == [.restarting(.busLost, attempt: 1)])
            try chain.expectHonestHashing(chips: chain.count)
        }
    }

    @Test(arguments: Family.allCases)
    func aBoardThatWillNotComeUpStaysInReset(_ family: Family) throws {
        let chain = try FaultedSPIChain(family)
        chain.inject("drop-chip:chip=\(chain.middle)")
        try chain.rig.bench.start()
        #expect(try chain.rig.bench.run(for: .seconds(120)) { chain.rig.bench.status.stage == .faulted })
        #expect(chain.news == (1...5).map { .restarting(.noChips, attempt: $0) } + [.faulted(.noChips)])
        #expect(chain.rig.chain.log.headerCount == 0)
    }

    /// A1 frames have no checksum: a chip whose answer was wrong rests, to be on the safe side. A T1 is asked again.
    @Test(arguments: Family.allCases, ["flip-bits", "lose-bytes"])
    func aNoisyBusCostsWorkAndNothingElse(_ family: Family, _ fault: String) throws {
        let chain = try FaultedSPIChain(family)
        try chain.bringUp()
        try chain.suffer("\(fault):rate=100,ms=4000", for: .seconds(6))
        let other = chain.news.filter { if case .chipCoolingDown = $0 { family == .t1 } else { true } }
        #expect(other == [])
        try chain.expectHonestHashing()
    }

    @Test(arguments: Family.allCases)
    func resultsThatComeTwiceAreCountedAndSubmittedOnce(_ family: Family) throws {
        let chain = try FaultedSPIChain(family)
        try chain.bringUp()
        try chain.suffer("duplicate:rate=400000", for: .seconds(5))
        #expect(chain.news == [])
        #expect(chain.rig.bench.status.duplicates > 0)
        try chain.expectHonestHashing(chips: chain.count)
    }

    /// The chip in the middle is the one whose queue a T1 chain looks at: without work for ten seconds, it looks at another.
    @Test(arguments: Family.allCases)
    func aChipThatStaysBusyGetsNoWork(_ family: Family) throws {
        let chain = try FaultedSPIChain(family)
        try chain.bringUp()
        try chain.suffer("stick-busy:chip=\(chain.middle)", for: .seconds(14))
        switch family {
        case .a1:
            #expect(chain.news == [.chipCoolingDown(chip: chain.middle)])
            try chain.expectHonestHashing(chips: chain.count - 1)
        case .t1:
            #expect(chain.news == [.chipDisabled(chip: chain.middle)])
            try chain.expectHonestHashing(chips: chain.count - 1)
        }
        #expect(!chain.finders.contains(chain.middle))
    }

    @Test(arguments: Family.allCases, ["wrong-baud:ms=2000", "brown-out:ms=1000", "nack:ms=2000"])
    func aChainThatIsLostAsAWholeIsBroughtUpAnew(_ family: Family, _ fault: String) throws {
        let chain = try FaultedSPIChain(family)
        try chain.bringUp()
        try chain.suffer(fault, for: .seconds(family == .a1 ? 10 : 14))
        let resting = (0..<chain.count).map { ChainEvent.chipCoolingDown(chip: $0) }
        let restart = ChainEvent.restarting(.busLost, attempt: 1)
        #expect(Set(chain.news) == Set(family == .a1 ? resting + [restart] : [restart]))
        #expect(chain.news.last == restart)
        // Noise that looks like a result of an A1 is hashed, and found wrong.
        let mayErr = family == .a1 && fault.hasPrefix("wrong-baud")
        try chain.expectHonestHashing(chips: chain.count, mayErr: mayErr)
    }

    @Test(arguments: Family.allCases)
    func aChipWhoseClockStandsStillGetsNoWork(_ family: Family) throws {
        let chain = try FaultedSPIChain(family)
        chain.inject("frozen-register:register=9,chip=\(chain.middle)")
        try chain.bringUp()
        try chain.rig.bench.run(for: .seconds(family == .a1 ? 5 : 14))
        #expect(chain.news == [.chipDisabled(chip: chain.middle)])
        #expect(!chain.finders.contains(chain.middle))
        try chain.expectHonestHashing(chips: chain.count - 1)
    }
}
