import Base
import Grid
import JSON

/// Reads the JSON of a product file (Docs/grid.md, "GridProduct files").
struct ProductDocument {
    private static let keys = [
        "schema", "name", "region", "summary", "sources", "nominal_hz", "under", "over", "hysteresis_mhz", "latched",
        "window", "timing", "release", "energy", "voltage_lockout_permille", "island", "measurement", "log",
        "stale_after_ms", "needs_contract",
    ]
    /// A droop, whose curve depends on the nominal frequency, wherever in the file that stands.
    private struct Droop {
        var place: String
        var permille = 0
        var deadband = 0
        var convention = ResponseCurve.DroopConvention.fromDeadband
    }

    private static let longest = 7 * 86_400_000

    private var product = GridProduct(name: "", nominal: Millihertz(50_000), under: .none, over: .none)
    private var region = ""
    private var summary = ""
    private var sources: [ProductFile.Source] = []
    private var provenance: [ProductFile.Provenance] = []
    /// The keys of sources that the file's numbers name, and where.
    private var citations: [(place: String, key: String)] = []
    private var (underDroop, overDroop): (Droop?, Droop?)

    mutating func read(_ reader: inout DocumentReader) throws(DocumentError) -> ProductFile {
        let required = ["schema", "name", "region", "summary", "sources", "nominal_hz", "needs_contract"]
        try reader.object(keys: Self.keys, required: required) { (reader, key) throws(DocumentError) in
            try member(key, &reader)
        }
        if let underDroop { product.under = try resolve(underDroop, reader) }
        if let overDroop { product.over = try resolve(overDroop, reader) }
        try checkSources(reader)
        try checkContradictions(reader)
        return ProductFile(
            product: product, region: region, summary: summary, sources: sources, provenance: provenance)
    }

    private mutating func member(_ key: String, _ reader: inout DocumentReader) throws(DocumentError) {
        switch key {
        case "schema": _ = try reader.integer(in: 1...1)
        case "name": product.name = try text(&reader, "a name of 1 to 64 bytes", 64)
        case "region": region = try text(&reader, "a region of 1 to 64 bytes", 64)
        case "summary": summary = try text(&reader, "a line of 1 to 240 bytes", 240)
        case "sources": try readSources(&reader)
        case "nominal_hz":
            let hertz = try quantity(&reader, key) { (reader) throws(DocumentError) in
                try reader.number("50 or 60 Hz") { $0.int == 50 || $0.int == 60 ? $0.int : nil }
            }
            product.nominal = Millihertz(clamping: hertz * 1000)
        case "under": (product.under, underDroop) = try curve(&reader)
        case "over": (product.over, overDroop) = try curve(&reader)
        case "hysteresis_mhz": product.hysteresis = Millihertz(clamping: try number(&reader, key, 0...1000))
        case "latched": product.isLatched = try reader.bool()
        case "window": product.window = try reader.choice([("fast", GridProduct.Window.fast), ("slow", .slow)])
        case "timing": try readTiming(&reader)
        case "release": try readRelease(&reader)
        case "energy": product.energy = try energy(&reader)
        case "voltage_lockout_permille":
            product.voltageLockout = Int32(clamping: try number(&reader, key, 100...1000))
        case "island": product.island = try island(&reader)
        case "measurement":
            try reader.object(keys: ["every_ms", "accuracy_mhz"]) { (reader, key) throws(DocumentError) in
                let path = "measurement." + key
                if key == "every_ms" {
                    product.measuredEvery = .milliseconds(try number(&reader, path, 1...60_000))
                } else {
                    product.accuracy = Millihertz(clamping: try number(&reader, path, 1...1000))
                }
            }
        case "log": product.log = try log(&reader)
        case "stale_after_ms": product.staleAfter = .milliseconds(try number(&reader, key, 1...3_600_000))
        default: product.needsContract = try reader.bool()
        }
    }

    // MARK: Parts

    private mutating func readSources(_ reader: inout DocumentReader) throws(DocumentError) {
        sources = try reader.array(limit: 16) { (reader) throws(DocumentError) in
            var source = ProductFile.Source(key: "", text: "")
            try reader.object(keys: ["key", "text"], required: ["key", "text"]) { (reader, key) throws(DocumentError) in
                if key == "key" {
                    source.key = try text(&reader, "a key of 1 to 16 bytes", 16)
                } else {
                    source.text = try text(&reader, "a source of 1 to 240 bytes", 240)
                }
            }
            return source
        }
    }

    private mutating func curve(_ reader: inout DocumentReader) throws(DocumentError) -> (ResponseCurve, Droop?) {
        var curve: ResponseCurve?
        var droop: Droop?
        let place = reader.place
        try reader.object(keys: ["points", "droop"]) { (reader, key) throws(DocumentError) in
            guard curve == nil, droop == nil else {
                throw reader.problem("expected either points or droop, not both", path: place)
            }
            if key == "droop" {
                droop = try readDroop(&reader)
            } else {
                let points = try reader.array(limit: 16) { (reader) throws(DocumentError) in
                    try point(&reader, place + ".points")
                }
                curve = ResponseCurve(points)
                guard curve != nil, !points.isEmpty else {
                    throw reader.problemHere(
                        "expected 1 to 16 points, deviations that rise, responses that do not fall")
                }
            }
        }
        guard curve != nil || droop != nil else { throw reader.problemHere("expected points or droop") }
        return (curve ?? .none, droop)
    }

