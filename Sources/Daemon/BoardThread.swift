import Base
import Buses
import Platform
import Rig
import Synchronization

/// What hash boards tell the daemon; the number is the board's place in the board file.
enum BoardNews: Sendable {
    case report(Int, BoardReport)
    case status(Int, BoardStatus)
}

/// A hash board that is to have a thread of its own.
struct BoardMaker: Sendable {
    /// What the supervisor must know of it.
    let profile: BoardProfile
    /// Its place among the board file's hash boards.
    let chain: Int
    /// Its reset and enable lines, which the supervisor's thread and its own both drive.
    let lines: BoardLines
    /// Builds it, on the thread that it then belongs to.
    let make: @Sendable () -> any HashBoard
}

/// The thread of one hash board. Its buses block; nobody else waits for them.
final class BoardThread: Sendable {
    /// How often the board's status is told.
    private static let statusInterval = Duration.seconds(1)
    /// The longest sleep: bounds the wait of an order that found the mailbox broken, and proves that the thread is alive.
    private static let longestSleep = Duration.seconds(1)

    let orders: Mailbox<BoardOrder>
    /// Counts the turns of the thread: whoever feeds the watchdog looks whether it moves.
    let progress = Atomic<UInt64>(0)
    let lines: BoardLines
    private let index: Int
    private let news: Mailbox<BoardNews>
    private let make: @Sendable () -> any HashBoard

    /// - Parameter news: where reports go; shared by all boards.
    init(index: Int, news: Mailbox<BoardNews>, maker: BoardMaker) throws(SystemError) {
        self.index = index
        self.news = news
        lines = maker.lines
        make = maker.make
        // Room for the work that a chain of 64 chips with two pieces each asks for at once.
        orders = try Mailbox(capacity: 256)
    }

    /// Starts the thread; it ends, with the chips in reset, after `BoardOrder.end`.
    func start() throws(SystemError) -> Platform.Thread {
        try Platform.Thread(Platform.Thread.Attributes(name: "board")) { [self] in run() }
    }

    private func run() {
        let board = make()
        var nextStatus = Clock.now
        while true {
            progress.add(1, ordering: .relaxed)
            while let order = orders.take() {
                guard obey(order, board) else { return }
            }
            let now = Clock.now
            expireLease(now)
            board.step(now: now)
            for report in board.takeReports() { deliver(.report(index, report)) }
            if nextStatus <= now {
                nextStatus = now + Self.statusInterval
                deliver(.status(index, board.status(now: now)))
            }
            var wake = min(nextStatus, now + Self.longestSleep)
            if let due = board.wakeAt { wake = min(wake, due) }
            if let interval = board.pollInterval { wake = min(wake, now + interval) }
            if let expiry = lines.expiry { wake = min(wake, expiry) }
            do throws(SystemError) {
                if let order = try orders.take(until: wake), !obey(order, board) { return }
            } catch {
                // Nobody can tell the board anything any more: it must not go on.
                board.stop(now: Clock.now)
                return
            }
        }
    }

    /// A supervisor that hangs does not renew the board's enable line: then this thread takes the load off.
    private func expireLease(_ now: Instant) {
        do throws(BusFault) {
            guard try lines.expire(now: now) else { return }
            deliver(.report(index, .leaseExpired))
        } catch {
            deliver(.report(index, .fault(error, nil)))
        }
    }

    /// False: the thread is to end.
    private func obey(_ order: BoardOrder, _ board: any HashBoard) -> Bool {
        let now = Clock.now
        switch order {
        case .start: board.start(now: now)
        case .stop: board.stop(now: now)
        case .setFrequency(let frequency): board.setFrequency(frequency, now: now)
        case .assign(let work, let id, let isClean): board.assign(work, id: id, isClean: isClean, now: now)
        case .record(let found, let isValid): board.record(found, isValid: isValid, now: now)
        case .end:
            board.stop(now: now)
            for report in board.takeReports() { deliver(.report(index, report)) }
            deliver(.status(index, board.status(now: now)))
            return false
        }
        return true
    }

    /// Hands over news, waiting while the supervisor's mailbox is full: a find is never dropped.
    private func deliver(_ item: BoardNews) {
        // A daemon that is ending takes no more news; the bound keeps its farewell from waiting for ever.
        for _ in 0..<2000 {
            if news.post(item) { return }
            Platform.Thread.sleep(.milliseconds(1))
        }
    }
}
