import Base

/// One temperature that is measured, and how far it is to be believed.
public struct ThermalChannel: Sendable {
    /// What it belongs to.
    public enum Owner: Equatable, Sendable {
        /// Belongs to a hash board, by index; is cooled by the board's zone.
        case board(Int)
        /// Belongs to the rig: its trips switch every board off.
        case rig
    }

    /// Where it is measured.
    public enum Kind: Equatable, Sendable {
        case die, board, regulator, inlet, outlet, supply

        /// Whether hashing heats it directly, so that it has to be warm when its board draws power.
        var isHeatedByHashing: Bool {
            switch self {
            case .die, .board, .regulator: true
            case .inlet, .outlet, .supply: false
            }
        }

        /// Whether fans can cool it. Nothing in the rig cools the air that it draws in.
        var isCooledByFans: Bool { self != .inlet }
    }

    /// What its loss means.
    public enum Policy: Equatable, Sendable {
        /// Its loss is loss of supervision: the board goes off.
        case mustBePresent
        /// May be missing from the start; lost later, it only makes the fans work harder.
        case removable
        /// As removable, and allowed more bad readings in a row.
        case errorProne

        /// Bad readings in a row after which the channel counts as lost. mujina and LuxOS use 3 and 10.
        var badReadingLimit: Int { self == .errorProne ? 10 : 3 }
    }

    public var name: String
    public var owner: Owner
    public var kind: Kind
    public var limits: TemperatureLimits
    public var policy: Policy
    /// Values outside are faults of the sensor, not temperatures.
    public var plausible: ClosedRange<Celsius>
    /// The fastest that this temperature can rise in one second at full power without cooling: a lost reading is
    /// assumed to have risen this fast ever since. To be measured by a step test.
    public var slewPerSecond: Celsius
    /// Peak noise of a healthy sensor. At or above `resolution` a value that never changes is a stuck one.
    public var noise: Celsius
    /// The least step of the sensor.
    public var resolution: Celsius
    /// How much warmer than the ambient it is when its board works, at the least.
    public var minimumRise: Celsius
    /// How long after power-on the first value may take; nil when the sensor answers without its board's power.
    public var answersAfterPower: Duration?
    /// How far it may fall or rise at once when its board's load changes, beyond `slewPerSecond`: how much hotter than
    /// their heat sinks the dies themselves are.
    public var loadStep: Celsius
    /// A reading older than this does not count as good; nil for the tuning's.
    public var staleAfter: Duration?

    public init(
        name: String, owner: Owner, kind: Kind, limits: TemperatureLimits, policy: Policy = .mustBePresent,
        plausible: ClosedRange<Celsius> = .degrees(-20)...(.degrees(125)), slewPerSecond: Celsius = .degrees(1),
        noise: Celsius = .zero, resolution: Celsius = Celsius(millidegrees: 62), minimumRise: Celsius = .degrees(3),
        answersAfterPower: Duration? = nil, loadStep: Celsius = .zero, staleAfter: Duration? = nil
    ) {
        self.name = name
        self.owner = owner
        self.kind = kind
        self.limits = limits
        self.policy = policy
        self.plausible = plausible
        self.slewPerSecond = slewPerSecond
        self.noise = noise
        self.resolution = resolution
        self.minimumRise = minimumRise
        self.answersAfterPower = answersAfterPower
        self.loadStep = loadStep
        self.staleAfter = staleAfter
    }
}

/// Two channels whose values belong together while their board works. Of two that disagree the colder one is doubted.
public struct ThermalCrossCheck: Sendable {
    public var first: Int
    public var second: Int
    /// The greatest difference between two healthy sensors here.
    public var tolerance: Celsius

    public init(_ first: Int, _ second: Int, within tolerance: Celsius) {
        self.first = first
        self.second = second
        self.tolerance = tolerance
    }
}

/// One fan.
public struct ThermalFan: Sendable {
    public var zone: Int
    /// The least duty at which a turning fan keeps turning.
    public var minimum: DutyCycle
    /// The duty that starts a standing fan, given for as long as `spinUp`.
    public var start: DutyCycle
    public var spinUp: Duration
    /// Speeds at 0, 25, 50, 75 and 100 % duty, for verification.
    public var curve: FanCurve
    /// The time constants of the slowest healthy fan on its way up and down (Docs/thermal.md).
    public var slowestUp = Duration.milliseconds(1500)
    public var slowestDown = Duration.seconds(3)
    /// Whether its speed is measured. Without, only the read-back of its duty says that it is there.
    public var hasTachometer: Bool

    public init(
        zone: Int = 0, minimum: DutyCycle = DutyCycle(percent: 20), start: DutyCycle = DutyCycle(percent: 60),
        spinUp: Duration = .seconds(3), curve: FanCurve, hasTachometer: Bool = true
    ) {
        self.zone = zone
        self.minimum = minimum
        self.start = start
        self.spinUp = spinUp
        self.curve = curve
        self.hasTachometer = hasTachometer
    }

    /// The speed that a healthy fan has at the duty.
    public func expectedSpeed(at duty: DutyCycle) -> RPM {
        let segment = min(Int(duty.permille) / 250, 3)
        let offset = Int64(duty.permille) - Int64(segment) * 250
        let (low, high) = curve.ends(ofQuarter: segment)
        return RPM(clamping: Int64(low.value) + (Int64(high.value) - Int64(low.value)) * offset / 250)
    }
}

/// The speeds of a healthy fan at 0, 25, 50, 75 and 100 % duty.
public struct FanCurve: Equatable, Sendable {
    public var none: RPM
    public var quarter: RPM
    public var half: RPM
    public var threeQuarters: RPM
    public var full: RPM

    public init(_ none: RPM, _ quarter: RPM, _ half: RPM, _ threeQuarters: RPM, _ full: RPM) {
        self.none = none
        self.quarter = quarter
        self.half = half
        self.threeQuarters = threeQuarters
        self.full = full
    }

    /// The speeds at the ends of a quarter of the range of duty, 0–3.
    func ends(ofQuarter quarter: Int) -> (low: RPM, high: RPM) {
        switch quarter {
        case 0: (none, self.quarter)
        case 1: (self.quarter, half)
        case 2: (half, threeQuarters)
        default: (threeQuarters, full)
        }
    }
}

/// One hash board, as something that gets hot.
public struct ThermalBoard: Sendable {
    public var zone: Int
    /// Electrical power at full speed.
    public var maximumPower: Milliwatts
    /// Fewer good channels than this are too few to supervise it by.
    public var minimumGoodSensors: Int

    public init(zone: Int = 0, maximumPower: Milliwatts, minimumGoodSensors: Int = 1) {
        self.zone = zone
        self.maximumPower = maximumPower
        self.minimumGoodSensors = minimumGoodSensors
    }
}

/// Boards and fans that share their air.
public struct ThermalZone: Sendable {
    /// Fewer working fans than this do not cool it: its boards go off.
    public var minimumFans: Int
    /// The duty when everything is off and cold; 0 lets the fans stand still.
    public var idle: DutyCycle

    public init(minimumFans: Int = 1, idle: DutyCycle = DutyCycle(percent: 20)) {
        self.minimumFans = minimumFans
        self.idle = idle
    }
}
