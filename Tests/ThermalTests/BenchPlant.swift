import Base
import Buses

/// A small model of one hash board in an air stream: chips on a heat sink, heat sink in air. Numbers of the order of an
/// air-cooled board of the S19 class: 1 kW, 0.3 kJ/K of chips, 1.2 kJ/K of aluminium.
struct BenchBoard {
    var die = 25.0
    var sink = 25.0
    var power = 0.0
    /// Share of the air that reaches it; dust or a blocked filter lower it.
    var airShare = 1.0

    static let dieCapacity = 300.0
    static let sinkCapacity = 1200.0
    static let dieToSink = 55.0

    mutating func advance(_ seconds: Double, ambient: Double, flow: Double) {
        let toSink = (die - sink) * Self.dieToSink
        let toAir = (sink - ambient) * (3 + 85 * flow * airShare)
        die += (power - toSink) * seconds / Self.dieCapacity
        sink += (toSink - toAir) * seconds / Self.sinkCapacity
    }
}

/// A fan with a controller that holds a duty, inertia, and a tachometer.
struct BenchFan {
    enum Fault: Equatable { case none, stalled, slow, deaf, silent, tachZero }

    var register = DutyCycle.off
    var speed = 0.0
    var fault = Fault.none
    /// Its time constant in seconds.
    var lag = 0.7
    /// Whether its controller has been set up since its reset: before, it takes no duty.
    var isSetUp = true
    static let fullSpeed = 6000.0

    mutating func write(_ duty: DutyCycle) {
        if fault != .deaf, isSetUp { register = duty }
    }

    /// What a dip of its supply does to the controller.
    mutating func reset() {
        register = .off
        isSetUp = false
    }

    mutating func advance(_ seconds: Double) {
        var wanted = Double(register.permille) / 1000 * Self.fullSpeed
        // Too little to start from standstill.
        if speed < 100, register.permille < 400 { wanted = 0 }
        // Too little to keep turning.
        if register.permille < 150 { wanted = 0 }
        if fault == .stalled { wanted = 0 }
        if fault == .slow { wanted *= 0.45 }
        speed += (wanted - speed) * min(seconds / lag, 1)
        if fault == .stalled { speed = 0 }
    }

    func input(at now: Instant) -> (applied: Reading<DutyCycle>, speed: Reading<RPM>) {
        if fault == .silent { return (.failed(.allOnes), .failed(.allOnes)) }
        if fault == .tachZero { return (.ok(register, at: now), .failed(.implausible)) }
        return (.ok(register, at: now), speed < 100 ? .failed(.stopped) : .ok(RPM(Int32(speed)), at: now))
    }
}

/// What can be wrong with a sensor.
enum SensorFault: Equatable {
    case none
    /// No reading, with the reason.
    case failed
    /// The last value for ever, as if new.
    case frozen
    /// The last value for ever, with its old time.
    case silent
    /// Hangs in the air.
    case detached
    /// Adds degrees.
    case offset(Double)
    /// Says this, whatever is true.
    case reads(Double)
    /// Says this with a date in the future.
    case fromFuture(Double)
    /// Fails at random, in thousandths of the readings.
    case glitchy(Int)
}

/// A small, fast, repeatable source of noise (SplitMix64).
struct BenchNoise: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// −1…1.
    mutating func bipolar() -> Double { Double(next() >> 11) / Double(1 << 52) - 1 }
}
