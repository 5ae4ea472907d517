import Base

/// How the rig's power is to be governed (Docs/configuration.md).
public struct PowerConfiguration: Equatable, Sendable {
    /// Power at the mains at the highest setting, and the least at which the rig runs; nil: as the board file says.
    public var rated: Milliwatts?
    public var minimum: Milliwatts?
    /// Where the rig stands when nobody wants anything else.
    public var target = PowerLimit.permille(1000)
    public var minimumOnTime: Duration?
    public var minimumOffTime: Duration?
    public var cyclesPerDay: Int?
    public var restore = PowerSettings.Restore()
    /// nil: no surplus meter is followed.
    public var surplus: SurplusFollower.Settings?
    /// The port of this machine that takes the meter's readings; 0: a free one.
    public var surplusPort: UInt16 = 0
    public var schedule = PowerSchedule()
    /// A file of prices (`PriceTable`), looked at every minute; nil: none.
    public var priceFile: String?
    /// What a petahash per second earns in a day, in satoshis, for the accounts; nil: not known.
    public var satoshisPerPetahashDay: Int?

    public init() {}

    /// The arbiter's settings for a rig whose board file says `rated` and `minimum`; nil when these figures, or those that
    /// override them, are not 0 < minimum ≤ rated.
    public func settings(rated: Milliwatts, minimum: Milliwatts) -> PowerSettings? {
        guard var settings = PowerSettings(rated: self.rated ?? rated, minimum: self.minimum ?? minimum) else {
            return nil
        }
        settings.target = target
        if let minimumOnTime { settings.minimumOnTime = minimumOnTime }
        if let minimumOffTime { settings.minimumOffTime = minimumOffTime }
        if let cyclesPerDay { settings.cyclesPerDay = cyclesPerDay }
        settings.restore = restore
        return settings
    }

    mutating func read(from reader: inout DocumentReader) throws(DocumentError) {
        let keys = [
            "rated_watts", "minimum_watts", "target", "minimum_on_seconds", "minimum_off_seconds", "cycles_per_day",
            "restore", "surplus", "schedule", "price_file", "sats_per_petahash_day",
        ]
        try reader.object(keys: keys) { (reader, key) throws(DocumentError) in
            switch key {
            case "rated_watts": rated = try reader.watts(from: 1)
            case "minimum_watts": minimum = try reader.watts(from: 1)
            case "target": target = try reader.powerLimit()
            case "minimum_on_seconds": minimumOnTime = try reader.seconds(in: 0...86_400)
            case "minimum_off_seconds": minimumOffTime = try reader.seconds(in: 0...86_400)
            case "cycles_per_day": cyclesPerDay = try reader.integer(in: 1...CycleBudget.limit)
            case "restore": try restore.read(from: &reader)
            case "surplus":
                var settings = SurplusFollower.Settings()
                try settings.read(from: &reader, port: &surplusPort)
                surplus = settings
            case "price_file":
                priceFile = try reader.string("the name of a file, 1 to 1024 bytes", limit: 1024) {
                    $0.isEmpty || $0.utf8.contains(0) ? nil : $0
                }
            case "sats_per_petahash_day":
                satoshisPerPetahashDay = try reader.integer(in: 0...100_000_000, unit: "satoshis")
            default: try schedule.read(from: &reader)
            }
        }
        if let rated, let minimum, minimum > rated {
            throw reader.problem("\"minimum_watts\" is more than \"rated_watts\"; expected at most as much")
        }
    }
}

extension PowerSettings.Restore {
    fileprivate mutating func read(from reader: inout DocumentReader) throws(DocumentError) {
        let keys = ["jitter_seconds", "step_percent", "step_seconds", "good_mains_seconds", "blackout_seconds"]
        try reader.object(keys: keys) { (reader, key) throws(DocumentError) in
            switch key {
            case "jitter_seconds": jitter = try reader.seconds(in: 0...3600)
            case "step_percent": stepPermille = try reader.integer(in: 1...100, unit: "%") * 10
            case "step_seconds": stepInterval = try reader.seconds(in: 1...600)
            case "good_mains_seconds": goodMains = try reader.seconds(in: 0...3600)
            default: blackoutAfter = try reader.seconds(in: 1...60)
            }
        }
    }
}

