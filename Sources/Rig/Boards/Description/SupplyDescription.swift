import Base
import Buses
import Peripherals

/// Something that feeds hash boards: a power supply, or a regulator or controller between it and the chips.
public struct SupplyDescription: Equatable, Sendable {
    /// The parts that feed.
    public enum Kind: Equatable, Sendable {
        /// Bitmain's APW9 and APW12.
        case apw
        /// The voltage controller of S9 hash boards.
        case pic16
        /// The core regulator of Bitaxe boards.
        case tps546
        /// The DAC that trims the core regulator of older Bitaxe boards.
        case ds4432u
        /// One output of the DragonMint T1's supply.
        case t1
        /// A supply of fixed voltage that a line switches.
        case line

        static let all: [(String, Kind)] = [
            ("apw", .apw), ("pic16", .pic16), ("tps546", .tps546), ("ds4432u", .ds4432u),
            ("t1", .t1), ("line", .line),
        ]

        /// As board files write it.
        public var name: String { Self.all.first { $0.1 == self }?.0 ?? "" }

        /// Addresses that the part can have (Docs/peripherals.md).
        var addresses: [ClosedRange<UInt8>] {
            switch self {
            case .apw: [0x10...0x10]
            case .pic16: [0x55...0x57]
            case .tps546: [0x24...0x24]
            case .ds4432u: [0x48...0x48]
            case .t1: [0x01...0x01]
            case .line: []
            }
        }

        /// Keys that only this kind has; and the part of them that it cannot do without.
        fileprivate var keys: (all: [String], required: [String]) {
            let bus = ["bus", "address"]
            let range = ["min_mv", "max_mv", "start_mv"]
            switch self {
            case .apw:
                let optional = [
                    "enable", "register_prefix", "single_bytes", "type", "allow_unverified_type",
                    "allow_unverified_adc_scale", "watchdog",
                ]
                return (bus + range + optional, bus + range)
            case .pic16, .ds4432u: return (bus + range + ["enable"], bus + range)
            case .tps546: return (bus + ["profile", "start_mv", "enable"], bus + ["profile", "start_mv"])
            case .t1: return (bus + ["output", "enable", "start_mv"], bus + ["output", "start_mv"])
            case .line: return (["enable", "start_mv"], ["enable", "start_mv"])
            }
        }
    }

    /// The circuits around a TPS546D24A that are known.
    public enum RegulatorProfile: Equatable, Sendable {
        case fiveVolt, twoPhase, threeInSeries

        public var values: TPS546Profile {
            switch self {
            case .fiveVolt: .fiveVolt
            case .twoPhase: .twoPhase
            case .threeInSeries: .threeInSeries
            }
        }
    }

    public var name: String
    public var kind: Kind
    /// The I2C bus, by its name in this file.
    public var bus = ""
    public var address: I2CAddress = 0
    /// The line that switches the output, by its name in this file.
    public var enable: String?
    /// What the board may be given, and what it starts with, in millivolts.
    public var minimum = Millivolts(0)
    public var maximum = Millivolts(0)
    public var start = Millivolts(0)
    public var transport = APWTransport()
    /// The supply type that must be there (APW).
    public var type: UInt8?
    public var allowsUnverifiedType = false
    public var allowsUnverifiedADCScale = false
    /// Whether the supply's own watchdog is armed (APW).
    public var usesWatchdog = false
    public var profile = RegulatorProfile.fiveVolt
    /// The output of a T1 supply, from 1.
    public var output = 1
    public var provenance = Provenance.measured

    init(name: String, kind: Kind) {
        self.name = name
        self.kind = kind
    }

    static func read(_ reader: inout DocumentReader, _ name: String) throws(DocumentError) -> SupplyDescription {
        let kind = try reader.lookAhead("kind", Kind.all)
        var supply = SupplyDescription(name: name, kind: kind)
        try reader.object(keys: ["kind", "source"] + kind.keys.all, required: ["kind", "source"] + kind.keys.required) {
            (reader, key) throws(DocumentError) in
            try supply.read(key, from: &reader)
        }
        if kind == .tps546 {
            supply.minimum = supply.profile.values.minimum
            supply.maximum = supply.profile.values.maximum
        }
        return supply
    }

    private mutating func read(_ key: String, from reader: inout DocumentReader) throws(DocumentError) {
        switch key {
        case "kind": try reader.choice([(kind.name, ())])
        case "bus": bus = try reader.name()
        case "address": address = try reader.address(for: kind.name, within: kind.addresses)
        case "enable": enable = try reader.name()
        case "min_mv": minimum = try reader.millivolts(in: Self.millivolts)
        case "max_mv": maximum = try reader.millivolts(in: Self.millivolts)
        case "start_mv": start = try reader.millivolts(in: Self.millivolts)
        case "output":
            output = try reader.integer(in: Int(T1Supply.chains.lowerBound)...Int(T1Supply.chains.upperBound))
        case "profile":
            profile = try reader.choice([
                ("five-volt", .fiveVolt), ("two-phase", .twoPhase), ("three-in-series", .threeInSeries),
            ])
        case "watchdog": usesWatchdog = try reader.bool()
        case "register_prefix":
            transport.prefix = try reader.choice([("legacy", .legacy), ("v2", .v2)])
        case "single_bytes": transport.style = try reader.bool() ? .singleBytes : .wholeFrames
        case "type":
            type = try reader.string("a supply type in hexadecimal, for example \"0x71\"") { text in
                guard text.utf8.count == 4, text.utf8.starts(with: "0x".utf8) else { return nil }
                return Hex.decode(Array(text.utf8.dropFirst(2)))?.first
            }
        case "allow_unverified_type": allowsUnverifiedType = try reader.bool()
        case "allow_unverified_adc_scale": allowsUnverifiedADCScale = try reader.bool()
        default: provenance = try Provenance.read(from: &reader)
        }
    }

    /// Voltages that any hash board could be given.
    private static let millivolts = 300...25_000

    /// The key whose voltage contradicts the others and what is wrong with it; nil when none does.
    func complaint() -> (key: String, problem: String)? {
        switch kind {
        case .t1:
            guard InnosiliconVID(supplyVoltage: start) == nil else { return nil }
            return ("start_mv", "found \(start.value); expected 1608 mV less a multiple of 9 mV, down to 1329 mV")
        case .line: return nil
        case .apw, .pic16, .tps546, .ds4432u:
            guard minimum <= maximum else {
                return ("max_mv", "found \(maximum.value); expected at least min_mv, \(minimum.value)")
            }
            guard (minimum...maximum).contains(start) else {
                return ("start_mv", "found \(start.value); expected \(minimum.value) to \(maximum.value) mV")
            }
            if kind == .pic16, PIC16F1704.code(for: start) == nil {
                return ("start_mv", "found \(start.value); a pic16 makes 7945 to 9437 mV")
            }
            return nil
        }
    }
}
