import ASIC
import Base
import Testing
import Twin

/// Each family of UART chips on a chain as long as on its best-known board, and each class of fault with the outcome that
/// Docs/twin.md has for it. Whatever happens, no header is hashed twice, none is left out, and no share is refused.
@Suite struct FamilyFaultTests {
    @Test(arguments: BM13xxModel.all)
    func chipsBehindADeadOneAreReportedAndTheOthersHashOn(_ model: BM13xxModel) throws {
        let chain = try FaultedChain(model, zeroBits: 6)
        try chain.bringUp()
        try chain.suffer("drop-chip:chip=\(chain.middle)", for: .seconds(68))
        let silent = (chain.middle..<chain.count).map { ChainEvent.chipSilent(chip: $0) }
        #expect(Set(chain.news) == Set(silent))
        try chain.expectOnlyNearChipsToFind()
        try chain.expectHonestHashing(chips: chain.count)
    }

    @Test(arguments: BM13xxModel.all)
    func aBoardThatMayRunWithHalfOfItsChipsComesUpWithThem(_ model: BM13xxModel) throws {
        let chain = try FaultedChain(model)
        chain.inject("drop-chip:chip=\(chain.middle)")
        try chain.bringUp()
        try chain.rig.bench.run(for: .seconds(5))
        let unaddressed = (chain.middle..<chain.count).map { ChainEvent.chipUnaddressed(chip: $0) }
        #expect(chain.news == [.chipsMissing(found: chain.middle, expected: chain.count)] + unaddressed)
        try chain.expectHonestHashing(chips: chain.middle)
    }

    /// A minute of noise slows the line down; where the chips are lost in that they are brought up anew.
    @Test(arguments: BM13xxModel.all, ["flip-bits", "lose-bytes"])
    func aNoisyLineSlowsDownOrComesUpAnew(_ model: BM13xxModel, _ fault: String) throws {
        let chain = try FaultedChain(model)
        try chain.bringUp()
        try chain.suffer("\(fault):rate=8000,ms=62000", for: .seconds(62))
        try chain.recover(within: .seconds(60))
        let isTold = chain.news.contains {
            switch $0 {
            case .lineErrors: true
            default: false
            }
        }
        #expect(isTold, "\(chain.news)")
        #expect(chain.rig.bench.hardwareErrors < chain.rig.bench.valid / 100)
        try chain.expectHonestHashing(hasErrors: nil)
    }

    @Test(arguments: BM13xxModel.all)
    func resultsThatComeTwiceAreCountedAndSubmittedOnce(_ model: BM13xxModel) throws {
        let chain = try FaultedChain(model)
        try chain.bringUp()
        try chain.suffer("duplicate", for: .seconds(8))
        #expect(chain.news == [])
        #expect(chain.rig.bench.status.duplicates > 0)
        try chain.expectHonestHashing(chips: chain.count)
    }

    /// A chip that has lost its line rate, by itself or with its supply, passes nothing on.
    @Test(arguments: BM13xxModel.all, ["stick-busy:chip=", "wrong-baud:chip=", "brown-out:ms=2000,chip="])
    func aChipThatPassesNothingOnHidesThoseBehindIt(_ model: BM13xxModel, _ fault: String) throws {
        let chain = try FaultedChain(model)
        try chain.bringUp()
        try chain.suffer(fault + "\(chain.middle)", for: .seconds(12))
        #expect(chain.news == [])
        try chain.expectOnlyNearChipsToFind()
        try chain.expectHonestHashing(chips: chain.count)
    }

    /// By their nonces, and on a BM1368, whose nonces do not tell, by their answers.
    @Test(arguments: [BM13xxModel.bm1366, .bm1368])
    func chipsThatAreHeardOfAgainAreToldOf(_ model: BM13xxModel) throws {
        let chain = try FaultedChain(model, zeroBits: 6)
        try chain.bringUp()
        try chain.suffer("stick-busy:chip=\(chain.middle),ms=72000", for: .seconds(70))
        let silent = (chain.middle..<chain.count).map { ChainEvent.chipSilent(chip: $0) }
        #expect(Set(chain.news) == Set(silent))
        try chain.rig.bench.run(for: .seconds(25))
        let recovered = (chain.middle..<chain.count).map { ChainEvent.chipRecovered(chip: $0) }
        #expect(Set(chain.news) == Set(silent + recovered))
        #expect(chain.news.count == 2 * silent.count)
        try chain.expectHonestHashing(chips: chain.count)
    }

    @Test(arguments: BM13xxModel.all, ["wrong-baud", "brown-out:ms=2000"])
    func aChainThatForgotWhatItWasToldIsBroughtUpAnew(_ model: BM13xxModel, _ fault: String) throws {
        let chain = try FaultedChain(model)
        try chain.bringUp()
        try chain.suffer(fault, for: .seconds(20))
        try chain.recover(within: .seconds(40))
        #expect(chain.news == [.restarting(.silent, attempt: 1)])
        try chain.rig.bench.run(for: .seconds(3))
        try chain.expectHonestHashing(chips: chain.count)
    }

    @Test(arguments: BM13xxModel.all)
    func aChainThatDoesNotAnswerIsTriedAgain(_ model: BM13xxModel) throws {
        let chain = try FaultedChain(model)
        chain.inject("nack:ms=5000")
        try chain.bringUp()
        try chain.rig.bench.run(for: .seconds(3))
        #expect(chain.news == [.restarting(.noChips, attempt: 1)])
        try chain.expectHonestHashing(chips: chain.count)
    }

    @Test(arguments: BM13xxModel.all)
    func aLineRateThatChipsDoNotTakeIsLeftAlone(_ model: BM13xxModel) throws {
        let chain = try FaultedChain(model)
        chain.inject("frozen-register:register=\(model.digits == 0x1397 ? 0x18 : 0x28)")
        try chain.bringUp()
        try chain.rig.bench.run(for: .seconds(3))
        #expect(chain.fallbacks.last == 115_200)
        try chain.expectHonestHashing(chips: chain.count)
    }

    @Test(arguments: BM13xxModel.all)
    func aChipWhoseClockStandsStillLagsBehind(_ model: BM13xxModel) throws {
        let chain = try FaultedChain(model)
        chain.inject("frozen-register:register=8,chip=\(chain.middle)")
        try chain.bringUp()
        try chain.rig.bench.run(for: .seconds(5))
        let clocks = (0..<chain.count).map { chain.rig.chain.activity(ofChip: $0).clock }
        #expect(clocks[chain.middle] < clocks[0])
        #expect(clocks.filter { $0 == clocks[0] }.count == chain.count - 1)
        try chain.expectHonestHashing(chips: chain.count)
    }

    /// Without their offsets the chips of a BM1370 chain all search the same nonces: what `HashedOnce` is there to find.
    @Test func chipsThatDoNotTakeTheirShareOfTheNoncesHashThemTwice() throws {
        let chain = try FaultedChain(.bm1370)
        chain.inject("frozen-register:register=12")
        try chain.bringUp()
        try chain.rig.bench.run(for: .seconds(10))
        let hashed = HashedOnce.uart(chain.rig.chain.log.ranges)
        #expect(!hashed.repeated.isEmpty && hashed.skipping.isEmpty)
        #expect(chain.rig.bench.status.duplicates + UInt64(chain.rig.bench.duplicates) > 0)
        #expect(chain.rig.bench.pool.refusals == [])
    }
}
