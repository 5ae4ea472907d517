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
    /// Lines that could not be opened, and why.
    let failures: [(line: String, fault: BusFault)]

    /// Opens what may be touched: resets active, everything else inactive.
    init(_ board: Board, clearance: Clearance, open: (LineDescription, Bool) throws(BusFault) -> any OutputLine) {
        var names: [String] = []
        var lines: [GatedLine] = []
        var failures: [(line: String, fault: BusFault)] = []
        func gated(_ name: String?, _ rule: GatedLine.Rule) -> GatedLine? {
            guard let name, clearance.allowsLine(name), let description = board.lines.first(where: { $0.name == name })
            else { return nil }
            do throws(BusFault) {
                let line = GatedLine(try open(description, rule == .either), rule: rule)
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
                    reset: gated(chain.reset, .either), enable: gated(chain.enable, .both),
                    start: gated(chain.start, .both)))
        }
        self.chains = chains
        var supplies: [GatedLine?] = []
        for supply in board.supplies { supplies.append(gated(supply.enable, .both)) }
        self.supplies = supplies
        self.names = names
        self.lines = lines
        self.failures = failures
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
