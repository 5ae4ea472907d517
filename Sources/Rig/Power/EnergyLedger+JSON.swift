import JSON

/// The content of `energy.json`.
extension EnergyLedger {
    /// Version of the file's format.
    static let schema = 1
    /// Sums beyond this are not read: what is added to them must not overflow, even after all were added up.
    fileprivate static let sumLimit: UInt64 = 1 << 60

    /// One line of JSON.
    public var json: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("schema")
            writer.integer(Self.schema)
            writer.key("unmeasured_ms")
            writer.integer(unmeasuredMilliseconds)
            for cause in Cause.allCases {
                writer.key(utf8: cause.name.utf8)
                self[cause].write(to: &writer)
            }
        }
        return writer.bytes + [0x0A]
    }

    /// Reads what `json` wrote; sums that are missing are zero, anything unknown is refused.
    public static func read(file: String, bytes: [UInt8]) throws(DocumentError) -> EnergyLedger {
        try DocumentReader.read(file: file, bytes: bytes) { (reader) throws(DocumentError) in
            var ledger = EnergyLedger()
            let keys = ["schema", "unmeasured_ms"] + Cause.allCases.map { $0.name }
            try reader.object(keys: keys, required: ["schema"]) { (reader, key) throws(DocumentError) in
                switch key {
                case "schema": _ = try reader.integer(in: schema...schema)
                case "unmeasured_ms": ledger.unmeasuredMilliseconds = try reader.count(upTo: EnergyLedger.sumLimit)
                default:
                    guard let cause = Cause.allCases.first(where: { $0.name == key }) else { return }
                    ledger[cause] = try Account.read(from: &reader)
                }
            }
            return ledger
        }
    }
}

extension EnergyLedger.Account {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.key("ms")
            writer.integer(milliseconds)
            writer.key("used_mwh")
            writer.integer(usedMilliwattHours)
            writer.key("withheld_mwh")
            writer.integer(withheldMilliwattHours)
            writer.key("estimated_mwh")
            writer.integer(estimatedMilliwattHours)
            writer.key("cost_micro")
            writer.integer(cost)
            writer.key("unpriced_mwh")
            writer.integer(unpricedMilliwattHours)
            writer.key("msat")
            writer.integer(millisatoshis)
        }
    }

    fileprivate static func read(from reader: inout DocumentReader) throws(DocumentError) -> EnergyLedger.Account {
        var account = EnergyLedger.Account()
        let keys = ["ms", "used_mwh", "withheld_mwh", "estimated_mwh", "cost_micro", "unpriced_mwh", "msat"]
        try reader.object(keys: keys) { (reader, key) throws(DocumentError) in
            switch key {
            case "ms": account.milliseconds = try reader.count(upTo: EnergyLedger.sumLimit)
            case "used_mwh": account.usedMilliwattHours = try reader.count(upTo: EnergyLedger.sumLimit)
            case "withheld_mwh": account.withheldMilliwattHours = try reader.count(upTo: EnergyLedger.sumLimit)
            case "estimated_mwh": account.estimatedMilliwattHours = try reader.count(upTo: EnergyLedger.sumLimit)
            case "cost_micro":
                account.cost = try reader.number("a whole number") { number in
                    guard number.isExact, number.exponent == 0, number.significand <= EnergyLedger.sumLimit else {
                        return nil
                    }
                    let magnitude = Int64(clamping: number.significand)
                    return number.isNegative ? -magnitude : magnitude
                }
            case "unpriced_mwh": account.unpricedMilliwattHours = try reader.count(upTo: EnergyLedger.sumLimit)
            default: account.millisatoshis = try reader.count(upTo: EnergyLedger.sumLimit)
            }
        }
        return account
    }
}
