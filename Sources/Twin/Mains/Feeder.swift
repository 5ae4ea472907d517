import Base

/// A small network: generators with inertia and governors, and a load that hundreds of rigs can be part of.
///
/// The swing equation with one mass, in integers and with the remainders carried, so that the same loads give the same
/// frequency on every machine, to the last digit. Feed the frequency to a `MainsGenerator` for edges.
public struct Feeder: Equatable, Sendable {
    /// The feeder and what hangs on it.
    public struct Configuration: Equatable, Sendable {
        public var nominal = Millihertz(50_000)
        /// Power of all generators together, in milliwatts.
        public var rating: Int64
        /// Energy of everything that turns, as the time in which it would deliver the rating: 2–6 s for most networks, less
        /// for one with much solar power. Milliseconds.
        public var inertia: Int64 = 4000
        /// Governors give the whole rating for a frequency so far off, in thousandths of nominal.
        public var droopPermille: Int64 = 50
        /// Time constant of the governors in milliseconds.
        public var governorTime: Int64 = 800
        /// How much the load falls for each hertz, in thousandths of it: motors turn slower.
        public var dampingPermille: Int64 = 20
        /// Time in milliseconds in which secondary control makes up for the whole rating at one hertz off; 0 for none.
        public var secondaryTime: Int64 = 60_000

        /// - Parameter rating: in milliwatts, one kilowatt to one gigawatt.
        public init(rating: Int64) { self.rating = min(max(1_000_000, rating), 1_000_000_000_000) }
    }

    public let configuration: Configuration
    /// In millionths of a hertz; zero when the network has collapsed.
    public private(set) var frequency: Int64
    /// What the turbines give, in milliwatts.
    public private(set) var mechanical: Int64
    /// What the generators can give at most, in milliwatts.
    public private(set) var capacity: Int64
    /// What is taken at the frequency now, in milliwatts.
    public private(set) var electrical: Int64
    private var setpoint: Int64
    private var swingRemainder: Int64 = 0
    private var governorRemainder: Int64 = 0
    private var secondaryRemainder: Int64 = 0

    /// A network in balance at nominal frequency with a load in milliwatts.
    public init(_ configuration: Configuration, load: Int64) {
        self.configuration = configuration
        frequency = Int64(configuration.nominal.value) * 1000
        capacity = configuration.rating
        setpoint = min(max(0, load), configuration.rating)
        mechanical = setpoint
        electrical = setpoint
    }

    /// A generator with so many milliwatts of what is given now is lost, with its share of the capacity.
    public mutating func lose(_ power: Int64) {
        let lost = min(max(0, power), mechanical)
        mechanical -= lost
        setpoint = max(0, setpoint - lost)
        capacity = max(0, capacity - lost)
    }

    /// Lets time pass with a load, given at nominal frequency in milliwatts.
    /// - Parameter milliseconds: 1–100; more is taken for 100.
    public mutating func step(load: Int64, milliseconds: Int64) {
        guard frequency > 0 else { return }
        let time = min(max(milliseconds, 1), 100)
        let nominal = Int64(configuration.nominal.value) * 1000
        let deviation = frequency - nominal
        // mW · ‰/Hz · µHz / 10⁹.
        electrical = max(0, load + load / 1000 * (configuration.dampingPermille * deviation) / 1_000_000)
        govern(deviation, nominal, time)
        // df/dt = f₀ (Pm − Pe) / (2 H S).
        let weight = 2 * configuration.inertia * (configuration.rating / 1000)
        let change = (mechanical - electrical) / 1000 * (nominal / 1000) * time * 1000 + swingRemainder
        frequency += change / weight
        swingRemainder = change % weight
        // Below 40 Hz nothing generates any more.
        if frequency < nominal * 8 / 10 {
            frequency = 0
            mechanical = 0
            electrical = 0
        }
    }

    private mutating func govern(_ deviation: Int64, _ nominal: Int64, _ time: Int64) {
        if configuration.secondaryTime > 0 {
            // The rating in `secondaryTime` for one hertz.
            let change = -configuration.rating / 1000 * (deviation / 1000) * time + secondaryRemainder
            let weight = configuration.secondaryTime
            setpoint = min(max(0, setpoint + change / weight), capacity)
            secondaryRemainder = change % weight
        }
        // ΔP / S = −Δf / f₀ / R.
        let share = -deviation * 1_000_000 / (nominal / 1000 * configuration.droopPermille)
        let goal = min(max(0, setpoint + configuration.rating / 1_000_000 * share), capacity)
        let change = (goal - mechanical) * time + governorRemainder
        let weight = configuration.governorTime + time
        mechanical = min(max(0, mechanical + change / weight), capacity)
        governorRemainder = change % weight
    }
}
