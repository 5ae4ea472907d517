import Base
import Mining
import Rig
import SHA256
import Testing

@testable import Stratum

@Suite struct WorkDistributorTests {
    static func bytes(_ hex: String) -> [UInt8] { Hex.decode(hex.utf8)! }

    /// The pool job that led to block 881423; extranonce2 220cf1ad, version 2e596000 and nonce ff05fb02 solve it.
    static let job = JobTemplate(
        id: Array("j1".utf8),
        previousHash: Digest(
            bytes: Hex.decode("e3c96a8a70ca15fe215e99f84ab64c43e1b5d2c43b540100".utf8)!
                + [UInt8](repeating: 0, count: 8))!,
        coinbasePrefix: bytes("0100000001"), coinbaseSuffix: bytes("00000000"), merkleBranches: [],
        version: 0x2000_0000, bits: 0x1d00_ffff, time: 0x679a_c169, isClean: true)

    struct NoShare: Error {}

    func distributor(difficulty: Difficulty = Difficulty(significand: 1, exponent: -6)!) throws -> WorkDistributor {
        var distributor = WorkDistributor(recordLimit: 16)
        try adopt(&distributor, Self.job, difficulty)
        return distributor
    }

    func adopt(_ distributor: inout WorkDistributor, _ job: JobTemplate, _ difficulty: Difficulty) throws {
        try distributor.adopt(
            Assignment(
                generation: 1, job: job, extranonce: Extranonce(prefix: [1, 2, 3, 4], size: 4), difficulty: difficulty,
                versionMask: nil), now: Instant(nanoseconds: 0))
    }

    func draw(_ distributor: inout WorkDistributor) throws -> WorkDistributor.Piece {
        let assignment = distributor.drawHeader(now: Instant(nanoseconds: 0))
        return try #require(assignment)
    }

    /// Searches the work for its first share the plain way.
    func solve(_ piece: WorkDistributor.Piece) throws -> UInt32 {
        for nonce in UInt32(0)..<1_000_000 {
            let solution = Solution(nonce: nonce, versionBits: 0)
            if UInt256(piece.work.header(for: solution).hash) <= piece.work.searchTarget { return nonce }
        }
        throw NoShare()
    }

    @Test func dealsOutDifferentHeadersAndNumbersThem() throws {
        var distributor = try distributor()
        var headers: Set<BlockHeader> = []
        for id in 1...10 {
            let piece = try draw(&distributor)
            #expect(piece.id == UInt64(id))
            headers.insert(piece.work.header)
        }
        #expect(headers.count == 10)
    }

    @Test func judgesByHashingAndRefusesTheSecondTime() throws {
        var distributor = try distributor()
        let piece = try draw(&distributor)
        let nonce = try solve(piece)
        guard case .judged(.share(let share)) = distributor.judge(nonce, workID: piece.id) else {
            Issue.record("not taken as a share")
            return
        }
        #expect(share.nonce == nonce)
        guard case .judged(.duplicate) = distributor.judge(nonce, workID: piece.id) else {
            Issue.record("taken twice")
            return
        }
        guard
            case .judged(.hardwareError) = distributor.judge(
                nonce &+ 1, workID: piece.id)
        else {
            Issue.record("a wrong nonce was believed")
            return
        }
    }

    @Test func forgetsWorkOfJobsThatBecameWorthless() throws {
        var distributor = try distributor()
        let old = try draw(&distributor)
        let nonce = try solve(old)
        var following = Self.job
        following.id = Array("j2".utf8)
        following.isClean = false
        try adopt(&distributor, following, Difficulty(significand: 1, exponent: -6)!)
        guard case .judged(.share) = distributor.judge(nonce, workID: old.id) else {
            Issue.record("a job that is not clean leaves earlier ones valid")
            return
        }
        following.isClean = true
        try adopt(&distributor, following, Difficulty(significand: 1, exponent: -6)!)
        guard case .stale = distributor.judge(nonce, workID: old.id) else {
            Issue.record("a clean job makes earlier ones worthless")
            return
        }
        guard case .stale = distributor.judge(nonce, workID: 999) else {
            Issue.record("unknown work")
            return
        }
    }

    @Test func theSameContentAgainGoesOnWhereItStopped() throws {
        var distributor = try distributor()
        var headers: Set<[UInt8]> = []
        for difficulty in [1, 2, 4] as [UInt64] {
            var again = Self.job
            again.id = Array("again \(difficulty)".utf8)
            again.isClean = false
            try adopt(&distributor, again, Difficulty(difficulty)!)
            for _ in 0..<5 {
                let piece = try draw(&distributor)
                #expect(headers.insert(Array(piece.work.header.bytes)).inserted)
            }
        }
    }

    @Test func anUnfitJobLeavesTheOneBeforeInForce() throws {
        var distributor = try distributor()
        var unfit = Self.job
        unfit.bits = 0
        #expect(throws: WorkTemplateError.self) { try adopt(&distributor, unfit, Difficulty(1)!) }
        _ = try draw(&distributor)
        distributor.dropJob()
        let afterwards = distributor.drawHeader(now: Instant(nanoseconds: 0))
        #expect(afterwards?.id == nil)
    }
}

@Suite struct CPUChainTests {
    @Test func givesEveryoneAHeaderBeforeAnyoneGetsASecond() throws {
        var distributor = WorkDistributor()
        try WorkDistributorTests().adopt(&distributor, WorkDistributorTests.job, Difficulty(1)!)
        let orders = CPUChain(workerCount: 3).begin(
            &distributor, causedAt: Instant(nanoseconds: 7), now: Instant(nanoseconds: 9))
        #expect(orders.map(\.worker) == [0, 1, 2, 0, 1, 2])
        for (index, dispatch) in orders.enumerated() {
            switch dispatch.order {
            case .replace(let task) where index < 3: #expect(task.causedAt == Instant(nanoseconds: 7))
            case .append where index >= 3: break
            default: Issue.record("order \(index) is of the wrong kind")
            }
        }
    }
}
