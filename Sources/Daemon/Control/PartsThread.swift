import Base
import Platform
import Rig
import Synchronization

/// What the parts crew is told.
enum PartsOrder: Sendable {
    case duty(fan: Int, Base.DutyCycle)
    case supply(Int, SupplyOrder)
    /// Switch all supplies off and end the thread; fans stay as they are.
    case end
}

/// The thread of the parts crew. Its buses block; nobody else waits for them.
final class PartsThread: Sendable {
    /// The longest sleep: bounds the wait of an order that found the mailbox broken, and proves that the thread is alive.
    private static let longestSleep = Duration.milliseconds(500)
    /// How long the supplies may take to go off when the thread ends.
    private static let farewell = Duration.seconds(2)

    let orders: Mailbox<PartsOrder>
    let news: Mailbox<PartNews>
    /// Counts the turns of the thread: whoever feeds the watchdog looks whether it moves.
    private let progress = Atomic<UInt64>(0)
    private let supplyCount: Int
    private let make: @Sendable () -> PartsCrew

    /// - Parameters:
    ///   - supplyCount: of the board file.
    ///   - make: builds the crew, on the thread that it then belongs to.
    init(supplyCount: Int, make: @escaping @Sendable () -> PartsCrew) throws(SystemError) {
        orders = try Mailbox(capacity: 256)
        news = try Mailbox(capacity: 4096)
        self.supplyCount = supplyCount
        self.make = make
    }

    /// How many turns the thread has made.
    var turns: UInt64 { progress.load(ordering: .relaxed) }

    /// Starts the thread; it ends after `PartsOrder.end`.
    func start() throws(SystemError) -> Platform.Thread {
        try Platform.Thread(Platform.Thread.Attributes(name: "parts")) { [self] in run() }
    }

    private func run() {
        let crew = make()
        while true {
            progress.add(1, ordering: .relaxed)
            while let order = orders.take() {
                guard obey(order, crew) else { return end(crew) }
            }
            attend(crew)
            let wake = min(crew.wakeAt, Clock.now + Self.longestSleep)
            do throws(SystemError) {
                if let order = try orders.take(until: wake), !obey(order, crew) { return end(crew) }
            } catch {
                // Nobody can tell the crew anything any more: nothing may stay on.
                return end(crew)
            }
        }
    }

    private func attend(_ crew: PartsCrew) {
        crew.step(now: Clock.now)
        // What finds no room is lost: values come again with the next round, and a supervisor that takes no news for so long
        // has its watchdog to answer to.
        for item in crew.takeNews() { _ = news.post(item) }
    }

    /// False: the thread is to end.
    private func obey(_ order: PartsOrder, _ crew: PartsCrew) -> Bool {
        let now = Clock.now
        switch order {
        case .duty(let fan, let duty): crew.setDuty(duty, fan: fan, now: now)
        case .supply(let index, let order): crew.supply(index, order, now: now)
        case .end: return false
        }
        return true
    }

    private func end(_ crew: PartsCrew) {
        for index in 0..<supplyCount { crew.supply(index, .off, now: Clock.now) }
        let limit = Clock.now + Self.farewell
        while Clock.now < limit {
            attend(crew)
            let isOn = (0..<supplyCount).contains { crew.state(ofSupply: $0) == .switchingOff }
            if !isOn { return }
            Platform.Thread.sleep(.milliseconds(20))
        }
    }
}
