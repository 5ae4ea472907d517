import Base

/// How a fan or coolant pump turns.
public struct TwinFanCurve: Equatable, Sendable {
    /// Duty below which a turning fan comes to a stand.
    public var stallDuty: DutyCycle
    /// Duty a standing fan needs to start.
    public var startDuty: DutyCycle
    /// Speed at `stallDuty`; from there it grows in a straight line.
    public var slowest: RPM
    /// Speed at full duty.
    public var fastest: RPM
    /// Time constants of the way up and down, in milliseconds.
    public var upMilliseconds: Int32
    public var downMilliseconds: Int32
    /// Power at full speed; it grows with the third power of the speed.
    public var fullPower: Milliwatts
    public var pulsesPerRevolution: UInt8

    public init(
        stallDuty: DutyCycle, startDuty: DutyCycle, slowest: RPM, fastest: RPM, upMilliseconds: Int32,
        downMilliseconds: Int32, fullPower: Milliwatts, pulsesPerRevolution: UInt8 = 2
    ) {
        self.stallDuty = stallDuty
        self.startDuty = startDuty
        self.slowest = slowest
        self.fastest = fastest
        self.upMilliseconds = max(upMilliseconds, 1)
        self.downMilliseconds = max(downMilliseconds, 1)
        self.fullPower = fullPower
        self.pulsesPerRevolution = pulsesPerRevolution
    }

    /// A 120 mm industrial fan of an air-cooled rig: 12 V, 1.65 A. Duties and lags are made up, in the usual range.
    public static let antminer120 = TwinFanCurve(
        stallDuty: DutyCycle(percent: 8), startDuty: DutyCycle(percent: 14), slowest: RPM(700), fastest: RPM(6000),
        upMilliseconds: 900, downMilliseconds: 1800, fullPower: Milliwatts(19_800))

    /// A 60 mm fan of a desk-top miner.
    public static let desk60 = TwinFanCurve(
        stallDuty: DutyCycle(percent: 10), startDuty: DutyCycle(percent: 18), slowest: RPM(600), fastest: RPM(4500),
        upMilliseconds: 600, downMilliseconds: 1200, fullPower: Milliwatts(1_500))

    /// A circulation pump of an immersion tank, on a PWM input.
    public static let pump = TwinFanCurve(
        stallDuty: DutyCycle(percent: 10), startDuty: DutyCycle(percent: 15), slowest: RPM(900), fastest: RPM(3600),
        upMilliseconds: 1500, downMilliseconds: 1500, fullPower: Milliwatts(120_000))
}

/// One fan: duty in, speed, flow and pulses out.
final class FanUnit {
    /// What is wrong with it.
    enum Condition: Equatable {
        case healthy
        /// The rotor is blocked.
        case stalled
        /// Nothing turns and nothing is drawn.
        case dead
        /// Bearings that drag: every speed falls to so many thousandths, and it stalls earlier.
        case worn(permille: Int32)
    }

    let curve: TwinFanCurve
    /// Revolutions per minute.
    private(set) var speed: Double = 0
    var condition = Condition.healthy
    /// The tachometer wire is off: it turns, and gives no pulses.
    var isTachometerLost = false
    /// What counts its pulses reads zero, which stands for no speed.
    var isCounterZero = false
    /// Nil when nothing drives the PWM wire: its pull-up then asks for full speed.
    private(set) var duty: DutyCycle?
    /// When the part that drives the fan goes to full speed by itself.
    private(set) var lease: Instant?
    /// That happened.
    private(set) var isLeaseOver = false
    /// Pulses for whoever listens.
    let pulses: PulseRing
    private var angle: Double = 0

    init(_ curve: TwinFanCurve) {
        self.curve = curve
        pulses = PulseRing()
    }

    /// - Parameter lease: until when the setting holds without another one; nil for ever.
    func drive(_ duty: DutyCycle?, lease: Instant? = nil) {
        self.duty = duty
        self.lease = lease
        isLeaseOver = false
    }

    /// Prolongs or ends the lease, without another setting.
    func renew(lease: Instant?) {
        if !isLeaseOver { self.lease = lease }
    }

    /// The speed over the highest one of a new fan, 0–1.
    var speedShare: Double { speed / Double(curve.fastest.value) }

    /// Watts.
    func power(isPowered: Bool) -> Double {
        guard isPowered, condition != .dead else { return 0 }
        let full = Double(curve.fullPower.value) / 1000
        // A blocked rotor draws its limited starting current.
        if condition == .stalled { return full * 0.3 }
        let share = speedShare
        return full * (share * share * share)
    }

    func step(to now: Instant, seconds: Double, isPowered: Bool) {
        if let lease, now >= lease {
            duty = .full
            self.lease = nil
            isLeaseOver = true
        }
        let target = isPowered ? targetSpeed() : 0
        let milliseconds = target > speed ? curve.upMilliseconds : curve.downMilliseconds
        let ratio = seconds * 1000 / Double(milliseconds)
        // A blocked rotor stands at once.
        speed = condition == .stalled ? 0 : speed + (target - speed) * (ratio / (1 + ratio))
        if speed < 1 { speed = 0 }
        if pulses.isListening { emitPulses(until: now, seconds: seconds) }
    }

    private func targetSpeed() -> Double {
        var fastest = Double(curve.fastest.value)
        var slowest = Double(curve.slowest.value)
        var stall = Double(curve.stallDuty.permille)
        switch condition {
        case .stalled, .dead: return 0
        case .worn(let permille):
            fastest = fastest * Double(permille) / 1000
            slowest = slowest * Double(permille) / 1000
            stall *= 1.5
        case .healthy: break
        }
        let duty = Double((duty ?? .full).permille)
        let isTurning = speed > slowest / 2
        guard duty >= (isTurning ? stall : max(stall, Double(curve.startDuty.permille))) else { return 0 }
        let share = (duty - stall) / (1000 - stall)
        return slowest < fastest ? slowest + share * (fastest - slowest) : fastest
    }

    /// Rising edges of the tachometer wire within the step that ends at `now`.
    private func emitPulses(until now: Instant, seconds: Double) {
        guard speed > 0 else { return }
        let before = angle
        let turned = speed / 60 * seconds * Double(curve.pulsesPerRevolution)
        angle += turned
        guard angle >= 1 else { return }
        let count = Int(angle)
        angle -= Double(count)
        guard !isTachometerLost else { return }
        for pulse in 1...count {
            let fromStart = (Double(pulse) - before) / turned * seconds
            pulses.add(now + .nanoseconds(-Int64((seconds - fromStart) * 1_000_000_000)))
        }
    }
}
