import Base
import Buses
import Peripherals

/// What differs between kinds of supplies. Dialogues are advanced step by step; each call does a bounded number of transfers.
protocol SupplyDriver: AnyObject {
    /// From switching the enable line on to the first command.
    var enableSettle: Duration { get }
    /// From switching off to switching on again.
    var discharge: Duration { get }
    /// Whether the part answers questions while its output is off.
    var measuresWhileOff: Bool { get }
    /// Whether a dialogue is under way that another one must not be begun in.
    var isTalking: Bool { get }
    /// Finds out what is there, changing no output.
    func identify(now: Instant) throws(ChipFault) -> Progress<Void>
    /// Brings the output to a voltage, and switches it on if it was off.
    func supply(_ voltage: Millivolts, now: Instant) throws(ChipFault) -> Progress<Void>
    /// Switches the output off.
    func cut(now: Instant) throws(ChipFault) -> Progress<Void>
    /// While on: feeds what has to be fed, and measures. Gives when it wants to be called again, and what it has found wrong.
    func attend(now: Instant, into readings: inout SupplyReadings) throws(ChipFault) -> (
        next: Instant, fault: PartFault?
    )
    /// Forgets a dialogue that is under way.
    func abandon()
}

extension SupplyDriver {
    var measuresWhileOff: Bool { false }
    var isTalking: Bool { false }
}

/// What a supply measures of itself.
struct SupplyReadings {
    var voltage: Reading<Millivolts> = .failed(.unverifiedScale)
    var power: Reading<Milliwatts> = .failed(.unverifiedScale)
    var temperature: Reading<Celsius>?
    /// Whether this is the end of a round, and the values are worth telling.
    var isComplete = true
}

/// A supply of fixed voltage that only its line switches.
final class LineSupplyDriver: SupplyDriver {
    let enableSettle = Duration.milliseconds(400)
    let discharge = Duration.seconds(30)

    func identify(now: Instant) throws(ChipFault) -> Progress<Void> { .done(()) }
    func supply(_ voltage: Millivolts, now: Instant) throws(ChipFault) -> Progress<Void> { .done(()) }
    func cut(now: Instant) throws(ChipFault) -> Progress<Void> { .done(()) }

    func attend(
        now: Instant, into readings: inout SupplyReadings
    ) throws(ChipFault) -> (next: Instant, fault: PartFault?) {
        (now + .seconds(60), nil)
    }

    func abandon() {}
}

/// An output of the T1's supply, which answers nothing: what it does shows in the chips' own voltages only.
final class T1SupplyDriver: SupplyDriver {
    let enableSettle = Duration.zero
    let discharge = Duration.zero
    private let part: T1Supply
    private let output: UInt8

    init(_ part: T1Supply, output: Int) {
        self.part = part
        self.output = UInt8(clamping: output)
    }

    func identify(now: Instant) throws(ChipFault) -> Progress<Void> { .done(()) }

    func supply(_ voltage: Millivolts, now: Instant) throws(ChipFault) -> Progress<Void> {
        guard let level = InnosiliconVID(supplyVoltage: voltage) else {
            throw ChipFault(.t1Supply, .notRepresentable(requested: voltage.value))
        }
        try part.setVoltage(level, chain: output)
        try part.setPower(true, chain: output)
        return .done(())
    }

    func cut(now: Instant) throws(ChipFault) -> Progress<Void> {
        try part.setPower(false, chain: output)
        return .done(())
    }

    func attend(
        now: Instant, into readings: inout SupplyReadings
    ) throws(ChipFault) -> (next: Instant, fault: PartFault?) {
        (now + .seconds(60), nil)
    }

    func abandon() {}
}

/// The DAC of older Bitaxe boards: sets a voltage, switches and measures nothing.
final class DS4432UDriver: SupplyDriver {
    let enableSettle = Duration.milliseconds(100)
    let discharge = Duration.seconds(1)
    private let part: DS4432U

    init(_ part: DS4432U) {
        self.part = part
    }

    func identify(now: Instant) throws(ChipFault) -> Progress<Void> {
        try part.validate()
        return .done(())
    }

    func supply(_ voltage: Millivolts, now: Instant) throws(ChipFault) -> Progress<Void> {
        try part.setVoltage(voltage, output: .out0)
        return .done(())
    }

    func cut(now: Instant) throws(ChipFault) -> Progress<Void> { .done(()) }

    func attend(
        now: Instant, into readings: inout SupplyReadings
    ) throws(ChipFault) -> (next: Instant, fault: PartFault?) {
        (now + .seconds(60), nil)
    }

    func abandon() {}
}
