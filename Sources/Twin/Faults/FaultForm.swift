import Base
import Buses

/// How a fault is written: what it can befall, its word, and the value behind it.
struct FaultForm: Sendable {
    /// What it can befall.
    enum Subject: Sendable, CaseIterable {
        case sensor, fan, board, supply, bus, part, air, mains, agent
    }

    /// What stands behind the word.
    enum Argument: Sendable {
        case none
        /// Degrees, to a thousandth.
        case celsius
        /// 0–100 %.
        case percent
        /// 0–1000.
        case count
        /// 0–300 V.
        case volts
    }

    let subject: Subject
    let word: String
    let argument: Argument
    /// What it does, for people.
    let effect: String
    /// The fault in its place, with its value: thousandths of a degree, thousandths, a count or volts.
    let make: @Sendable (Place, Int32) -> TwinFault

    /// Where a fault is: which of its fields count depends on the subject.
    struct Place: Sendable {
        var number = 0
        /// Nil for all sensors.
        var sensor: String?
        var address: I2CAddress = 0

        func sensor(_ fault: TwinSensorFault) -> TwinFault {
            sensor.map { .sensor($0, fault) } ?? .allSensors(fault)
        }

        func part(_ fault: TwinPartFault) -> TwinFault {
            .part(UInt16(clamping: number), address, fault)
        }
    }

    /// Every fault there is.
    static let all: [FaultForm] = sensors + fans + boards + supplies + surroundings

    private static let sensors = [
        FaultForm(.sensor, "dead", .none, "does not acknowledge") { place, _ in place.sensor(.dead) },
        FaultForm(.sensor, "frozen", .none, "keeps its value") { place, _ in place.sensor(.frozen) },
        FaultForm(.sensor, "offset", .celsius, "is off by so much") { place, value in
            place.sensor(.offset(Celsius(millidegrees: value)))
        },
        FaultForm(.sensor, "zero", .none, "reads all zeros") { place, _ in place.sensor(.zero) },
        FaultForm(.sensor, "ones", .none, "reads all ones") { place, _ in place.sensor(.ones) },
        FaultForm(.sensor, "open", .none, "has an open diode") { place, _ in place.sensor(.openCircuit) },
        FaultForm(.sensor, "short", .none, "has a shorted diode") { place, _ in place.sensor(.shortCircuit) },
        FaultForm(.sensor, "reads", .celsius, "always reads this: -64C, 0C, 127C …") { place, value in
            place.sensor(.fixed(Celsius(millidegrees: value)))
        },
        FaultForm(.sensor, "spikes", .celsius, "reads this in one conversion of ten") { place, value in
            place.sensor(.spikes(Celsius(millidegrees: value)))
        },
        FaultForm(.sensor, "detached", .none, "measures the air instead") { place, _ in place.sensor(.detached) },
    ]

    private static let fans = [
        FaultForm(.fan, "stall", .none, "has a blocked rotor") { place, _ in .fan(place.number, .stalled) },
        FaultForm(.fan, "dead", .none, "does not turn") { place, _ in .fan(place.number, .dead) },
        FaultForm(.fan, "worn", .percent, "reaches only so much of its speed") { place, value in
            .fan(place.number, .worn(permille: value))
        },
        FaultForm(.fan, "tach-loss", .none, "turns without pulses") { place, _ in
            .fan(place.number, .tachometerLost)
        },
        FaultForm(.fan, "tach-zero", .none, "has a counter that reads zero") { place, _ in
            .fan(place.number, .tachometerZero)
        },
        FaultForm(.fan, "lost-writes", .count, "misses the next settings of its PWM output") { place, value in
            .fan(place.number, .lostWrites(Int(value)))
        },
    ]

