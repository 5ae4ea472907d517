import Buses
import Rig

/// Every output line of the rig that load depends on, opened once and shared by the threads that drive it: in chips' resets
/// and boards' enables, the chains and the controller have a say; in supplies' enables, the parts crew and the controller.
final class RigLines: Sendable {
    /// The lines of one chain, in the board file's order.
    struct Chain: Sendable {
        var reset: GatedLine?
        var enable: GatedLine?
        var start: GatedLine?
    }

    let chains: [Chain]
    /// By place in the board file; nil for supplies without a line, and for those that may not be touched.
    let supplies: [GatedLine?]
    private let names: [String]
    private let lines: [GatedLine]
    /// The same lines, as the relay takes load off with them.
    let relay: RelayLines
    /// Lines that could not be opened, and why.
    let failures: [(line: String, fault: BusFault)]

    /// Opens what may be touched: resets active, everything else inactive.
    init(_ board: Board, clearance: Clearance, open: (LineDescription, Bool) throws(BusFault) -> any OutputLine) {
        var names: [String] = []
        var lines: [GatedLine] = []
        var failures: [(line: String, fault: BusFault)] = []
        let inhibit = Inhibit()
        var guarded: [GuardedLine] = []
        func gated(_ name: String?, _ rule: GatedLine.Rule, _ stage: OffStage) -> GatedLine? {
            guard let name, clearance.allowsLine(name), let description = board.lines.first(where: { $0.name == name })
            else { return nil }
            do throws(BusFault) {
                let place = BusName(.gpio, description.gpioNumber(board))
                let guardedLine = GuardedLine(
                    try open(description, rule == .either), stage: stage, isOffWhenActive: rule == .either,
                    inhibit: inhibit, name: place, number: description.offset.map { UInt16(clamping: $0) })
                let line = GatedLine(guardedLine, rule: rule)
                guarded.append(guardedLine)
                names.append(name)
                lines.append(line)
                return line
            } catch {
                failures.append((line: name, fault: error))
                return nil
            }
        }
        var chains: [Chain] = []
        for chain in board.chipChains {
            chains.append(
                Chain(
                    reset: gated(chain.reset, .either, .chipsInReset),
                    enable: gated(chain.enable, .both, .boardsDisabled),
                    start: gated(chain.start, .both, .boardsDisabled)))
        }
        self.chains = chains
        var supplies: [GatedLine?] = []
        for supply in board.supplies { supplies.append(gated(supply.enable, .both, .supplyOff)) }
        self.supplies = supplies
        self.names = names
        self.lines = lines
        self.failures = failures
        relay = RelayLines(guarded, inhibit: inhibit)
    }

    /// The line of this name; nil when it was not opened.
    func line(_ name: String) -> GatedLine? {
        guard let index = names.firstIndex(where: { $0 == name }) else { return nil }
        return lines[index]
    }

    /// Lets a chain's board have power and its chips run, or cuts both: reset first.
    func setRun(_ run: Bool, chain index: Int) throws(BusFault) {
        let chain = chains[index]
        if run {
            try chain.enable?.setGate(true)
            try chain.start?.setGate(true)
            try chain.reset?.setGate(false)
        } else {
            try chain.reset?.setGate(true)
            try chain.start?.setGate(false)
            try chain.enable?.setGate(false)
        }
    }
}

extension LineDescription {
    /// The number of its GPIO chip, for messages.
    fileprivate func gpioNumber(_ board: Board) -> UInt16 {
        board.gpio.first { $0.name == chip }?.number ?? 0
    }
}
