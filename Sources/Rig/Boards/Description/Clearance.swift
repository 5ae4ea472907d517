/// What of a board may be touched: all that is verified, and what the operator has confirmed.
public struct Clearance: Equatable, Sendable {
    private let refused: [BoardItem]
    private let board: Board

    /// - Throws: a complaint about the first confirmation of something that the board does not have.
    public init(_ board: Board, confirmed: [Confirmation]) throws(DocumentError) {
        let items = board.items
        for confirmation in confirmed where !items.contains(where: { $0.path == confirmation.path }) {
            throw Self.complaint(confirmation, board, items)
        }
        refused = items.filter { item in
            !item.provenance.isVerified && !confirmed.contains { $0.path == item.path }
        }
        self.board = board
    }

    private static func complaint(
        _ confirmation: Confirmation, _ board: Board, _ items: [BoardItem]
    ) -> DocumentError {
        var complaint = confirmation.place
        let unverified = items.filter { !$0.provenance.isVerified }.map { $0.path }
        let hint: String
        if let nearest = NearestName.match(confirmation.path, among: items.map { $0.path }) {
            hint = "did you mean \"\(nearest)\"?"
        } else if unverified.isEmpty {
            hint = "everything of it is verified"
        } else {
            hint = "it has \(unverified.joined(separator: ", "))"
        }
        complaint.problem =
            "found \"\(confirmation.path)\"; expected something unverified of board \(board.name): \(hint)"
        return complaint
    }

    /// Whether what stands at `path` may be touched.
    public func allows(_ path: String) -> Bool { !refused.contains { $0.path == path } }

    /// What is not touched because nobody has confirmed it.
    public var untouched: [BoardItem] { refused }

    // MARK: Parts with what they hang on

    /// Whether an I2C part may be talked to.
    func allowsPart(_ path: String, on bus: String) -> Bool { allows(path) && allows("i2c.\(bus)") }

    /// Whether a line may be requested.
    public func allowsLine(_ name: String) -> Bool {
        guard let line = board.lines.first(where: { $0.name == name }) else { return false }
        return allows("lines.\(name)") && (line.chip.map { allows("gpio.\($0)") } ?? true)
    }

    /// Whether a supply may be commanded: it, its bus and its line.
    public func allows(_ supply: SupplyDescription) -> Bool {
        guard allows("supplies.\(supply.name)"), supply.enable.map({ allowsLine($0) }) ?? true else { return false }
        return supply.kind == .line || allows("i2c.\(supply.bus)")
    }

    /// Whether a fan may be driven: it, and what it hangs on.
    public func allows(_ fan: FanDescription) -> Bool {
        guard allows("fans.\(fan.name)") else { return false }
        return switch fan.kind {
        case .pwm: allows("pwm.\(fan.pwm)")
        case .hwmon: true
        case .emc2101, .emc2103, .emc2301, .emc2302, .emc2303, .emc2305: allows("i2c.\(fan.bus)")
        }
    }

    /// Whether a sensor may be read: it, its limits and its bus.
    public func allows(_ sensor: SensorDescription) -> Bool {
        guard allows("limits.\(sensor.limits)") else { return false }
        return sensor.kind.addresses.isEmpty
            ? allows("sensors.\(sensor.name)") : allowsPart("sensors.\(sensor.name)", on: sensor.bus)
    }

    // MARK: Chains

    /// Why a chain is not run; empty when nothing stands in its way.
    public func obstacles(to chain: ChipChainDescription) -> [String] {
        var paths = ["chains.\(chain.name)", "\(chain.busKey).\(chain.bus)"]
        for line in [chain.reset, chain.enable, chain.start, chain.plug].compactMap({ $0 }) {
            paths += pathsOf(line: line)
        }
        for supply in board.supplies where chain.supplies.contains(where: { $0 == supply.name }) {
            paths.append("supplies.\(supply.name)")
            if let enable = supply.enable { paths += pathsOf(line: enable) }
            if supply.kind != .line { paths.append("i2c.\(supply.bus)") }
        }
        for sensor in board.sensors where isNeeded(sensor, by: chain) {
            paths += ["sensors.\(sensor.name)", "limits.\(sensor.limits)"]
            if !sensor.kind.addresses.isEmpty { paths.append("i2c.\(sensor.bus)") }
        }
        var obstacles: [String] = []
        var seen: [String] = []
        for path in paths where !seen.contains(where: { $0 == path }) {
            seen.append(path)
            if !allows(path) { obstacles.append("\(path) is unverified") }
        }
        if board.cooling.profile == .air, !board.fans.contains(where: { allows($0) }) {
            obstacles.append("no fan may be driven")
        }
        if !board.sensors.contains(where: { isNeeded($0, by: chain) }) {
            obstacles.append("no required sensor watches it")
        }
        return obstacles
    }

    private func isNeeded(_ sensor: SensorDescription, by chain: ChipChainDescription) -> Bool {
        sensor.policy != .removable && (sensor.chain == nil || sensor.chain == chain.name)
    }

    private func pathsOf(line name: String) -> [String] {
        let chip = board.lines.first { $0.name == name }?.chip
        return ["lines.\(name)"] + (chip.map { ["gpio.\($0)"] } ?? [])
    }
}
