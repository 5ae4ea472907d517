import Base
import Buses
import Grid
import Platform
import Rig

/// What the daemon needs to follow the mains: validated, and with the line of the mains open.
struct GridSetup {
    /// Where readings come from besides the board's own line.
    enum Source {
        case none
        case synchrophasor(NetworkAddress, SynchrophasorSession.Transport, stream: UInt16)
        case feed(port: UInt16)
        case replay(GridRecording, speed: Int)

        /// Whether it is a recording, and not the mains of now.
        var isRecording: Bool {
            if case .replay = self { true } else { false }
        }

        /// What silence of it means.
        var policy: SourcePolicy {
            switch self {
            case .none: .standard(.localSensing)
            case .synchrophasor: .standard(.synchrophasor)
            case .feed: .standard(.feed)
            case .replay: .standard(.replay)
            }
        }
    }

    /// A product to follow.
    struct Follow {
        let product: GridProduct
        let offer: PowerLimit
        let isArmed: Bool
    }

    let nominal: Millihertz
    /// Edges of the board's own line; nil where it has none, or another source was named.
    let feed: (any RelayFeed)?
    let isRectified: Bool
    let relay: UnderFrequencyJudge.Settings?
    let source: Source
    let follows: [Follow]
    let isSimulated: Bool
    /// What the log should say at the start.
    let remarks: [Event]

    /// Nil for a rig that has no way to see the mains and was not told to look.
    /// - Parameter path: the configuration's, for the names of files in it.
    init?(_ assembly: RigAssembly, _ configuration: GridConfiguration, beside path: String?) throws(RunPlan.Refusal) {
        let mains = assembly.board.mains
        nominal = configuration.nominal ?? Millihertz(clamping: (mains?.nominalHertz ?? 50) * 1000)
        var remarks: [Event] = []
        var feed: (any RelayFeed)?
        var follows: [Follow] = []
        for follow in configuration.follows {
            let file = Self.path(follow.file, beside: path)
            let product = try RunPlan.read(file) { (bytes) throws(DocumentError) in
                try GridProduct.read(file: file, bytes: bytes)
            }
            follows.append(Follow(product: product, offer: follow.offer, isArmed: follow.isArmed))
        }
        switch configuration.source {
        case .line:
            source = .none
            guard mains != nil else {
                if configuration.relay != nil || !follows.isEmpty {
                    throw RunPlan.Refusal(
                        message: "grid: board \(assembly.board.name) has no \"mains\" line;"
                            + " expected one, or another \"source\"")
                }
                return nil
            }
            (feed, remarks) = Self.open(assembly)
        case .synchrophasor(let address, let transport, let stream):
            source = .synchrophasor(address, transport, stream: stream)
        case .feed(let port): source = .feed(port: port)
        case .replay(let name, let speed):
            source = .replay(
                try GridRecording(Self.path(name, beside: path), speed: speed, nominal: nominal), speed: speed)
            remarks.append(Event(.warning, "grid", "SIMULATED: the frequency is a recording"))
        }
        if feed == nil, configuration.relay != nil, configuration.source != .line {
            throw RunPlan.Refusal(
                message: "grid.relay: the relay needs the board's own \"mains\" line; expected the source \"line\"")
        }
        for follow in follows where follow.product.nominal != nominal {
            throw RunPlan.Refusal(
                message: "grid.products: \(follow.product.name) is for \(follow.product.nominal.value / 1000) Hz;"
                    + " expected one for \(nominal.value / 1000) Hz")
        }
        self.feed = feed
        self.follows = follows
        isRectified = mains?.edgesPerPeriod == 2
        relay = configuration.relay
        isSimulated = assembly.board.simulation != nil
        self.remarks = remarks
    }

    private static func open(_ assembly: RigAssembly) -> (feed: (any RelayFeed)?, remarks: [Event]) {
        do throws(BusFault) {
            guard let make = assembly.makeMains else {
                return (
                    nil, [Event(.warning, "grid", "the mains line is untouched, since unverified and not confirmed")]
                )
            }
            return (try make(), [])
        } catch {
            return (nil, [Event(.error, "grid", "the mains cannot be seen: \(error.description)")])
        }
    }

    /// A name as it stands, or beside `path` when it is relative.
    static func path(_ name: String, beside path: String?) -> String {
        guard name.utf8.first != 0x2F, let path, let slash = path.utf8.lastIndex(of: 0x2F) else { return name }
        return String(decoding: path.utf8[...slash], as: UTF8.self) + name
    }
}
