import Base

/// What the supervisor must know of a hash board to keep it supplied.
public struct BoardProfile: Sendable {
    /// For logs: `board 1`.
    public var name: String
    /// Versions of a header that the board takes in one piece of work.
    public var versionsPerPiece: UInt64
    /// Whether chips and buses are those of the simulated rig.
    public var isSimulated: Bool

    public init(name: String, versionsPerPiece: UInt64, isSimulated: Bool) {
        self.name = name
        self.versionsPerPiece = versionsPerPiece
        self.isSimulated = isSimulated
    }
}

/// The hash boards as the supervisor sees them: who gets which work.
struct BoardCrew: Sendable {
    struct Dispatch: Sendable {
        let board: Int
        let order: BoardOrder
    }

    /// Pieces of work of one board that are remembered: two for each of 64 chips, and as many again for late results.
    static let recordsPerBoard = 256
    /// Pieces handed out for one request, at most.
    static let piecesPerRequest = 128

    private let profiles: [BoardProfile]

    init(_ profiles: [BoardProfile]) {
        self.profiles = profiles
    }

    func name(_ board: Int) -> String {
        profiles.indices.contains(board) ? profiles[board].name : "board \(board)"
    }

    /// The orders that move all boards to the distributor's present job. A board that is off keeps its piece until it is
    /// brought up, which is not decided here.
    func begin(_ distributor: inout WorkDistributor, isClean: Bool, now: Instant) -> [Dispatch] {
        var orders: [Dispatch] = []
        for board in profiles.indices {
            orders += piece(for: board, isClean: isClean, from: &distributor, now: now)
        }
        return orders
    }

    /// The orders that give `board` the work that it asks for, as far as there is any.
    func supply(_ board: Int, _ count: Int, from distributor: inout WorkDistributor, now: Instant) -> [Dispatch] {
        guard profiles.indices.contains(board) else { return [] }
        var orders: [Dispatch] = []
        for _ in 0..<min(count, Self.piecesPerRequest) {
            orders += piece(for: board, isClean: false, from: &distributor, now: now)
        }
        return orders
    }

    private func piece(
        for board: Int, isClean: Bool, from distributor: inout WorkDistributor, now: Instant
    ) -> [Dispatch] {
        guard let piece = distributor.drawVersions(upTo: profiles[board].versionsPerPiece, now: now) else { return [] }
        return [Dispatch(board: board, order: .assign(piece.work, id: piece.id, isClean: isClean))]
    }
}
