import Base
import JSON

/// The file's content. Durations are whole milliseconds.
extension PowerMemory {
    /// One line of JSON.
    public var json: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("schema")
            writer.integer(Self.schema)
            writer.key("is_held")
            writer.bool(isHeld)
            writer.key("rise")
            writer.string(utf8: held.name.utf8)
            if let offFor {
                writer.key("off_for_ms")
                writer.integer(Self.milliseconds(offFor))
            }
            writer.key("start_ages_ms")
            writer.array { writer in
                for age in startAges { writer.integer(Self.milliseconds(age)) }
            }
            writer.key("claim_count")
            writer.integer(claimCount)
            writer.key("random")
            writer.integer(random)
            writer.key("claims")
            writer.array { writer in
                for claim in claims { claim.write(to: &writer) }
            }
        }
        return writer.bytes + [0x0A]
    }

    /// Reads what `json` wrote; anything else is refused as a whole.
    public static func read(file: String, bytes: [UInt8]) throws(DocumentError) -> PowerMemory {
        try DocumentReader.read(file: file, bytes: bytes) { (reader) throws(DocumentError) in
            var memory = PowerMemory()
            let keys = ["schema", "is_held", "rise", "start_ages_ms", "claim_count", "random", "claims"]
            try reader.object(keys: keys + ["off_for_ms"], required: keys) { (reader, key) throws(DocumentError) in
                switch key {
                case "schema": _ = try reader.integer(in: schema...schema)
                case "is_held": memory.isHeld = try reader.bool()
                case "rise": memory.held = try reader.choice(PowerClaim.Rise.allCases.map { ($0.name, $0) })
                case "off_for_ms": memory.offFor = try duration(from: &reader)
                case "start_ages_ms": memory.startAges = try reader.array(limit: CycleBudget.limit, duration)
                case "claim_count": memory.claimCount = try reader.number("a count") { $0.uint64 }
                case "random": memory.random = try reader.number("a state of 64 bits") { $0.uint64 }
                default: memory.claims = try reader.array(limit: Claim.limit, Claim.read)
                }
            }
            return memory
        }
    }

    fileprivate static func milliseconds(_ duration: Duration) -> Int64 {
        max(0, min(duration.nanoseconds / 1_000_000, Int64(clamping: longest)))
    }

    /// The longest time that is written or read, ten years.
    private static let longest: UInt64 = 315_360_000_000

    fileprivate static func duration(from reader: inout DocumentReader) throws(DocumentError) -> Duration {
        .milliseconds(Int64(clamping: try reader.count(upTo: longest, unit: "ms")))
    }
}

extension PowerMemory.Claim {
    /// As many as there are keys.
    static let limit = PowerClaim.Source.allCases.count * Int(PowerClaim.Key.slotCount)

    fileprivate func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.key("source")
            writer.string(utf8: key.source.name.utf8)
            writer.key("slot")
            writer.integer(key.slot)
            switch limit {
            case .off: break
            case .power(let power):
                writer.key("milliwatts")
                writer.integer(power.value)
            case .permille(let permille):
                writer.key("permille")
                writer.integer(permille)
            }
            writer.key("direction")
            writer.string(utf8: direction.name.utf8)
            writer.key("starts_in_ms")
            writer.integer(PowerMemory.milliseconds(startsIn))
            if let deadlineIn {
                writer.key("deadline_in_ms")
                writer.integer(PowerMemory.milliseconds(deadlineIn))
            }
            if let expiresIn {
                // Rounded up: no claim ends sooner for having been remembered.
                writer.key("expires_in_ms")
                writer.integer(PowerMemory.milliseconds(expiresIn + .milliseconds(1)))
            }
            writer.key("fail_policy")
            writer.string(utf8: failPolicy.name.utf8)
            writer.key("rise")
            writer.string(utf8: rise.name.utf8)
            writer.key("is_overdue")
            writer.bool(isOverdue)
        }
    }

    fileprivate static func read(from reader: inout DocumentReader) throws(DocumentError) -> PowerMemory.Claim {
        var read = PowerMemory.Claim(PowerClaim(.init(.configured), .off, start: Instant(nanoseconds: 0)))
        var limits = 0
        let required = ["source", "slot", "direction", "starts_in_ms", "fail_policy", "rise", "is_overdue"]
        let optional = ["milliwatts", "permille", "deadline_in_ms", "expires_in_ms"]
        try reader.object(keys: required + optional, required: required) { (reader, key) throws(DocumentError) in
            switch key {
            case "source": read.key.source = try reader.choice(PowerClaim.Source.allCases.map { ($0.name, $0) })
            case "slot":
                read.key.slot = UInt8(clamping: try reader.integer(in: 0...Int(PowerClaim.Key.slotCount - 1)))
            case "milliwatts":
                limits += 1
                read.limit = .power(Milliwatts(clamping: try reader.count(upTo: UInt64(Int32.max), unit: "mW")))
            case "permille":
                limits += 1
                read.limit = .permille(try reader.integer(in: 0...1000))
            case "direction":
                read.direction = try reader.choice(PowerClaim.Direction.allCases.map { ($0.name, $0) })
            case "starts_in_ms": read.startsIn = try PowerMemory.duration(from: &reader)
            case "deadline_in_ms": read.deadlineIn = try PowerMemory.duration(from: &reader)
            case "expires_in_ms": read.expiresIn = try PowerMemory.duration(from: &reader)
            case "fail_policy":
                read.failPolicy = try reader.choice(PowerClaim.FailPolicy.allCases.map { ($0.name, $0) })
            case "rise": read.rise = try reader.choice(PowerClaim.Rise.allCases.map { ($0.name, $0) })
            default: read.isOverdue = try reader.bool()
            }
        }
        guard read.key.source != .configured, read.key != PowerArbiter.blackoutKey else {
            throw reader.problem(
                "a claim of source \"\(read.key.source.name)\" in slot \(read.key.slot); expected another")
        }
        guard limits < 2 else {
            throw reader.problem("found both \"milliwatts\" and \"permille\"; expected one, or none for off")
        }
        return read
    }

    private init(_ claim: PowerClaim) {
        let record = ClaimRecord(number: 0, claim, .pending, now: claim.start)
        self.init(ClaimBook.Entry(claim: claim, record: record), claim.start)
    }
}
