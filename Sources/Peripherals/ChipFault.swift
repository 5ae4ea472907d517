import Base
import Buses

/// The parts this module drives.
public enum Chip: Equatable, Sendable {
    case lm75, tmp75, tmp1075, tmp421, tmp451, adt7461, nct218
    case emc2101, emc2103, emc2305
    case ina226, ina260, ds4432u, tps546d24a
    case at24c02, pic16f1704, dspic33
    case apw, t1Supply
}

/// Why a part could not be identified, configured or commanded. The register stays with the fault.
public struct ChipFault: Error, Equatable, Sendable {
    /// What went wrong.
    public enum Reason: Equatable, Sendable {
        /// The transfer failed; bus, address and register are in the fault.
        case bus(BusFault)
        /// An identity register holds something else than this part's number.
        case wrongPart(register: UInt8, found: UInt32, expected: UInt32)
        /// A setting reads back differently from what was written.
        case notKept(register: UInt8, wrote: UInt32, found: UInt32)
        /// The request lies outside what the part, its label or the board file allows. In the unit of the request.
        case outOfRange(requested: Int32, allowed: ClosedRange<Int32>)
        /// The request needs a register code the part does not have.
        case notRepresentable(requested: Int32)
        /// The part has no such channel, or its firmware no such command.
        case unsupported(UInt8)
        /// A controller's answer is not the one its protocol prescribes.
        case reply(ReplyFault)
        /// The feature rests on weak evidence and its switch in the configuration is off.
        case unverified(UnverifiedFeature)
    }

    public var chip: Chip
    public var reason: Reason

    public init(_ chip: Chip, _ reason: Reason) {
        self.chip = chip
        self.reason = reason
    }

    /// When trying again makes sense, as for the bus fault behind it; damaged replies can be asked for again.
    public var retryHint: BusFault.RetryHint {
        switch reason {
        case .bus(let fault): fault.retryHint
        case .notKept: .now
        case .reply: .afterDelay
        case .wrongPart, .outOfRange, .notRepresentable, .unsupported, .unverified: .never
        }
    }
}

/// What is wrong with a framed reply of a supply or voltage controller.
public enum ReplyFault: Error, Equatable, Sendable {
    /// Nothing was queued.
    case none
    /// The bytes do not begin like a reply.
    case preamble(found: UInt16)
    case length(found: UInt8, expected: UInt8)
    case command(found: UInt8, expected: UInt8)
    case checksum(found: UInt16, expected: UInt16)
    /// A command that is to be echoed came back with another value.
    case echo(found: UInt16, expected: UInt16)
}

/// What stays off unless a board file, and with it a person, says otherwise.
public enum UnverifiedFeature: Equatable, Sendable {
    /// The dsPIC33 protocol, whose descriptions contradict each other between firmware generations.
    case dsPICProtocol
    /// A supply type whose firmware nobody has published a reading of.
    case supplyType(UInt8)
    /// Setting a supply by floating point number: how it answers is not documented.
    case floatingPointSetpoint
}

extension ChipFault: CustomStringConvertible {
    /// One line for logs, for example "tmp1075 register 0x0f: found 0x0, expected 0x7500".
    public var description: String { "\(chip.text) \(reason.text)" }
}

extension ChipFault.Reason {
    var text: String {
        switch self {
        case .bus(let fault): fault.description
        case .wrongPart(let register, let found, let expected):
            "register 0x\(Hex.text(register)): found 0x\(hex(found)), expected 0x\(hex(expected)): another part"
        case .notKept(let register, let wrote, let found):
            "register 0x\(Hex.text(register)): found 0x\(hex(found)), wrote 0x\(hex(wrote))"
        case .outOfRange(let requested, let allowed):
            "asked for \(requested), allowed \(allowed.lowerBound) to \(allowed.upperBound)"
        case .notRepresentable(let requested): "asked for \(requested), which has no register code"
        case .unsupported(let number): "has no channel or command \(number)"
        case .reply(let fault): fault.text
        case .unverified(let feature): feature.text
        }
    }
}

extension ReplyFault {
    var text: String {
        switch self {
        case .none: "gave no reply"
        case .preamble(let found): "reply begins with 0x\(hex(UInt32(found)))"
        case .length(let found, let expected): "reply length \(found), expected \(expected)"
        case .command(let found, let expected):
            "reply to command 0x\(Hex.text(found)), expected 0x\(Hex.text(expected))"
        case .checksum(let found, let expected):
            "reply checksum 0x\(hex(UInt32(found))), expected 0x\(hex(UInt32(expected)))"
        case .echo(let found, let expected): "echoed \(found), expected \(expected)"
        }
    }
}

extension UnverifiedFeature {
    var text: String {
        switch self {
        case .dsPICProtocol: "protocol is not verified; see allowUnverifiedProtocol"
        case .supplyType(let type): "supply type 0x\(Hex.text(type)) is not verified; see allowUnverifiedType"
        case .floatingPointSetpoint: "setting the voltage as a floating point number is not verified"
        }
    }
}

extension Chip {
    var text: String {
        switch self {
        case .lm75: "lm75"
        case .tmp75: "tmp75"
        case .tmp1075: "tmp1075"
        case .tmp421: "tmp421"
        case .tmp451: "tmp451"
        case .adt7461: "adt7461"
        case .nct218: "nct218"
        case .emc2101: "emc2101"
        case .emc2103: "emc2103"
        case .emc2305: "emc2305"
        case .ina226: "ina226"
        case .ina260: "ina260"
        case .ds4432u: "ds4432u"
        case .tps546d24a: "tps546d24a"
        case .at24c02: "at24c02"
        case .pic16f1704: "pic16f1704"
        case .dspic33: "dspic33"
        case .apw: "apw"
        case .t1Supply: "t1 supply"
        }
    }
}

/// The significant hexadecimal digits of `value`, at least one.
private func hex(_ value: UInt32) -> String { String(value, radix: 16) }
