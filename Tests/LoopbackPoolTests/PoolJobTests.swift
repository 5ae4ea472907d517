import Testing

@testable import LoopbackPool

@Suite struct PoolJobTests {
    @Test(arguments: [Vectors.twelveBranches, Vectors.fiveBranches, Vectors.pooledShare])
    func coinbaseAndBranchesGiveTheMerkleRoot(vector: Vectors.Merkle) throws {
        let header = try job(vector).header(
            extranonce: try bytes(vector.extranonce), version: 0, time: 0, nonce: 0)
        #expect(header.count == 80)
        #expect(Hexadecimal.text(header[36..<68]) == vector.root)
    }

    @Test func headerIsLaidOutAsOnTheChain() throws {
        var job = try job(Vectors.pooledShare)
        job.previousHash = PoolJob.reversingEachWord(try bytes(Vectors.pooledSharePrevious))
        job.bits = 0x1705_AE3A
        let header = job.header(
            extranonce: try bytes(Vectors.pooledShare.extranonce), version: 0x2000_0004, time: 0x6470_25B5,
            nonce: 0x0A02_9ED1)
        #expect(Hexadecimal.text(header) == Vectors.pooledShareHeader)
        let hash = Number256(littleEndian: TextbookSHA256.doubleHash(header))
        #expect(hash.hexadecimal == Vectors.pooledShareHash)
        #expect(abs(ShareDifficulty.met(by: hash) - 683.5109367) < 1e-6)
    }

    @Test func recordedJobsAreSentAsRecorded() {
        let parameters = RecordedSession.publicPool.job(sequence: 1).notifyParameters(clean: false)
        #expect(parameters.count == 9)
        #expect(parameters[0] == #""875b4b7""#)
        #expect(parameters[1] == #""6b6455fd6db962c101f2d4fc0d67f4a3bc96391d000152960000000000000000""#)
        #expect(parameters[4].hasPrefix(#"["21af451ddb51e887ff1feb5592b87290098565035eb8500031aedcc776d4e72a","#))
        #expect(parameters[5...] == [#""20000000""#, #""17023a04""#, #""685468d7""#, "false"])
    }

    @Test func laterJobsOfARecordingAreOtherWork() {
        let first = RecordedSession.block881423.job(sequence: 1)
        let later = RecordedSession.block881423.job(sequence: 7)
        #expect(first.id == "j1" && later.id == "j1-7")
        #expect(first.isClean && !later.isClean)
        #expect(first.coinbaseSuffix.dropLast(4) == later.coinbaseSuffix.dropLast(4))
        #expect(later.coinbaseSuffix.suffix(4) == [7, 0, 0, 0])
    }

    @Test(arguments: [0, 1, 12, 24])
    func syntheticJobsAreShapedLikeRealOnes(branchCount: Int) throws {
        var chain = SyntheticChain()
        chain.branchCount = branchCount
        let source = JobSource.synthetic(chain)
        let job = source.job(sequence: 0x0102, block: 1, scriptReserve: 12, time: 1_750_000_000, isClean: true)
        #expect(job.branches.count == branchCount)
        #expect(job.previousHash.count == 32 && job.previousHash.suffix(8).allSatisfy { $0 == 0 })
        // The script's length byte counts what follows in the prefix, and the extranonces.
        #expect(Int(job.coinbasePrefix[41]) == job.coinbasePrefix.count - 42 + 12)
        #expect((2...100).contains(job.coinbasePrefix[41]))
        // BIP 34 height 900001.
        #expect(job.coinbasePrefix[42..<46] == [3, 0xA1, 0xBB, 0x0D])
        let next = source.job(sequence: 0x0103, block: 1, scriptReserve: 12, time: 1_750_000_030, isClean: false)
        #expect(next.previousHash == job.previousHash && next.coinbasePrefix != job.coinbasePrefix)
        let nextBlock = source.job(sequence: 0x0104, block: 2, scriptReserve: 12, time: 1_750_000_060, isClean: true)
        #expect(nextBlock.previousHash != job.previousHash)
    }

    private func bytes(_ text: String) throws -> [UInt8] {
        try #require(Hexadecimal.bytes(text))
    }

    private func job(_ vector: Vectors.Merkle) throws -> PoolJob {
        PoolJob(
            id: "v", previousHash: [UInt8](repeating: 0, count: 32), coinbasePrefix: try bytes(vector.coinbasePrefix),
            coinbaseSuffix: try bytes(vector.coinbaseSuffix), branches: try vector.branches.map(bytes), version: 0,
            bits: 0, time: 0, isClean: false)
    }
}
