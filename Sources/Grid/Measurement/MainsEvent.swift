import Base

/// Something noteworthy that a measurement went through, for the log.
public enum MainsEvent: Equatable, Sendable {
    /// The phase stepped by so many thousandths of a degree; positive is later.
    case phaseJump(millidegrees: Int32)
    /// Both edges moved apart or together: the amplitude, or the offset of the comparator, has stepped.
    case amplitudeStep
    /// The voltage fell below the limit, in thousandths of nominal.
    case sag(permille: Int32)
    /// So many edges were expected and did not come.
    case missingEdges(Int32)
    /// An edge came where none belongs.
    case strayEdge
    /// Nothing fitted for a while; the estimate starts anew.
    case trackLost
    /// The voltage is gone.
    case outage
    /// The voltage has been good for the time that counts as restored.
    case restored
    /// The waveform has had a flaw for half a second.
    case flaw(WaveformFlaw)
    /// The flaw has been gone for ten seconds; with what is left of it.
    case flawOver(WaveformFlaw)
}

/// What can be wrong with the waveform for longer than some cycles. None of it is a frequency, and none trips anything.
///
/// Edges alone tell that half periods differ, but not why; only samples of the voltage tell an offset from even harmonics,
/// and show odd harmonics at all (Docs/grid.md, "Flaws of the waveform").
public enum WaveformFlaw: Equatable, Sendable {
    /// From edges: the half period after a rising edge is so much longer than half of the period.
    case asymmetry(nanoseconds: Int32)
    /// From samples: the mean of the voltage, in thousandths of the fundamental's amplitude.
    case offset(permille: Int32)
    /// From samples: the root of the sum of the harmonics' squares, in thousandths of the fundamental.
    case harmonics(permille: Int32)
}

extension MainsEvent: CustomStringConvertible {
    /// One line for the log.
    public var description: String {
        switch self {
        case .phaseJump(let millidegrees): "phase stepped by \(thousandths(millidegrees)) degrees"
        case .amplitudeStep: "amplitude stepped"
        case .sag(let permille): "voltage sagged to \(percent(permille)) % of nominal"
        case .missingEdges(let count): "\(count) edges missing"
        case .strayEdge: "stray edge"
        case .trackLost: "edges fit no frequency, measurement begins anew"
        case .outage: "voltage gone"
        case .restored: "voltage restored"
        case .flaw(let flaw): flaw.description
        case .flawOver(let flaw): "over: \(flaw)"
        }
    }
}

extension WaveformFlaw: CustomStringConvertible {
    /// One line for the log.
    public var description: String {
        switch self {
        case .asymmetry(let nanoseconds): "positive half period longer than half by \(nanoseconds / 1000) us"
        case .offset(let permille): "offset of \(percent(permille)) % of the amplitude"
        case .harmonics(let permille): "total harmonic distortion of \(percent(permille)) %"
        }
    }
}

private func thousandths(_ value: Int32) -> String { Decimal.fixed(Double(value) / 1000, places: 1) }
private func percent(_ permille: Int32) -> String { Decimal.fixed(Double(permille) / 10, places: 1) }
