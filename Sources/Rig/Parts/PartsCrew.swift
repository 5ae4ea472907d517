import Base
import Buses
import Peripherals

/// Attends to everything on one rig's slow buses: sensors, fans, supplies, meters, memories.
///
/// Belongs to one thread, since its buses block. A part is believed once it has identified itself; one that fails is looked for
/// again, ever more seldom, and keeps no other waiting. What the board file names and nobody has verified or confirmed is not
/// touched.
public final class PartsCrew {
    /// News that wait to be taken; beyond that only the newest are kept.
    static let newsLimit = 4096

    private var stations: [any Station] = []
    private var fans: [(index: Int, station: FanStation)] = []
    private var supplies: [(index: Int, station: SupplyStation)] = []
    private var plugs: [(chain: String, station: PlugStation)] = []
    private let breakers: [BusBreaker]
    private var news: [PartNews] = []

    /// Opens what the board names; what cannot be opened is told as lost.
    public init(_ board: Board, clearance: Clearance, hardware: any PartsHardware) {
        var maker = StationMaker(board, clearance: clearance, hardware: hardware)
        maker.makeAll()
        stations = maker.stations
        fans = maker.fans
        supplies = maker.supplies
        plugs = maker.plugs
        breakers = maker.buses.map { $0.breaker }
        news = maker.news
        news.reserveCapacity(256)
    }

    /// When `step` is due.
    public var wakeAt: Instant {
        var earliest = Instant(nanoseconds: .max)
        for station in stations { earliest = min(earliest, station.wakeAt) }
        return earliest
    }

    /// Does what is due.
    public func step(now: Instant) {
        for breaker in breakers { breaker.now = now }
        for station in stations where station.wakeAt <= now {
            if isAbsent(station.chain) {
                station.rest(now: now, into: &news)
            } else {
                station.step(now: now, into: &news)
            }
        }
        if news.count > Self.newsLimit { news.removeFirst(news.count - Self.newsLimit) }
    }

    /// Asks for the duty of a fan, by its place in the board file.
    public func setDuty(_ duty: DutyCycle, fan: Int, now: Instant) {
        for (index, station) in fans where index == fan { station.set(duty, now: now) }
    }

    /// Orders a supply, by its place in the board file. Off drops its line before this returns.
    public func supply(_ supply: Int, _ order: SupplyOrder, now: Instant) {
        for breaker in breakers { breaker.now = now }
        for (index, station) in supplies where index == supply { station.order(order, now: now, into: &news) }
    }

    /// What a supply is doing; nil for one that is not attended to.
    public func state(ofSupply supply: Int) -> SupplyState? {
        supplies.first { $0.index == supply }?.station.state
    }

    /// Hands over what happened since the last call, oldest first.
    public func takeNews() -> [PartNews] {
        defer { news.removeAll(keepingCapacity: true) }
        return news
    }

    /// Whether the board of a chain is known not to be in its slot. An empty slot is not talked to: a missing acknowledge can
    /// wedge a bus that all slots share.
    private func isAbsent(_ chain: String?) -> Bool {
        guard let chain else { return false }
        for (name, plug) in plugs where name == chain { return !plug.isPlugged }
        return false
    }
}
