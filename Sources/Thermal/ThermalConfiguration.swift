import Base

/// Everything that the controller knows about a rig, checked to be consistent.
public struct ThermalConfiguration: Sendable {
    /// What carries the heat away.
    public enum Profile: Equatable, Sendable {
        /// Fans of the rig's own.
        case air
        /// A bath or a water circuit whose pumps the rig does not control: power is the only thing to set.
        case immersion, hydro
    }

    /// More than the field has: three or four boards, four to six fans.
    public static let maximumBoards = 8
    public static let maximumFans = 8
    public static let maximumZones = 4
    /// Channels beyond this are a mistake; a T1 has 189 chips that measure themselves.
    public static let maximumChannels = 512

    public let profile: Profile
    public let channels: [ThermalChannel]
    public let crossChecks: [ThermalCrossCheck]
    public let fans: [ThermalFan]
    public let boards: [ThermalBoard]
    public let zones: [ThermalZone]
    public let tuning: ThermalTuning

    /// - Throws: the first thing that does not fit.
    public init(
        profile: Profile = .air, channels: [ThermalChannel], crossChecks: [ThermalCrossCheck] = [],
        fans: [ThermalFan], boards: [ThermalBoard], zones: [ThermalZone] = [ThermalZone()],
        tuning: ThermalTuning = ThermalTuning()
    ) throws(ThermalConfigurationFault) {
        self.profile = profile
        self.channels = channels
        self.crossChecks = crossChecks
        self.fans = fans
        self.boards = boards
        self.zones = zones
        self.tuning = tuning
        try checkCounts()
        try checkChannels()
        try checkFans()
        try checkTuning()
    }

    private func checkCounts() throws(ThermalConfigurationFault) {
        guard boards.count <= Self.maximumBoards else { throw .tooMany(.boards, limit: Self.maximumBoards) }
        guard fans.count <= Self.maximumFans else { throw .tooMany(.fans, limit: Self.maximumFans) }
        guard channels.count <= Self.maximumChannels else { throw .tooMany(.channels, limit: Self.maximumChannels) }
        guard zones.count <= Self.maximumZones else { throw .tooMany(.zones, limit: Self.maximumZones) }
        for (index, board) in boards.enumerated() {
            guard zones.indices.contains(board.zone) else { throw .noSuchZone(.boards, index: index) }
            guard board.maximumPower > .zero else { throw .notPositive(.boards, index: index) }
            guard board.minimumGoodSensors > 0 else { throw .unsupervised(board: index) }
            var sensors = 0
            for channel in channels where channel.owner == .board(index) && channel.kind.isHeatedByHashing {
                sensors += 1
            }
            guard sensors >= board.minimumGoodSensors else { throw .unsupervised(board: index) }
        }
    }

    private func checkChannels() throws(ThermalConfigurationFault) {
        for (index, channel) in channels.enumerated() {
            if case .board(let board) = channel.owner, !boards.indices.contains(board) {
                throw .noSuchBoard(channel: index)
            }
            guard channel.slewPerSecond > .zero else { throw .notPositive(.channels, index: index) }
            // A limit that no plausible value reaches would never act.
            guard channel.plausible.contains(channel.limits.powerDown),
                channel.plausible.contains(channel.limits.target)
            else { throw .limitsImplausible(channel: index) }
        }
        for (index, check) in crossChecks.enumerated() {
            guard channels.indices.contains(check.first), channels.indices.contains(check.second),
                check.first != check.second
            else { throw .noSuchChannel(crossCheck: index) }
        }
    }

    private func checkFans() throws(ThermalConfigurationFault) {
        for (index, fan) in fans.enumerated() {
            guard zones.indices.contains(fan.zone) else { throw .noSuchZone(.fans, index: index) }
            guard fan.minimum > .off, fan.start >= fan.minimum else { throw .notPositive(.fans, index: index) }
        }
        guard profile == .air else { return }
        for (index, zone) in zones.enumerated() {
            var count = 0
            for fan in fans where fan.zone == index { count += 1 }
            guard zone.minimumFans > 0, count >= zone.minimumFans else { throw .tooFewFans(zone: index) }
        }
    }

    private func checkTuning() throws(ThermalConfigurationFault) {
        guard tuning.slewUp > 0, tuning.slewDown > 0, tuning.slewDown <= tuning.slewUp else { throw .slew }
        guard (1...8).contains(tuning.tripsPerHour) else { throw .tripLimit }
        guard tuning.ladder[0] == 1000 else { throw .ladder }
        for rung in 1..<tuning.ladder.count {
            guard tuning.ladder[rung] < tuning.ladder[rung - 1], tuning.ladder[rung] > 0 else { throw .ladder }
        }
    }
}

/// Why a configuration of the thermal controller was refused.
public enum ThermalConfigurationFault: Error, Equatable, Sendable {
    /// What a fault is about.
    public enum Part: Equatable, Sendable { case boards, fans, channels, zones }

    case tooMany(Part, limit: Int)
    case noSuchZone(Part, index: Int)
    case noSuchBoard(channel: Int)
    case noSuchChannel(crossCheck: Int)
    /// A power, slew or duty that has to be above zero.
    case notPositive(Part, index: Int)
    /// Fewer heated channels than the board's minimum of good ones, or a minimum of none.
    case unsupervised(board: Int)
    /// A limit outside the channel's plausible range.
    case limitsImplausible(channel: Int)
    case tooFewFans(zone: Int)
    /// Slews above zero, downward not faster than upward.
    case slew
    /// 1–8 trips per hour.
    case tripLimit
    /// A ladder that starts at 1000 and falls to something above zero.
    case ladder
}
