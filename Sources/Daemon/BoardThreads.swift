import Platform
import Rig
import Synchronization

/// The threads of all hash boards, and the orders that wait for them.
final class BoardThreads {
    /// News that may wait for the supervisor.
    static let newsCapacity = 1024
    /// Orders that may wait for a board that is slow to take them; work beyond is dropped, which costs nothing but numbers.
    static let waitingLimit = 512

    let news: Mailbox<BoardNews>
    private let boards: [BoardThread]
    private var handles: [JoinableThread] = []
    private var waiting: [[BoardOrder]]
    private(set) var statuses: [BoardStatus]

    /// Starts a thread for each board; they wait for orders.
    init(_ makers: [BoardMaker]) throws(SystemError) {
        let news = try Mailbox<BoardNews>(capacity: Self.newsCapacity)
        self.news = news
        var boards: [BoardThread] = []
        for (index, maker) in makers.enumerated() {
            boards.append(try BoardThread(index: index, news: news, maker: maker))
        }
        self.boards = boards
        waiting = Array(repeating: [], count: boards.count)
        statuses = Array(repeating: BoardStatus(), count: boards.count)
        for board in boards { handles.append(JoinableThread(try board.start())) }
    }

    var isEmpty: Bool { boards.isEmpty }
    var count: Int { boards.count }

    /// How many turns a board's thread has made.
    func progress(ofBoard index: Int) -> UInt64 { boards[index].progress.load(ordering: .relaxed) }

    /// The lines of a board, which any thread may drive.
    func lines(ofBoard index: Int) -> BoardLines { boards[index].lines }

    /// True while some board has not got all its orders.
    var hasWaiting: Bool { waiting.contains { !$0.isEmpty } }

    func note(_ status: BoardStatus, ofBoard index: Int) {
        if statuses.indices.contains(index) { statuses[index] = status }
    }

    func give(_ order: BoardOrder, to index: Int) {
        guard boards.indices.contains(index) else { return }
        switch order {
        case .stop, .end: waiting[index] = [order]
        case .assign(_, _, isClean: true):
            // Earlier work is worthless now.
            waiting[index].removeAll { if case .assign = $0 { true } else { false } }
            waiting[index].append(order)
        case .setFrequency:
            // The newest clock is the only one that counts.
            waiting[index].removeAll { if case .setFrequency = $0 { true } else { false } }
            waiting[index].append(order)
        case .start, .assign, .record:
            guard waiting[index].count < Self.waitingLimit else { return }
            waiting[index].append(order)
        }
        deliver(to: index)
    }

    /// Tries again to hand over what waits.
    func deliver() {
        for index in boards.indices { deliver(to: index) }
    }

    /// Puts all chips in reset and waits for the threads.
    /// - Parameter takeNews: called now and then, so that no board waits for room for its last finds.
    func stop(_ takeNews: () -> Void) throws(SystemError) {
        for index in boards.indices { give(.end, to: index) }
        while hasWaiting {
            takeNews()
            Platform.Thread.sleep(.milliseconds(1))
            deliver()
        }
        for handle in handles { try handle.join() }
        handles = []
        takeNews()
    }

    private func deliver(to index: Int) {
        while let order = waiting[index].first, boards[index].orders.post(order) { waiting[index].removeFirst() }
    }
}

/// Keeps a thread that can be waited for in an array.
final class JoinableThread {
    private var thread: Platform.Thread?

    init(_ thread: consuming Platform.Thread) {
        self.thread = consume thread
    }

    /// Waits for the thread's end; at once the second time.
    func join() throws(SystemError) {
        guard let thread = thread.take() else { return }
        try thread.join()
    }
}
