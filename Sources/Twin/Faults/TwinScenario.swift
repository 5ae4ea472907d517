import Base
import Buses

/// What is to happen in a simulated rig, and when: one action a line.
///
///     # a fan dies in the hottest hour
///     at 90s     set ambient 40C
///     at 2m30s   fail fan1 stall for 60s
///     at 5m      fail sensor:board1.outlet offset -20C
///     at 6m      clear sensor:board1.outlet offset
public struct TwinScenario: Equatable, Sendable {
    /// One line.
    public struct Step: Equatable, Sendable {
        /// After the beginning.
        public var at: Duration
        public var action: TwinAction
        /// Where it stands in the text.
        public var place: TwinScenarioError.Place

        public init(at: Duration, action: TwinAction, place: TwinScenarioError.Place) {
            self.at = at
            self.action = action
            self.place = place
        }
    }

    public var steps: [Step]

    public init(steps: [Step]) {
        self.steps = steps
    }

    /// Bytes of a scenario at most.
    public static let longest = 65_536

    /// Reads a scenario.
    /// - Throws: what is wrong, with line and column; nothing of it is then used.
    public static func parse(_ text: [UInt8]) throws(TwinScenarioError) -> TwinScenario {
        guard text.count <= longest else {
            throw TwinScenarioError(TwinScenarioError.Place(line: 1, column: 1), .tooLong(limit: longest))
        }
        var steps: [Step] = []
        var number = 0
        for line in text.split(separator: 0x0A, omittingEmptySubsequences: false) {
            number += 1
            var words = ScenarioWords(line, line: number)
            if words.isEmpty { continue }
            let place = words.place
            guard words.skip("at") else {
                throw words.error(try words.take("'at'"), "'at' and a time")
            }
            let at = try words.duration("a time, such as 90s, 2m30s or 500ms")
            steps.append(Step(at: at, action: try action(&words), place: place))
        }
        return TwinScenario(steps: steps)
    }

    /// Reads one action, without a time: `fail …`, `clear …` or `set …`.
    public static func parseAction(_ text: [UInt8]) throws(TwinScenarioError) -> TwinAction {
        var words = ScenarioWords(text[...], line: 1)
        return try action(&words)
    }

    /// Every fault there is, one a line, for people.
    public static func help() -> String {
        var text = ""
        for form in FaultForm.all {
            text += "fail \(form.subject.pattern) \(form.word)\(form.argument.pattern): \(form.effect)\n"
        }
        text += "A fault may end by itself: for 60s. clear takes the same words without value, or all.\n"
        text += "set ambient 40C, set mains 230V, set recirculation 20%\n"
        text += "set frequency 49.5Hz [1Hz/s]: where the mains goes, and how fast\n"
        text += "set phase 30deg: the phase of the mains steps"
        return text
    }

    static func action(_ words: inout ScenarioWords) throws(TwinScenarioError) -> TwinAction {
        let verbs = "fail, clear or set"
        let verb = try words.take(verbs)
        let action: TwinAction
        if verb.is("fail") {
            action = try inject(&words)
        } else if verb.is("clear") {
            action = words.skip("all") ? .clearAll : .clear(try fault(&words, isCleared: true))
        } else if verb.is("set") {
            action = .set(try setting(&words))
        } else {
            throw words.error(verb, verbs)
        }
        guard words.isAtEnd else { throw words.error(try words.take(""), "the end of the line") }
        return action
    }

    private static func inject(_ words: inout ScenarioWords) throws(TwinScenarioError) -> TwinAction {
        let fault = try fault(&words, isCleared: false)
        guard !words.isAtEnd else { return .inject(fault, duration: nil) }
        guard words.skip("for") else { throw words.error(try words.take("'for'"), "'for' or the end of the line") }
        return .inject(fault, duration: try words.duration("a time, such as 90s, 2m30s or 500ms"))
    }

