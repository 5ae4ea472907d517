import Base
import Grid
import JSON

/// How the rig follows the mains frequency (Docs/configuration.md).
public struct GridConfiguration: Equatable, Sendable {
    /// Where the frequency comes from.
    public enum Source: Equatable, Sendable {
        /// The board's own line, where it has one.
        case line
        /// A phasor measurement unit (IEEE C37.118.2), and the IDCODE of its stream.
        case synchrophasor(NetworkAddress, SynchrophasorSession.Transport, stream: UInt16)
        /// Lines of text that somebody sends to a port of this machine; 0: a free one.
        case feed(port: UInt16)
        /// A recording, for trials; `speed` 1 plays it in real time.
        case replay(file: String, speed: Int)
    }

    /// A product that the rig follows.
    public struct Follow: Equatable, Sendable {
        /// The product's file; a relative name is one beside the configuration.
        public var file: String
        /// What is offered: the full response is so much.
        public var offer: PowerLimit
        /// Whether it responds at all.
        public var isArmed: Bool

        public init(file: String, offer: PowerLimit = .permille(1000), isArmed: Bool = true) {
            self.file = file
            self.offer = offer
            self.isArmed = isArmed
        }
    }

    /// As many products besides the relay as the frequency has slots left.
    public static var followLimit: Int { Int(PowerClaim.Key.slotCount) - 1 }

    public var source = Source.line
    /// Of the network; nil: as the board file says, or 50 Hz.
    public var nominal: Millihertz?
    /// The thresholds of the relay; nil: it only measures.
    public var relay: UnderFrequencyJudge.Settings?
    public var follows: [Follow] = []

    public init() {}

    mutating func read(from reader: inout DocumentReader) throws(DocumentError) {
        try reader.object(keys: ["source", "nominal_hertz", "relay", "products"]) {
            (reader, key) throws(DocumentError) in
            switch key {
            case "source": source = try Self.source(&reader)
            case "nominal_hertz":
                nominal = try reader.number("50 or 60") { number in
                    [50, 60].contains(number.int) ? number.int.map { Millihertz(clamping: $0 * 1000) } : nil
                }
            case "relay": relay = try Self.relay(&reader)
            default: follows = try reader.array(limit: Self.followLimit, Self.follow)
            }
        }
    }

    // MARK: Relay

    private static func relay(_ reader: inout DocumentReader) throws(DocumentError) -> UnderFrequencyJudge.Settings {
        var settings = UnderFrequencyJudge.Settings(
            trip: .zero, release: .zero, releaseAfter: .seconds(60), minimumHold: .zero)
        let required = ["trip_hertz", "release_hertz"]
        try reader.object(keys: required + ["release_seconds", "hold_seconds"], required: required) {
            (reader, key) throws(DocumentError) in
            switch key {
            case "trip_hertz": settings.trip = try reader.hertz()
            case "release_hertz": settings.release = try reader.hertz()
            case "release_seconds": settings.releaseAfter = try reader.seconds(in: 0...86_400)
            default: settings.minimumHold = try reader.seconds(in: 0...86_400)
            }
        }
        guard settings.release > settings.trip else {
            throw reader.problem("\"release_hertz\" is not above \"trip_hertz\"; expected a relay that lets go above")
        }
        return settings
    }

    // MARK: Products

    private static func follow(_ reader: inout DocumentReader) throws(DocumentError) -> Follow {
        var follow = Follow(file: "")
        try reader.object(keys: ["file", "offer", "armed"], required: ["file"]) {
            (reader, key) throws(DocumentError) in
            switch key {
            case "file": follow.file = try reader.fileName()
            case "offer":
                follow.offer = try reader.powerLimit()
                if follow.offer == .off || follow.offer == .permille(0) {
                    throw reader.problem("found nothing to offer; expected a part such as \"100%\" or \"1500W\"")
                }
            default: follow.isArmed = try reader.bool()
            }
        }
        return follow
    }

    // MARK: Source

    private enum SourceKind: CaseIterable {
        case line, synchrophasor, feed, replay

        var name: String {
            switch self {
            case .line: "line"
            case .synchrophasor: "synchrophasor"
            case .feed: "feed"
            case .replay: "replay"
            }
        }

        var keys: [String] {
            switch self {
            case .line: []
            case .synchrophasor: ["url", "stream"]
            case .feed: ["port"]
            case .replay: ["file", "speed"]
            }
        }
    }

    private static func source(_ reader: inout DocumentReader) throws(DocumentError) -> Source {
        let kind = try reader.lookAhead("kind", SourceKind.allCases.map { ($0.name, $0) })
        var address: (NetworkAddress, SynchrophasorSession.Transport)?
        var stream: UInt16 = 1
        var port: UInt16 = 0
        var file = ""
        var speed = 1
        let required = kind == .synchrophasor ? ["url"] : kind == .replay ? ["file"] : []
        try reader.object(keys: ["kind"] + kind.keys, required: ["kind"] + required) {
            (reader, key) throws(DocumentError) in
            switch key {
            case "kind": _ = try reader.choice(SourceKind.allCases.map { ($0.name, $0) })
            case "url":
                address = try reader.string("an address tcp://HOST:PORT or udp://HOST:PORT") { text in
                    if let tcp = NetworkAddress(text, scheme: "tcp://") { return (tcp, .tcp) }
                    return NetworkAddress(text, scheme: "udp://").map { ($0, .udp) }
                }
            case "stream": stream = UInt16(try reader.integer(in: 1...65_534))
            case "port": port = UInt16(try reader.integer(in: 0...65_535))
            case "file": file = try reader.fileName()
            default: speed = try reader.integer(in: 1...1000)
            }
        }
        switch kind {
        case .line: return .line
        case .feed: return .feed(port: port)
        case .replay: return .replay(file: file, speed: speed)
        case .synchrophasor:
            guard let (address, transport) = address else { return .line }
            return .synchrophasor(address, transport, stream: stream)
        }
    }
}

extension DocumentReader {
    /// Reads a mains frequency in hertz, to a millihertz.
    fileprivate mutating func hertz() throws(DocumentError) -> Microhertz {
        try number("a mains frequency from 40 to 70, to a thousandth, for example 49.7") { number in
            guard let value = number.scaled(decimals: 3), (40_000...70_000).contains(value) else { return nil }
            return Microhertz(clamping: Int64(value) * 1000)
        }
    }

    /// Reads the name of a file.
    fileprivate mutating func fileName() throws(DocumentError) -> String {
        try string("the name of a file, 1 to 1024 bytes without a zero byte", limit: 1024) { text in
            text.isEmpty || text.utf8.contains(0) ? nil : text
        }
    }
}
