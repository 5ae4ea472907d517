import ASIC
import Base
import Buses
import Mining
import Rig
import Twin

/// A hash board of the agent's on simulated chips, the loopback pool's rules behind it, in simulated time.
final class MiningBench {
    let clock: ManualClock
    let board: any HashBoard
    let pool: PoolDesk
    /// Versions of a header in one piece of work.
    let versionsPerPiece: UInt64
    /// Whether boards that ask for work are given any.
    var givesWork = true
    private(set) var events: [ChainEvent] = []
    private(set) var faults: [BusFault] = []
    private(set) var found = 0
    private(set) var hardwareErrors = 0
    private(set) var duplicates = 0
    /// Valid finds by chip, for those that tell it.
    private(set) var validByChip: [Int: Int] = [:]
    private(set) var validWithoutChip = 0
    private(set) var valid = 0
    private var check: ShareCheck
    private var pieces: [UInt64: Work] = [:]
    private var nextID: UInt64 = 1

    /// - Parameter poolZeroBits: zero bits of a share's hash.
    init(clock: ManualClock, board: any HashBoard, versionsPerPiece: UInt64, poolZeroBits: Int) throws {
        self.clock = clock
        self.board = board
        self.versionsPerPiece = versionsPerPiece
        pool = try PoolDesk(zeroBits: poolZeroBits, now: clock.now)
        check = ShareCheck(shareTarget: pool.shareTarget, memory: 4096)
    }

    var now: Instant { clock.now }
    var status: BoardStatus { board.status(now: clock.now) }
    /// Work that has been handed out, by its number.
    func work(_ id: UInt64) -> Work? { pieces[id] }

    func start() throws {
        board.start(now: clock.now)
        try assign(1)
        try takeReports()
    }

    private func assign(_ count: Int) throws {
        for _ in 0..<count {
            let work = try pool.work(versions: versionsPerPiece, now: clock.now)
            pieces[nextID] = work
            board.assign(work, id: nextID, isClean: false, now: clock.now)
            pieces[nextID &- 2048] = nil
            nextID += 1
        }
    }

    /// Lets time pass until `condition`; false when that did not come within `limit`.
    @discardableResult
    func run(for limit: Duration, until condition: () -> Bool = { false }) throws -> Bool {
        let end = clock.now + limit
        while clock.now < end {
            if condition() { return true }
            // As a board's thread does: when the board wants, but look at the port now and then.
            var next = board.wakeAt ?? end
            if let interval = board.pollInterval { next = min(next, clock.now + max(interval, .milliseconds(5))) }
            clock.advance(by: max(min(next, end) - clock.now, .zero))
            board.step(now: clock.now)
            try takeReports()
            // A board that wants to be called again at once has nonetheless taken a little time.
            if next <= clock.now { clock.advance(by: .microseconds(20)) }
        }
        return condition()
    }

    /// Brings the board up; false when that takes more than five minutes.
    func bringUp() throws -> Bool {
        try start()
        return try run(for: .seconds(300)) { status.stage == .hashing }
    }

    private func takeReports() throws {
        for report in board.takeReports() {
            switch report {
            case .found(let nonce): judge(nonce)
            case .needsWork(let count): if givesWork { try assign(count) }
            case .event(let event): events.append(event)
            case .clockRefused, .leaseExpired: break
            case .fault(let fault, _): faults.append(fault)
            }
        }
    }

    private func judge(_ nonce: FoundNonce) {
        found += 1
        guard let work = pieces[nonce.workID] else { return }
        let verdict = check.check(nonce.solution, of: work, ticket: nonce.ticket)
        switch verdict {
        case .hardwareError:
            hardwareErrors += 1
            board.record(nonce, isValid: false, now: clock.now)
            return
        case .share(let share), .block(let share): pool.submit(share, now: clock.now)
        case .duplicate: duplicates += 1
        case .belowPool: break
        }
        board.record(nonce, isValid: true, now: clock.now)
        valid += 1
        if let chip = nonce.chip { validByChip[chip, default: 0] += 1 } else { validWithoutChip += 1 }
    }
}
