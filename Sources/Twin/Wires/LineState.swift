/// What a control board drives one of its lines to, as the rest of the rig sees it.
final class LineState {
    /// What was asked for last.
    private var driven: Bool
    /// What the line is in after power-on, and whenever the control board restarts.
    private let atPowerOn: Bool
    /// Overrides what is driven: a shorted driver, a welded contact.
    var stuck: Bool?

    init(atPowerOn: Bool) {
        driven = atPowerOn
        self.atPowerOn = atPowerOn
    }

    /// `true` is active, as in `OutputLine`.
    var isActive: Bool { stuck ?? driven }

    /// Whether driving it would change the level on the wire.
    func changes(with active: Bool) -> Bool { stuck == nil && driven != active }

    func drive(_ active: Bool) {
        driven = active
    }

    func restart() {
        driven = atPowerOn
    }
}
