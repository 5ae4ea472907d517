import Base
import Buses
import Grid

/// What the log says of the mains, the relay and the products.
public enum GridNarration {
    /// The event for what the relay did; nil for what is not worth a line.
    public static func event(for event: RelayEvent, hasRelay: Bool) -> Event? {
        switch event.kind {
        case .off:
            return Event(
                .alert, "relay", "load is off: \(text(event.frequency))\(stages(event))")
        case .letGo: return Event(.notice, "relay", "lets go: the frequency is back at \(text(event.frequency))")
        case .lineFault(let fault): return Event(.error, "relay", "a line cannot be written: \(fault.description)")
        // Told with the reading that shows it.
        case .blind, .sighted: return nil
        }
    }

    private static func text(_ frequency: Microhertz?) -> String {
        frequency.map { "\(Decimal.fixed($0.hertz, places: 3)) Hz" } ?? "no frequency"
    }

    /// When it was decided and each stage was done, after the edge that the decision rests on.
    private static func stages(_ event: RelayEvent) -> String {
        func since(_ instant: Instant) -> String {
            Decimal.fixed(Double((instant - event.edge).nanoseconds) / 1e6, places: 3)
        }
        var text = ", decided \(since(event.decided)) ms after its edge"
        let stages: [(StaticString, Instant?)] = [
            ("resets", event.chipsInReset), ("boards", event.boardsDisabled), ("supplies", event.supplyOff),
        ]
        for (name, time) in stages {
            if let time { text += ", \(name) \(since(time)) ms" }
        }
        return text
    }

    /// The event for a reading; nil while there is nothing to say.
    /// - Parameter wasSeen: whether the mains was measured before, and nothing has been said of its loss.
    public static func event(for reading: MainsReading, wasSeen: Bool) -> Event? {
        if let happened = reading.event { return Event(severity(happened), "grid", "mains: \(happened.description)") }
        if !wasSeen, reading.condition.allowsTrip {
            return Event(
                .notice, "grid", "the mains is seen: \(text(reading.slow?.frequency ?? reading.fast?.frequency))")
        }
        guard wasSeen, reading.condition.isBlind else { return nil }
        return Event(
            .warning, "grid", "the mains is \(reading.condition.name): responses stay as they are, none begins")
    }

    private static func severity(_ event: MainsEvent) -> Event.Severity {
        switch event {
        case .outage, .restored: .warning
        case .phaseJump, .sag, .amplitudeStep, .trackLost, .flaw, .flawOver: .notice
        case .missingEdges, .strayEdge: .debug
        }
    }

    /// The event for a product's response; nil while its reason stays of the same kind.
    public static func event(for response: GridResponse, after before: GridResponse, of product: GridProduct) -> Event?
    {
        if response.permille != 0, before.permille == 0 {
            let percent = Decimal.fixed(Double(response.permille.magnitude) / 10, places: 1)
            return Event(
                .notice, "grid",
                "\(product.name): asks to \(response.permille > 0 ? "shed" : "absorb") \(percent) % of the offer")
        }
        if response.permille == 0, before.permille != 0 {
            return Event(.notice, "grid", "\(product.name): its response is over")
        }
        guard response.isAlarm != before.isAlarm else { return nil }
        return response.isAlarm
            ? Event(.alert, "grid", "\(product.name): cannot do its duty, the frequency is not known")
            : Event(.notice, "grid", "\(product.name): the frequency is known again")
    }
}
