import Base
import Platform
import Rig
import Synchronization

/// What the thread of the slow parts is told.
enum PartsOrder: Sendable {
    case duty(fan: Int, Base.DutyCycle)
    case supply(Int, SupplyOrder)
    /// End the thread; everything stays as it is.
    case end
}

/// The thread that owns the slow buses: sensors, fans, supplies. Its buses block; nobody else waits for them.
final class PartsThread: Sendable {
    /// Orders and news that may wait.
    static let orderCapacity = 256
    static let newsCapacity = 4096
    /// Longest sleep: bounds the wait of an order that found the mailbox broken, and proves that the thread is alive.
    private static let longestSleep = Duration.milliseconds(500)

    let orders: Mailbox<PartsOrder>
    let news: Mailbox<PartNews>
    /// Counts the turns of the thread: whoever feeds the watchdog looks whether it moves.
    private let progress = Atomic<UInt64>(0)
    /// News that found no room. The newest readings come again within a second; what is lost is lost once.
    let lost = Atomic<UInt64>(0)
    private let make: @Sendable () -> PartsCrew

    /// - Parameter make: builds the crew, on the thread that it then belongs to.
    init(make: @escaping @Sendable () -> PartsCrew) throws(SystemError) {
        self.make = make
        orders = try Mailbox(capacity: Self.orderCapacity)
        news = try Mailbox(capacity: Self.newsCapacity)
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
                guard obey(order, crew) else { return }
            }
            let now = Clock.now
            crew.step(now: now)
            for item in crew.takeNews() where !news.post(item) { lost.add(1, ordering: .relaxed) }
            do throws(SystemError) {
                let wake = min(crew.wakeAt, now + Self.longestSleep)
                if let order = try orders.take(until: wake), !obey(order, crew) { return }
            } catch {
                // Nobody can tell the thread anything any more: its silence takes the boards' supplies away.
                return
            }
        }
    }

    /// False: the thread is to end.
    private func obey(_ order: PartsOrder, _ crew: PartsCrew) -> Bool {
        switch order {
        case .duty(let fan, let duty): crew.setDuty(duty, fan: fan, now: Clock.now)
        case .supply(let supply, let order): crew.supply(supply, order, now: Clock.now)
        case .end: return false
        }
        return true
    }
}
