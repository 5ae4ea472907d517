import Base

/// How long a job keeps a chain busy.
public enum JobCadence {
    /// The share of that time after which the next job is sent.
    static let shareUsed = 0.75

    /// The time in which chips at `frequency` try `versions` versions of a header, each core one nonce to a cycle.
    public static func duration(
        _ family: ChipFamily, chips: Int, frequency: ClockFrequency, versions: UInt64
    ) -> Duration {
        let nonces = HashCounting.nonces(cores: family.cores, chips: chips)
        return time(sweeps: sweeps(family, versions), nonces, perSecond: frequency.hertz)
    }

    /// The time in which cores with a sweep deadline of `ticks` go through `versions` versions.
    public static func duration(_ family: ChipFamily, sweepTicks ticks: UInt32, versions: UInt64) -> Duration {
        time(sweeps: sweeps(family, versions), UInt64(ticks), perSecond: UInt32(PLLSetting.inputHertz))
    }

    /// When to follow a job by the next: well before it is used up, but no later than the family's limit, and with enough
    /// time between jobs to send them.
    static func interval(_ plan: ChainPlan, frequency: ClockFrequency, baud: UInt32, versions: UInt64) -> Duration {
        let family = plan.family
        let duration: Duration
        let frameLength: Int
        switch family.jobFormat {
        case .midstates:
            frameLength = MidstateJob.maximumFrameLength
            duration = Self.duration(
                family, chips: plan.chipCount, frequency: frequency, versions: min(versions, UInt64(family.subCores)))
        case .fullHeader:
            frameLength = FullJob.frameLength
            duration = Self.duration(family, sweepTicks: plan.sweepTicks(at: frequency), versions: versions)
        }
        let used = Duration.nanoseconds(Int64(Double(duration.nanoseconds) * shareUsed))
        // Ten bits to a byte, and half of the line left free for the rest.
        let line = Duration.nanoseconds(Int64(frameLength) * 20 * 1_000_000_000 / Int64(max(1, baud)))
        return max(line, min(used, family.maximumJobInterval))
    }

    /// How many times each engine goes through its nonces: the engines of a core share the versions.
    private static func sweeps(_ family: ChipFamily, _ versions: UInt64) -> UInt64 {
        max(1, versions / UInt64(max(1, family.subCores)))
    }

    private static func time(sweeps: UInt64, _ steps: UInt64, perSecond: UInt32) -> Duration {
        .nanoseconds(Int64(Double(sweeps) * Double(steps) / Double(max(1, perSecond)) * 1e9))
    }
}
