import Base

/// What a simulated rig has to say to a command.
public struct TwinAnswer: Equatable, Sendable {
    /// Whether it was carried out.
    public var isAccepted: Bool
    public var text: String

    public init(isAccepted: Bool, text: String) {
        self.isAccepted = isAccepted
        self.text = text
    }
}

/// The rig's command line: what a person at a console, or a test in another process, can ask of it.
extension TwinRig {
    /// Carries out one line and returns what there is to say: `fail …`, `clear …`, `set …` as in a scenario, each with
    /// `at TIME` before it for later; `status`, `faults`, `sensors` and `help`.
    public func command(_ line: [UInt8]) -> TwinAnswer {
        var words = ScenarioWords(line[...], line: 1)
        func accepted(_ text: String) -> TwinAnswer { TwinAnswer(isAccepted: true, text: text) }
        if words.isEmpty { return accepted("") }
        if words.skip("help") { return accepted(TwinScenario.help()) }
        if words.skip("status") { return accepted(status()) }
        if words.skip("sensors") { return accepted(listed(sensorNames)) }
        if words.skip("faults") { return accepted(listed(standingFaults.map { $0.description })) }
        do throws(TwinScenarioError) {
            if words.skip("at") {
                try schedule(try TwinScenario.parse(line))
            } else {
                try carryOut(try TwinScenario.action(&words))
            }
            return accepted("ok")
        } catch {
            return TwinAnswer(isAccepted: false, text: "column \(error.place.column): \(error.reason.text)")
        }
    }

    private func carryOut(_ action: TwinAction) throws(TwinScenarioError) {
        do throws(TwinFaultRefusal) { try perform(action) } catch {
            throw TwinScenarioError(TwinScenarioError.Place(line: 1, column: 1), .refused(error))
        }
    }

    private func listed(_ items: [String]) -> String {
        var text = ""
        for item in items { text += (text.isEmpty ? "" : "\n") + item }
        return text.isEmpty ? "none" : text
    }

    private func status() -> String {
        func degrees(_ value: Celsius) -> String { Decimal.fixed(Double(value.millidegrees) / 1000, places: 1) + " °C" }
        func watts(_ value: Milliwatts) -> String { Decimal.fixed(Double(value.value) / 1000, places: 0) + " W" }
        var lines = ["simulated rig, mains \(watts(acPower)), supply \(isSupplyOn ? "on" : "off")"]
        lines.append(
            "air in \(degrees(temperature(at: .inletAir))), out \(degrees(temperature(at: .outletAir)))")
        for (index, board) in boards.enumerated() {
            lines.append(
                "board\(index + 1) \(board.isEnergised ? "on" : "off"), \(watts(board.power)), "
                    + "hottest die \(degrees(board.hottestDie))")
        }
        for fan in configuration.fans.indices { lines.append("fan\(fan + 1) \(fanSpeed(fan).value)/min") }
        lines.append("control board restarted \(controlBoardRestarts) times")
        return listed(lines)
    }
}