    private mutating func point(
        _ reader: inout DocumentReader, _ path: String
    ) throws(DocumentError) -> ResponseCurve.Point {
        var point = ResponseCurve.Point(.zero, 0)
        let keys = ["mhz", "permille"]
        try origin(&reader, path, also: keys) { (reader, key) throws(DocumentError) in
            if key == "mhz" {
                point.deviation = Millihertz(clamping: try reader.integer(in: 0...15_000, unit: "mHz"))
            } else {
                point.permille = Int32(clamping: try reader.integer(in: 0...1000, unit: "permille"))
            }
        }
        return point
    }

    private mutating func readDroop(_ reader: inout DocumentReader) throws(DocumentError) -> Droop {
        var droop = Droop(place: reader.place)
        let keys = ["permille", "deadband_mhz", "convention"]
        try reader.object(keys: keys, required: keys) { (reader, key) throws(DocumentError) in
            let path = droop.place + "." + key
            switch key {
            case "permille": droop.permille = try number(&reader, path, 1...200)
            case "deadband_mhz": droop.deadband = try number(&reader, path, 0...1000)
            default:
                droop.convention = try reader.choice([
                    ("from_deadband", ResponseCurve.DroopConvention.fromDeadband), ("full_at_droop", .fullAtDroop),
                ])
            }
        }
        return droop
    }

    private func resolve(_ droop: Droop, _ reader: DocumentReader) throws(DocumentError) -> ResponseCurve {
        let curve = ResponseCurve.droop(
            permille: Int32(clamping: droop.permille), deadband: Millihertz(clamping: droop.deadband),
            nominal: product.nominal, convention: droop.convention)
        guard let curve else {
            throw reader.problem("the deadband is wider than the droop; expected a smaller one", path: droop.place)
        }
        return curve
    }

    private mutating func readTiming(_ reader: inout DocumentReader) throws(DocumentError) {
        let keys = [
            "start_no_earlier_ms", "start_no_later_ms", "full_no_earlier_ms", "full_no_later_ms",
            "ramp_limit_permille_per_s", "minimum_hold_ms",
        ]
        try reader.object(keys: keys) { (reader, key) throws(DocumentError) in
            let isRamp = key == "ramp_limit_permille_per_s"
            let number = try number(&reader, "timing." + key, isRamp ? 1...1_000_000 : 0...Self.longest)
            let time = Duration.milliseconds(number)
            switch key {
            case "start_no_earlier_ms": product.timing.startNoEarlier = time
            case "start_no_later_ms": product.timing.startNoLater = time
            case "full_no_earlier_ms": product.timing.fullNoEarlier = time
            case "full_no_later_ms": product.timing.fullNoLater = time
            case "minimum_hold_ms": product.timing.minimumHold = time
            default: product.timing.rampLimit = Int32(clamping: number)
            }
        }
    }

    private mutating func readRelease(_ reader: inout DocumentReader) throws(DocumentError) {
        let keys = [
            "within_mhz", "both_sides", "after_ms", "random_delay_ms", "ramp_limit_permille_per_s", "rearm_ms",
            "rebound_cap_permille", "rebound_not_before_ms",
        ]
        try reader.object(keys: keys) { (reader, key) throws(DocumentError) in
            let path = "release." + key
            switch key {
            case "within_mhz":
                product.release.within = Millihertz(clamping: try number(&reader, path, 0...5000))
            case "both_sides": product.release.isBothSided = try reader.bool()
            case "ramp_limit_permille_per_s":
                product.release.rampLimit = Int32(clamping: try number(&reader, path, 1...1_000_000))
            case "rebound_cap_permille":
                product.release.reboundCap = Int32(clamping: try number(&reader, path, 0...1000))
            default:
                let time = Duration.milliseconds(try number(&reader, path, 0...Self.longest))
                switch key {
                case "after_ms": product.release.after = time
                case "random_delay_ms": product.release.randomDelay = time
                case "rearm_ms": product.release.rearm = time
                default: product.release.reboundNotBefore = time
                }
            }
        }
    }

    private mutating func energy(_ reader: inout DocumentReader) throws(DocumentError) -> GridProduct.Energy {
        var energy = GridProduct.Energy(time: .zero, endsResponse: false)
        let keys = ["time_ms", "recovery_permille_per_hour", "at_end"]
        try reader.object(keys: keys, required: ["time_ms", "at_end"]) { (reader, key) throws(DocumentError) in
            switch key {
            case "time_ms": energy.time = .milliseconds(try number(&reader, "energy." + key, 1000...86_400_000))
            case "recovery_permille_per_hour":
                energy.recoveryPerHour = Int32(clamping: try number(&reader, "energy." + key, 1...100_000))
            default: energy.endsResponse = try reader.choice([("release", true), ("stay", false)])
            }
        }
        return energy
    }

