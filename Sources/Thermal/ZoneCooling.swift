import Base

/// A zone's fan loop, and what keeps its fans from slowing down too early.
struct ZoneCooling {
    var loop: FanLoop
    /// The duty when a board of the zone was switched off, and when that was.
    var held = DutyCycle.off
    var heldSince: Instant?

    init(loop: FanLoop) {
        self.loop = loop
    }
}