extension SurplusFollower.Settings {
    fileprivate mutating func read(from reader: inout DocumentReader, port: inout UInt16) throws(DocumentError) {
        let keys = [
            "port", "mode", "reserve_watts", "deadband_watts", "ramp_up_watts_per_second", "ramp_down_watts_per_second",
            "start_margin_watts", "start_after_seconds", "stop_after_seconds", "stale_seconds", "when_silent",
        ]
        try reader.object(keys: keys) { (reader, key) throws(DocumentError) in
            switch key {
            case "port": port = UInt16(try reader.integer(in: 0...65_535))
            case "mode": mode = try reader.choice([("only", .only), ("additional", .additional)])
            case "reserve_watts": reserve = try reader.watts()
            case "deadband_watts": deadband = try reader.watts()
            case "ramp_up_watts_per_second": rampUp = try reader.watts(from: 1)
            case "ramp_down_watts_per_second": rampDown = try reader.watts(from: 1)
            case "start_margin_watts": startMargin = try reader.watts()
            case "start_after_seconds": startAfter = try reader.seconds(in: 0...3600)
            case "stop_after_seconds": stopAfter = try reader.seconds(in: 0...3600)
            case "stale_seconds": staleAfter = try reader.seconds(in: 1...600)
            default: failPolicy = try reader.choice(PowerClaim.FailPolicy.allCases.map { ($0.name, $0) })
            }
        }
    }
}

extension PowerSchedule {
    fileprivate mutating func read(from reader: inout DocumentReader) throws(DocumentError) {
        try reader.object(keys: ["utc_offset_minutes", "hours", "prices"]) { (reader, key) throws(DocumentError) in
            switch key {
            case "utc_offset_minutes": utcOffset = try reader.integer(in: -840...840, unit: "minutes")
            case "hours": hours = try reader.array(limit: Self.entryLimit, Hours.read)
            default: priceRules = try reader.array(limit: Self.entryLimit, PriceRule.read)
            }
        }
    }
}

extension PowerSchedule.Hours {
    fileprivate static let dayNames = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    fileprivate static func read(from reader: inout DocumentReader) throws(DocumentError) -> PowerSchedule.Hours {
        var hours = PowerSchedule.Hours(from: 0, until: 0, limit: .off)
        let required = ["from", "until", "limit"]
        try reader.object(keys: required + ["days"], required: required) { (reader, key) throws(DocumentError) in
            switch key {
            case "from": hours.from = try reader.timeOfDay()
            case "until": hours.until = try reader.timeOfDay()
            case "limit": hours.limit = try reader.powerLimit()
            default:
                let choices = dayNames.indices.map { (dayNames[$0], UInt8(1) << UInt8($0)) }
                hours.days = try reader.array(limit: 7) { (reader) throws(DocumentError) in
                    try reader.choice(choices)
                }.reduce(0, |)
                if hours.days == 0 { throw reader.problem("an empty list; expected at least one day") }
            }
        }
        return hours
    }
}

extension PowerSchedule.PriceRule {
    fileprivate static func read(from reader: inout DocumentReader) throws(DocumentError) -> PowerSchedule.PriceRule {
        var rule = PowerSchedule.PriceRule(from: 0, limit: .off)
        let keys = ["from_per_kwh", "limit"]
        try reader.object(keys: keys, required: keys) { (reader, key) throws(DocumentError) in
            if key == "limit" { rule.limit = try reader.powerLimit() } else { rule.from = try reader.price() }
        }
        return rule
    }
}

extension DocumentReader {
    /// Reads `"off"`, `"60%"` or `"1500W"`.
    mutating func powerLimit() throws(DocumentError) -> PowerLimit {
        try string("\"off\", a percentage such as \"60%\" or a power such as \"1500W\"", limit: 16) { text in
            if text == "off" { return .off }
            guard let unit = text.utf8.last, let value = Self.wholeNumber(text.utf8.dropLast()) else { return nil }
            switch unit {
            case 0x25: return value <= 100 ? .permille(value * 10) : nil
            case 0x57: return value <= 2_000_000 ? .power(Milliwatts(clamping: Int64(value) * 1000)) : nil
            default: return nil
            }
        }
    }

    /// Reads `"HH:MM"` as minutes after midnight.
    fileprivate mutating func timeOfDay() throws(DocumentError) -> Int {
        try string("a time of day from \"00:00\" to \"23:59\"", limit: 8) { text in
            let bytes = Array(text.utf8)
            guard bytes.count == 5, bytes[2] == 0x3A, let hour = Self.wholeNumber(bytes[..<2]),
                let minute = Self.wholeNumber(bytes[3...]), hour < 24, minute < 60
            else { return nil }
            return hour * 60 + minute
        }
    }

    /// 1–7 decimal digits.
    private static func wholeNumber(_ digits: some Collection<UInt8>) -> Int? {
        guard (1...7).contains(digits.count) else { return nil }
        var value = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            value = value * 10 + Int(digit - 0x30)
        }
        return value
    }
}