    private static let boards = [
        FaultForm(.board, "enable-stuck-on", .none, "has a welded switch") { place, _ in
            .board(place.number, .enableStuck(true))
        },
        FaultForm(.board, "enable-stuck-off", .none, "has a dead switch") { place, _ in
            .board(place.number, .enableStuck(false))
        },
        FaultForm(.board, "reset-stuck-on", .none, "stays in reset") { place, _ in
            .board(place.number, .resetStuck(true))
        },
        FaultForm(.board, "reset-stuck-off", .none, "cannot be reset") { place, _ in
            .board(place.number, .resetStuck(false))
        },
        FaultForm(.board, "regulator-dead", .none, "gets 0 V from a regulator that reports no fault") { place, _ in
            .board(place.number, .regulatorDead)
        },
        FaultForm(.board, "regulator-trip", .none, "has a regulator that latched off") { place, _ in
            .board(place.number, .regulatorTripped)
        },
        FaultForm(.board, "absent", .none, "is out of its slot") { place, _ in .board(place.number, .absent) },
        FaultForm(.board, "silent", .none, "has no chip that answers") { place, _ in
            .board(place.number, .chainSilent)
        },
        FaultForm(.board, "dead-chips", .count, "has so many dead chips, at the far end") { place, value in
            .board(place.number, .deadChips(Int(value)))
        },
    ]

    private static let supplies = [
        FaultForm(.supply, "undervoltage", .percent, "makes so much of its voltage") { _, value in
            .supply(.undervoltage(permille: value))
        },
        FaultForm(.supply, "overtemperature", .none, "has tripped, too hot") { _, _ in .supply(.overtemperature) },
        FaultForm(.supply, "overcurrent", .none, "has tripped, overloaded") { _, _ in .supply(.overcurrent) },
        FaultForm(.supply, "no-output", .none, "says it is on and makes nothing") { _, _ in .supply(.noOutput) },
        FaultForm(.supply, "stuck-on", .none, "does not switch off") { _, _ in .supply(.stuckOn) },
        FaultForm(.mains, "outage", .none, "are gone") { _, _ in .mains(volts: 0) },
        FaultForm(.mains, "volts", .volts, "have this voltage") { _, value in .mains(volts: value) },
    ]

    private static let surroundings = [
        FaultForm(.bus, "stuck", .none, "is held low") { place, _ in .bus(UInt16(clamping: place.number), .stuck) },
        FaultForm(.bus, "nack", .none, "has nothing that acknowledges") { place, _ in
            .bus(UInt16(clamping: place.number), .noAcknowledge)
        },
        FaultForm(.bus, "timeout", .none, "ends no transfer") { place, _ in
            .bus(UInt16(clamping: place.number), .timeout)
        },
        FaultForm(.part, "dead", .none, "does not acknowledge") { place, _ in place.part(.dead) },
        FaultForm(.part, "reset", .none, "loses its settings, once") { place, _ in place.part(.reset) },
        FaultForm(.part, "lost-writes", .count, "misses the next writes") { place, value in
            place.part(.lostWrites(Int(value)))
        },
        FaultForm(.air, "hot", .celsius, "comes in so much hotter than the room") { _, value in
            .air(.hotInlet(Celsius(millidegrees: value)))
        },
        FaultForm(.air, "recirculation", .percent, "comes in again, so much of it") { _, value in
            .air(.recirculation(permille: value))
        },
        FaultForm(.air, "dust", .percent, "loses so much of its flow") { _, value in
            .air(.dust(permille: 1000 - value))
        },
        FaultForm(.agent, "killed", .none, "is gone") { _, _ in .agent(.killed) },
        FaultForm(.agent, "stopped", .none, "hangs") { _, _ in .agent(.stopped) },
    ]

    private init(
        _ subject: Subject, _ word: String, _ argument: Argument, _ effect: String,
        make: @escaping @Sendable (Place, Int32) -> TwinFault
    ) {
        self.subject = subject
        self.word = word
        self.argument = argument
        self.effect = effect
        self.make = make
    }
}

extension FaultForm.Subject {
    /// How the subject is written.
    var pattern: String {
        switch self {
        case .sensor: "sensor:NAME or sensors"
        case .fan: "fanN"
        case .board: "boardN"
        case .supply: "supply"
        case .bus: "i2c-N"
        case .part: "i2c-N@ADDRESS"
        case .air: "air"
        case .mains: "mains"
        case .agent: "agent"
        }
    }

    /// All its faults, as an error lists them.
    var words: String {
        var text = ""
        for form in FaultForm.all where form.subject == self { text += (text.isEmpty ? "" : ", ") + form.word }
        return text
    }
}

extension FaultForm.Argument {
    var pattern: String {
        switch self {
        case .none: ""
        case .celsius: " 12.5C"
        case .percent: " 30%"
        case .count: " 3"
        case .volts: " 180V"
        }
    }
}
