import ASIC
import Base
import Buses

/// What the log says about hash boards.
enum BoardNarration {
    static func event(for event: ChainEvent, source: String) -> Event? {
        switch event {
        case .chipsMissing(let found, let expected):
            Event(
                .warning, source,
                "\(found) of \(expected) chips answer: the chain is most likely broken behind chip \(found)")
        case .chipUnaddressed(let chip): Event(.warning, source, "chip \(chip) does not answer to its address")
        case .chipSilent(let chip): Event(.warning, source, "chip \(chip) finds nothing")
        case .chipRecovered(let chip): Event(.info, source, "chip \(chip) finds nonces again")
        case .chipCoolingDown(let chip):
            Event(.warning, source, "chip \(chip) stopped answering: left alone for a while")
        case .chipDisabled(let chip): Event(.warning, source, "chip \(chip) is given no more work")
        case .chipSlowed(let chip, let clock):
            Event(.info, source, "chip \(chip) has few working cores and runs at \(clock.hertz / 1_000_000) MHz")
        case .chainBroken(let chip):
            Event(.warning, source, "no chip answers from number \(chip) on: the link is broken")
        case .supplyFound(_, let millivolts):
            Event(.info, source, "supply is set: chips measure \(millivolts) mV on average")
        case .lineRate(let baud): Event(.info, source, "line rate \(baud) baud")
        case .lineRateFallback(let from, let to):
            Event(.warning, source, "chips do not answer at \(from) baud: the line stays at \(to)")
        case .lineErrors(let count): Event(.warning, source, "\(count) damaged responses in a minute")
        case .hashing: Event(.notice, source, "hashing")
        case .workOverdue: Event(.warning, source, "the chips have used up their work")
        case .restarting(let fault, let attempt): Event(.warning, source, "restart \(attempt): \(text(fault))")
        case .faulted(let fault): Event(.error, source, "held in reset: \(text(fault))")
        }
    }

    static func event(for error: ChainPlanError, source: String) -> Event {
        let reason =
            switch error {
            case .frequency(let clock, let allowed):
                "\(text(clock)), allowed are \(text(allowed.lowerBound)) to \(text(allowed.upperBound))"
            case .unreachable(let clock): "\(text(clock)), which its chips cannot be set to"
            default: "that does not fit its plan"
            }
        return Event(.warning, source, "keeps its clock: it was told one of \(reason)")
    }

    static func event(for fault: BusFault, _ isolation: BoardReport.Isolation?, source: String) -> Event {
        switch isolation {
        case nil: Event(.warning, source, "bus fault: \(fault.description)")
        case .retry(let delay):
            Event(.error, source, "isolated for \(Decimal.span(delay)): \(fault.description)")
        case .givenUp: Event(.error, source, "given up after repeated bus faults: \(fault.description)")
        }
    }

    private static func text(_ clock: ClockFrequency) -> String {
        Decimal.fixed(Double(clock.hertz) / 1e6, places: 2) + " MHz"
    }

    private static func text(_ fault: ChainFault) -> String {
        switch fault {
        case .noChips: "no chip answers"
        case .chipCount(let found, let expected): "\(found) chips answer, expected \(expected)"
        case .foreignChips(let model):
            "the chips are of model \(String(model, radix: 16)), not what the board file says"
        case .responseLength: "responses have the wrong length"
        case .unaddressed(let count): "\(count) chips do not answer to their addresses"
        case .lineLost: "the chips were lost in a change of the line rate"
        case .unanswered(let command): "command 0x\(String(command, radix: 16)) is not answered"
        case .busLost: "commands fail again and again"
        case .clocksUnlocked(let count): "only \(count) clocks lock"
        case .overheated(let chip): "chip \(chip) is too hot"
        case .supplyFailed: "the supply does not take its setting"
        case .voltage(let millivolts?): "chips measure \(millivolts) mV on average, too far from their target"
        case .voltage(nil): "no chip tells its voltage"
        case .silent: "no valid nonce for far longer than chance explains"
        }
    }
}
