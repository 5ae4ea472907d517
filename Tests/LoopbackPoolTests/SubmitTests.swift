import Base
import Testing

@testable import LoopbackPool

let accepted = #"{"id":11,"result":true,"error":null}"#
let lowDifficulty = #"{"id":11,"result":null,"error":[23,"Low difficulty share",null]}"#

/// A difficulty so small that every hash meets it.
let anything = ShareDifficulty(1e-10)!

@Suite struct SubmitTests {
    private func recorded() throws -> CoreMiner {
        let miner = try CoreMiner(CoreMiner.core())
        miner.handshake()
        return miner
    }

    @Test func theRecordedShareIsAccepted() throws {
        let miner = try recorded()
        #expect(
            miner.submit("user.worker", "875b4b7", "17000000", "685468d7", "7552034c", "00b44000") == [accepted])
        let share = try #require(miner.core.shares.last)
        #expect(
            Hexadecimal.text(share.header)
                == "0040b420fd55646bc162b96dfcd4f201a3f4670d1d3996bc96520100000000000000000006ddf5f08c36414b95ea54db71"
                + "a0c28761a98bcf6355919e044f88725519a7cbd7685468043a02174c035275")
        #expect(
            Hexadecimal.text(share.hash.reversed())
                == "0000000000023704cface997bcf7388694ea43dae96c51d80658687a7d8827fe")
        #expect(abs(share.difficulty - 29588.013979792577) < 1e-9)
        #expect(share.requiredDifficulty == 8192)
        #expect(!share.isBlock)
        #expect(miner.core.total.accepted == 1 && miner.core.total.work == 8192)
    }

    @Test(arguments: [("29588", true), ("29588.01397", true), ("29588.01398", false), ("29589", false)])
    func theRecordedShareMeetsItsOwnDifficultyAndNoMore(difficulty: String, isMet: Bool) throws {
        let required = try #require(ShareDifficulty(difficulty))
        let miner = try CoreMiner(CoreMiner.core { $0.difficulty = .fixed(required) })
        miner.handshake()
        let reply = miner.submit("user.worker", "875b4b7", "17000000", "685468d7", "7552034c", "00b44000")
        #expect(reply == [isMet ? accepted : lowDifficulty])
    }

    @Test func block881423IsFoundAgain() throws {
        let miner = try CoreMiner(CoreMiner.core(.block881423))
        #expect(try member("params", of: miner.handshake().dropFirst().first) as? [Int] == [1_000_000])
        #expect(miner.submit("user.worker", "j1", "220cf1ad", "679ac169", "ff05fb02", "0e596000") == [accepted])
        let share = try #require(miner.core.shares.last)
        #expect(share.isBlock)
        #expect(
            Hexadecimal.text(share.hash.reversed())
                == "0000000000000000000269d52c24ea451225613aab095d90d771d4e29aa96cdd")
        #expect(abs(share.difficulty / 1.166278411002973125e14 - 1) < 1e-12)
        #expect(miner.core.total.blocksFound == 1)
    }

    /// The recorded share with one thing wrong at a time.
    @Test(arguments: [
        (["user.worker", "875b4b7", "17000000", "685468d7", "7552034c"], RejectReason.lowDifficulty, 23),
        (["user.worker", "875b4b7", "17000000", "685468d7", "7552034d", "00b44000"], .lowDifficulty, 23),
        (["user.worker", "875b4b7", "18000000", "685468d7", "7552034c", "00b44000"], .lowDifficulty, 23),
        (["user.worker", "875b4b8", "17000000", "685468d7", "7552034c", "00b44000"], .unknownJob, 21),
        (["user.other", "875b4b7", "17000000", "685468d7", "7552034c", "00b44000"], .unauthorized, 24),
        (["user.worker", "875b4b7", "17000000", "685468d6", "7552034c", "00b44000"], .timeOutOfRange, 20),
        (["user.worker", "875b4b7", "17000000", "68548430", "7552034c", "00b44000"], .timeOutOfRange, 20),
        (["user.worker", "875b4b7", "17000000", "6854842f", "7552034c", "00b44000"], .lowDifficulty, 23),
        (["user.worker", "875b4b7", "17000000", "685468d7", "7552034c", "00b44001"], .versionBitsOutsideMask, 20),
        (["user.worker", "875b4b7", "17000000", "685468d7", "7552034c", "20b44000"], .versionBitsOutsideMask, 20),
        (["user.worker", "875b4b7", "170000", "685468d7", "7552034c", "00b44000"], .wrongExtranonce2Size, 20),
        (["user.worker", "875b4b7", "1700000000", "685468d7", "7552034c", "00b44000"], .wrongExtranonce2Size, 20),
        (["user.worker", "875b4b7", "1700000", "685468d7", "7552034c", "00b44000"], .malformed, 20),
        (["user.worker", "875b4b7", "17000000", "685468d7", "7552034", "00b44000"], .malformed, 20),
        (["user.worker", "875b4b7", "17000000", "0x685468", "7552034c", "00b44000"], .malformed, 20),
        (["user.worker", "875b4b7", "17000000", "685468d7", "7552034c", "b44000"], .malformed, 20),
        (["user.worker", "875b4b7", "17000000", "685468d7"], .malformed, 20),
        (["user.worker", "875b4b7", "17000000", "685468d7", "7552034c", "00b44000", "x"], .malformed, 20),
    ])
    func aShareWithOneFaultIsRefused(parameters: [String], reason: RejectReason, code: Int) throws {
        let miner = try recorded()
        let texts = parameters.map { "\"\($0)\"" }.joined(separator: ",")
        let reply = miner.send(#"{"id":11,"method":"mining.submit","params":["# + texts + "]}")
        #expect(reply == [#"{"id":11,"result":null,"error":[\#(code),"\#(reason.message)",null]}"#])
        #expect(try miner.rejected(reason) == 1)
        #expect(miner.core.total.rejectedTotal == 1)
        #expect(miner.core.shares.isEmpty)
    }

    @Test func parametersThatAreNoTextsAreMalformed() throws {
        let miner = try recorded()
        miner.send(#"{"id":11,"method":"mining.submit","params":["user.worker","875b4b7",17,1750362327,1,2]}"#)
        miner.send(#"{"id":11,"method":"mining.submit","params":{"job":"875b4b7"}}"#)
        miner.send(#"{"id":11,"method":"mining.submit"}"#)
        #expect(try miner.rejected(.malformed) == 3)
    }

    @Test func aShareCountsOnce() throws {
        let miner = try recorded()
        #expect(miner.submit("user.worker", "875b4b7", "17000000", "685468d7", "7552034c", "00b44000") == [accepted])
        #expect(
            miner.submit("user.worker", "875b4b7", "17000000", "685468d7", "7552034C", "00B44000")
                == [#"{"id":11,"result":null,"error":[22,"Duplicate share",null]}"#])
        #expect(miner.core.total.accepted == 1)
    }

    @Test func rolledVersionNeedsToHaveBeenAgreed() throws {
        let miner = try CoreMiner(CoreMiner.core())
        miner.send(#"{"id":2,"method":"mining.subscribe","params":["test/1.0"]}"#)
        miner.send(#"{"id":3,"method":"mining.authorize","params":["user.worker","x"]}"#)
        _ = miner.submit("user.worker", "875b4b7", "17000000", "685468d7", "7552034c", "00b44000")
        #expect(try miner.rejected(.versionBitsOutsideMask) == 1)
    }

    @Test func submittingComesAfterSubscribingAndAuthorizing() throws {
        let miner = try CoreMiner(CoreMiner.core())
        _ = miner.submit("user.worker", "875b4b7", "17000000", "685468d7", "7552034c")
        #expect(try miner.rejected(.notSubscribed) == 1)
        miner.send(#"{"id":2,"method":"mining.subscribe","params":["test/1.0"]}"#)
        _ = miner.submit("user.worker", "875b4b7", "17000000", "685468d7", "7552034c")
        #expect(try miner.rejected(.unauthorized) == 1)
    }

    @Test func aNewBlockMakesJobsStaleAndANewJobDoesNot() throws {
        let core = try CoreMiner.core(.synthetic(SyntheticChain())) { $0.difficulty = .fixed(anything) }
        let miner = try CoreMiner(core)
        miner.handshake()
        let time = Hexadecimal.text(UInt32(1_750_000_000))
        core.announceNewJob(newBlock: false, now: CoreMiner.start)
        #expect((try member("params", of: miner.received().last) as? [Any])?.last as? Bool == false)
        #expect(miner.submit("user.worker", "1", "00000000", time, "00000000") == [accepted])
        core.announceNewJob(newBlock: true, now: CoreMiner.start)
        #expect((try member("params", of: miner.received().last) as? [Any])?.last as? Bool == true)
        #expect(
            miner.submit("user.worker", "1", "00000001", time, "00000000")
                == [#"{"id":11,"result":null,"error":[21,"Stale job",null]}"#])
        #expect(miner.submit("user.worker", "3", "00000001", time, "00000000") == [accepted])
        #expect(try miner.rejected(.staleJob) == 1)
    }

    @Test func jobsComeAtTheirIntervals() throws {
        let core = try CoreMiner.core(.synthetic(SyntheticChain())) {
            $0.notifyInterval = .seconds(10)
            $0.cleanInterval = .seconds(25)
        }
        let miner = try CoreMiner(core)
        miner.handshake()
        var seen: [String] = []
        for second in 1...60 {
            let now = CoreMiner.start + .seconds(second)
            core.tick(now: now)
            for line in miner.received(at: now) {
                let parameters = try #require(try member("params", of: line) as? [Any])
                #expect(parameters[7] as? String == Hexadecimal.text(1_750_000_000 + UInt32(second)))
                seen.append("\(second)\(parameters.last as? Bool == true ? "!" : "")")
            }
        }
        #expect(seen == ["10", "20", "25!", "35", "45", "50!", "60"])
    }

    @Test func aBlockOnAnEasyChainStartsTheNext() throws {
        var chain = SyntheticChain()
        chain.networkBits = 0x207F_FFFF
        let core = try CoreMiner.core(.synthetic(chain)) { $0.difficulty = .fixed(anything) }
        let miner = try CoreMiner(core)
        miner.handshake()
        let time = Hexadecimal.text(UInt32(1_750_000_000))
        for nonce in 0..<64 where core.total.blocksFound == 0 {
            let reply = miner.submit("user.worker", "1", "00000000", time, Hexadecimal.text(UInt32(nonce)))
            #expect(reply.first == accepted)
            #expect(reply.count == (core.total.blocksFound == 0 ? 1 : 2))
        }
        // Half of all hashes are blocks here.
        #expect(core.total.blocksFound == 1)
        #expect(core.shares.last?.isBlock == true)
    }

    @Test func memoryForSharesIsBounded() throws {
        let core = try CoreMiner.core(.synthetic(SyntheticChain())) {
            $0.difficulty = .fixed(anything)
            $0.rememberedShares = 10
        }
        let miner = try CoreMiner(core)
        miner.handshake()
        for nonce in 0..<200 {
            _ = miner.submit(
                "user.worker", "1", "00000000", Hexadecimal.text(UInt32(1_750_000_000)), Hexadecimal.text(UInt32(nonce))
            )
        }
        #expect(core.total.accepted == 200)
        #expect((10..<128).contains(core.shares.count))
        #expect(core.shares.last?.header.suffix(4) == [199, 0, 0, 0])
    }

    @Test func hashRateIsEstimatedFromTheWorkOfShares() throws {
        let miner = try recorded()
        _ = miner.submit("user.worker", "875b4b7", "17000000", "685468d7", "7552034c", "00b44000")
        let statistics = miner.core.statistics(now: CoreMiner.start + .seconds(10))
        // Difficulty 8192 in 10 s; difficulty 1 is 2^256 / (0xFFFF · 2^208) = 4 295 032 833 hashes.
        #expect(abs(statistics.hashesPerSecond / (8192 * 4_295_032_833.000015 / 10) - 1) < 1e-12)
    }
}