    private static func setting(_ words: inout ScenarioWords) throws(TwinScenarioError) -> TwinSetting {
        let names = "ambient, mains, frequency, phase or recirculation"
        let name = try words.take(names)
        if name.is("ambient") {
            return .ambient(Celsius(millidegrees: try words.quantity("C", "degrees, such as 40C", -40_000...80_000)))
        }
        if name.is("mains") {
            return .mains(volts: try words.quantity("V", "volts, such as 230V", 0...300_000, step: 1000) / 1000)
        }
        if name.is("frequency") {
            let goal = try words.quantity("Hz", "a frequency, such as 49.5Hz", 0...400_000)
            guard !words.isAtEnd else { return .frequency(Millihertz(goal), perSecond: nil) }
            return .frequency(
                Millihertz(goal), perSecond: try words.quantity("Hz/s", "a rate, such as 0.5Hz/s", 1...100_000))
        }
        if name.is("phase") {
            return .phase(
                degrees: try words.quantity("deg", "an angle, such as 30deg", -180_000...180_000, step: 1000) / 1000)
        }
        if name.is("recirculation") {
            return .recirculation(
                permille: try words.quantity("%", "a part, such as 20%", 0...100_000, step: 100) / 100)
        }
        throw words.error(name, names)
    }

    private static func fault(
        _ words: inout ScenarioWords, isCleared: Bool
    ) throws(TwinScenarioError) -> TwinFault {
        let subjects = "sensor:NAME, sensors, fanN, boardN, supply, i2c-N, i2c-N@ADDRESS, air, mains or agent"
        let word = try words.take(subjects)
        guard let (subject, place) = subject(word.bytes) else { throw words.error(word, subjects) }
        let expected = "a fault of \(subject.pattern) (\(subject.words))"
        let name = try words.take(expected)
        guard let form = FaultForm.all.first(where: { $0.subject == subject && name.is($0.word) }) else {
            throw words.error(name, expected)
        }
        if isCleared { return form.make(place, 0) }
        let value: Int32 =
            switch form.argument {
            case .none: 0
            case .celsius: try words.quantity("C", "degrees, such as 12.5C", -100_000...200_000)
            case .percent: try words.quantity("%", "a part, such as 30%", 0...100_000, step: 100) / 100
            case .count: try words.quantity("", "a number, such as 3", 0...1_000_000, step: 1000) / 1000
            case .volts: try words.quantity("V", "volts, such as 180V", 0...300_000, step: 1000) / 1000
            }
        return form.make(place, value)
    }

    private static func subject(_ word: ArraySlice<UInt8>) -> (FaultForm.Subject, FaultForm.Place)? {
        func rest(_ prefix: String) -> ArraySlice<UInt8>? {
            word.starts(with: prefix.utf8) ? word.dropFirst(prefix.utf8.count) : nil
        }
        var place = FaultForm.Place()
        switch word.count {
        case 3 where rest("air") != nil: return (.air, place)
        case 5 where rest("mains") != nil: return (.mains, place)
        case 5 where rest("agent") != nil: return (.agent, place)
        case 6 where rest("supply") != nil: return (.supply, place)
        case 7 where rest("sensors") != nil: return (.sensor, place)
        default: break
        }
        if let name = rest("sensor:"), !name.isEmpty {
            place.sensor = String(decoding: name, as: UTF8.self)
            return (.sensor, place)
        }
        for (prefix, subject) in [("fan", FaultForm.Subject.fan), ("board", .board)] {
            guard let digits = rest(prefix), let number = ScenarioWords.number(digits), number > 0 else { continue }
            place.number = Int(number) - 1
            return (subject, place)
        }
        guard let bus = rest("i2c-") else { return nil }
        let parts = bus.split(separator: UInt8(ascii: "@"), maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let number = ScenarioWords.number(first), number <= 65_535 else { return nil }
        place.number = Int(number)
        guard parts.count == 2 else { return (.bus, place) }
        guard let value = Hex.decodeUInt32(parts[1]), let address = I2CAddress(sevenBit: UInt8(clamping: value)) else {
            return nil
        }
        place.address = address
        return (.part, place)
    }
}
