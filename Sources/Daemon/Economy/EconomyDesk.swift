import Base
import Buses
import Platform
import Rig

/// What power costs and earns, on the supervisor's thread, once a second: the hours of the day, prices, a surplus meter, and
/// the accounts.
final class EconomyDesk {
    /// Between two looks at the file of prices.
    private static let pricesInterval = Duration.seconds(60)
    private static let ledgerName = "energy.json"
    /// Largest file of prices.
    private static let priceFileLimit = 65_536

    private let configuration: PowerConfiguration
    private let control: ControlDesk
    private let state: StateDirectory?
    private let priceFile: String?
    private let meter: FeedPort<ExportFeed>?
    private var surplus: SurplusFollower?
    /// The newest reading of the surplus meter; nil before the first.
    private var export: Reading<Milliwatts>?
    private var prices = PriceTable()
    private var priceComplaint: String?
    private var nextPrices: Instant
    private var nextSchedule: Instant
    private(set) var ledger = EnergyLedger()
    private var bookedWork = 0.0
    /// Earned, and not yet a whole thousandth of a satoshi.
    private var remainder = 0.0
    private var events: [Event] = []

    /// - Parameter path: the configuration's, for the names of files in it.
    init(
        _ configuration: PowerConfiguration, beside path: String?, control: ControlDesk, state: StateDirectory?,
        now: Instant
    ) throws(SystemError) {
        self.configuration = configuration
        self.control = control
        self.state = state
        priceFile = configuration.priceFile.map { GridSetup.path($0, beside: path) }
        nextPrices = now
        nextSchedule = now
        if let settings = configuration.surplus {
            surplus = SurplusFollower(settings, rig: control.loop.arbiter.settings)
            meter = try FeedPort(port: configuration.surplusPort, name: "the exported power")
        } else {
            meter = nil
        }
        if configuration.surplus?.mode == .only {
            // Nothing is left over before the meter has said so.
            control.claim(.claim(PowerClaim(PowerClaim.Key(.surplus), .off, start: now)), now: now)
        }
        let (known, complaint) = state?.read(Self.ledgerName, EnergyLedger.read) ?? (nil, nil)
        if let known { ledger = known }
        if let complaint { events.append(Event(.error, "state", complaint)) }
    }

    /// The port that the surplus meter's readings are taken at.
    var surplusPort: UInt16? { meter?.port }

    /// What there is to say since the last call.
    func takeEvents() -> [Event] {
        defer { events.removeAll(keepingCapacity: true) }
        return events
    }

    /// The look at everything, once a second.
    /// - Parameters:
    ///   - unixSeconds: nil while the clock has not been set.
    ///   - acceptedWork: the difficulties that pools have credited so far.
    func tick(unixSeconds: Int64?, acceptedWork: Double, now: Instant) {
        readPrices(now)
        followSchedule(unixSeconds, now)
        followSurplus(now)
        book(unixSeconds, acceptedWork, now)
    }

    // MARK: Prices and hours

    private func readPrices(_ now: Instant) {
        guard let priceFile, nextPrices <= now else { return }
        nextPrices = now + Self.pricesInterval
        let complaint: String?
        do throws(RunPlan.Refusal) {
            prices = try RunPlan.read(priceFile) { (bytes) throws(DocumentError) in
                try PriceTable.read(file: priceFile, bytes: bytes)
            }
            complaint = nil
            nextSchedule = now
        } catch {
            complaint = error.message
        }
        if let complaint, complaint != priceComplaint {
            events.append(Event(.error, "power", "prices stay as they were known: \(complaint)"))
        }
        priceComplaint = complaint
    }

    /// A clock that has not been set has no hours; claims of before end by themselves.
    private func followSchedule(_ unixSeconds: Int64?, _ now: Instant) {
        guard let unixSeconds, nextSchedule <= now else { return }
        let wish = configuration.schedule.wish(
            unixSeconds: unixSeconds, prices: prices, rated: control.loop.arbiter.settings.rated, now: now)
        nextSchedule = min(wish.until, now + .seconds(60))
        settle(wish.hours, PowerSchedule.hoursKey, now)
        settle(wish.price, PowerSchedule.priceKey, now)
    }

    private func settle(_ claim: PowerClaim?, _ key: PowerClaim.Key, _ now: Instant) {
        if let claim {
            control.claim(.claim(claim), now: now)
        } else if control.loop.arbiter.claims.contains(where: { $0.key == key }) {
            control.claim(.release(key), now: now)
        }
    }

    // MARK: Surplus

    private func followSurplus(_ now: Instant) {
        guard let meter else { return }
        meter.take(now: now, into: &events) { export = .ok($0, at: now) }
        guard let export else { return }
        let input = surplus?.follow(export: export, power: control.loop.rigPower, now: now)
        if let input { control.claim(input, now: now) }
    }

    // MARK: Accounts

    private func book(_ unixSeconds: Int64?, _ acceptedWork: Double, _ now: Instant) {
        let arbiter = control.loop.arbiter
        ledger.book(
            power: control.loop.observation.mainsPower, estimate: control.loop.rigPower, setpoint: arbiter.setpoint,
            target: arbiter.settings.target.resolved(rated: arbiter.settings.rated),
            price: unixSeconds.flatMap { prices.entry(at: $0)?.price }, now: now)
        guard let rate = configuration.satoshisPerPetahashDay else { return }
        // Difficulty 1 is 2³² hashes; a petahash per second does 86,400·10¹⁵ a day.
        let earned = (acceptedWork - bookedWork) * 4_294_967_296 / 86.4e18 * Double(rate) * 1000 + remainder
        bookedWork = acceptedWork
        let whole = earned.rounded(.down)
        remainder = earned - whole
        if whole >= 1, whole < 1e15 { ledger.earn(millisatoshis: UInt64(whole), setpoint: arbiter.setpoint) }
    }

    /// Writes the accounts down.
    func save() {
        guard let state else { return }
        do throws(FileError) {
            try state.write(Self.ledgerName, ledger.json)
        } catch {
            events.append(Event(.error, "state", "cannot save: \(error.description)"))
        }
    }
}