    private mutating func island(_ reader: inout DocumentReader) throws(DocumentError) -> GridProduct.Island {
        var island = GridProduct.Island(above: nil, fasterThan: nil)
        try reader.object(keys: ["above_mhz", "faster_than_mhz_per_s"]) { (reader, key) throws(DocumentError) in
            if key == "above_mhz" {
                island.above = Millihertz(clamping: try number(&reader, "island." + key, 50_000...75_000))
            } else {
                island.fasterThan = Int32(clamping: try number(&reader, "island." + key, 1...100_000))
            }
        }
        return island
    }

    private mutating func log(_ reader: inout DocumentReader) throws(DocumentError) -> GridProduct.Log {
        var log = GridProduct.Log(before: .zero, after: .zero, step: .zero)
        let keys = ["before_ms", "after_ms", "step_ms"]
        try reader.object(keys: keys, required: keys) { (reader, key) throws(DocumentError) in
            let isStep = key == "step_ms"
            let time = Duration.milliseconds(try number(&reader, "log." + key, isStep ? 1...60_000 : 0...Self.longest))
            switch key {
            case "before_ms": log.before = time
            case "after_ms": log.after = time
            default: log.step = time
            }
        }
        return log
    }

    // MARK: Numbers

    /// Reads `{"value": …, "confidence": …, "source": …}`.
    private mutating func number(
        _ reader: inout DocumentReader, _ path: String, _ range: ClosedRange<Int>
    ) throws(DocumentError) -> Int {
        try quantity(&reader, path) { (reader) throws(DocumentError) in try reader.integer(in: range) }
    }

    private mutating func quantity(
        _ reader: inout DocumentReader, _ path: String,
        _ body: (inout DocumentReader) throws(DocumentError) -> Int
    ) throws(DocumentError) -> Int {
        var value = 0
        try origin(&reader, path, also: ["value"]) { (reader, _) throws(DocumentError) in value = try body(&reader) }
        return value
    }

    /// Reads an object that has, beside keys of its own, a confidence and a source, all required.
    private mutating func origin(
        _ reader: inout DocumentReader, _ path: String, also keys: [String],
        _ body: (inout DocumentReader, String) throws(DocumentError) -> Void
    ) throws(DocumentError) {
        var origin = ProductFile.Provenance(path: path, confidence: .assumed, source: "")
        let all = keys + ["confidence", "source"]
        try reader.object(keys: all, required: all) { (reader, key) throws(DocumentError) in
            switch key {
            case "confidence":
                origin.confidence = try reader.choice([
                    ("A", ProductFile.Confidence.published), ("B", .believed), ("C", .assumed),
                ])
            case "source":
                origin.source = try text(&reader, "the key of one of the sources", 16)
                citations.append((reader.place, origin.source))
            default: try body(&reader, key)
            }
        }
        provenance.append(origin)
    }

    private func text(
        _ reader: inout DocumentReader, _ expected: String, _ limit: Int
    ) throws(DocumentError) -> String {
        try reader.string(expected, limit: limit) { $0.isEmpty ? nil : $0 }
    }

    // MARK: Contradictions

    private func checkSources(_ reader: DocumentReader) throws(DocumentError) {
        for (index, source) in sources.enumerated()
        where sources[..<index].contains(where: { $0.key == source.key }) {
            throw reader.problem(
                "found \"\(source.key)\"; expected a key that no other source has", path: "sources[\(index)].key")
        }
        for (place, key) in citations where !sources.contains(where: { $0.key == key }) {
            throw reader.problem("found \"\(key)\"; expected the key of one of the sources", path: place)
        }
    }

    private func checkContradictions(_ reader: DocumentReader) throws(DocumentError) {
        let timing = product.timing
        if product.under.points.isEmpty, product.over.points.isEmpty {
            throw reader.problemHere("the product responds to nothing; expected under or over")
        }
        if let limit = timing.startNoLater, timing.startNoEarlier > limit {
            throw reader.problem(
                "the start is to be later than it may; expected no earlier ≤ no later",
                path: "timing.start_no_earlier_ms")
        }
        if let limit = timing.fullNoLater, max(timing.fullNoEarlier, timing.startNoEarlier) > limit {
            throw reader.problem(
                "the full response is to be later than it may; expected no earlier ≤ no later",
                path: "timing.full_no_later_ms")
        }
        if product.isLatched {
            let first = [product.under, product.over].compactMap { $0.points.first?.deviation }.min() ?? .zero
            guard let within = product.release.within, within < first || first == .zero else {
                throw reader.problem(
                    "expected one, since a latched product needs it inside its trigger of \(first.value) mHz",
                    path: "release.within_mhz")
            }
        }
        if let release = product.release.within, release > .zero, !product.isLatched {
            let last = [product.under, product.over].compactMap { $0.points.last?.deviation }.max() ?? .zero
            if release > last {
                throw reader.problem(
                    "found \(release.value); expected one inside the curve of \(last.value) mHz",
                    path: "release.within_mhz")
            }
        }
    }
}
