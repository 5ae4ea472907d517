import Buses
import Platform

/// An output line that two parties have a say in: who drives the part behind it, and who may cut it off. Any thread may call.
final class GatedLine: OutputLine, @unchecked Sendable {
    /// How the two wishes become one level.
    enum Rule {
        /// Active while both want it: an enable line.
        case both
        /// Active while either wants it: a reset line.
        case either
    }

    private let lock = Lock()
    private let line: any OutputLine
    private let rule: Rule
    private var wish: Bool
    private var gate: Bool

    /// The line is as it was opened: an enable line inactive with its gate closed, a reset line active and held.
    init(_ line: any OutputLine, rule: Rule) {
        self.line = line
        self.rule = rule
        wish = rule == .either
        gate = rule == .either
    }

    /// What the driver of the part wants.
    func set(_ active: Bool) throws(BusFault) {
        try lock.withLock { () throws(BusFault) in
            wish = active
            try apply()
        }
    }

    /// What the controller wants: an enable line may rise while true, a reset line is held while true.
    func setGate(_ active: Bool) throws(BusFault) {
        try lock.withLock { () throws(BusFault) in
            gate = active
            try apply()
        }
    }

    func isActive() throws(BusFault) -> Bool {
        try lock.withLock { () throws(BusFault) in try line.isActive() }
    }

    private func apply() throws(BusFault) {
        try line.set(rule == .both ? wish && gate : wish || gate)
    }
}
