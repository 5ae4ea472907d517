import Base
import Buses
import Peripherals

/// What the parts on the slow buses have to tell. Numbers are places in the board file's sections.
public enum PartNews: Equatable, Sendable {
    case temperature(sensor: Int, Reading<Celsius>)
    /// The duty that a fan's driver reads back.
    case duty(fan: Int, Reading<DutyCycle>)
    case speed(fan: Int, tachometer: Int, Reading<RPM>)
    case supply(Int, SupplyState)
    /// What a supply measures of its own output; `unverifiedScale` where it cannot.
    case supplyOutput(Int, Reading<Millivolts>, Reading<Milliwatts>)
    case meter(Int, Reading<Millivolts>, Reading<Milliwatts>)
    case plugged(chain: String, Bool)
    /// Who wrote a hash board's record, and whether it is in plain text.
    case memory(Int, AT24C02.Preamble, isPlain: Bool)
    /// A part, by its path in the board file, has identified itself.
    case found(String)
    /// A part does not answer, or is not what it should be. Told when that begins; it is looked for again from time to time.
    case lost(String, PartFault)
}

/// Why a part cannot be used.
public enum PartFault: Error, Equatable, Sendable {
    case bus(BusFault)
    case chip(ChipFault)
    /// A part that had been found measures no more.
    case reading(ReadingFailure)
    /// A supply's output is not what it was told to make.
    case output(OutputAgreement)
    /// A regulator has switched off or complains: its status word.
    case status(UInt16)

    /// When trying again makes sense.
    var retryHint: BusFault.RetryHint {
        switch self {
        case .bus(let fault): fault.retryHint
        case .chip(let fault): fault.retryHint
        case .reading, .output, .status: .afterDelay
        }
    }

    /// The same as the reason of a missing value.
    var failure: ReadingFailure {
        switch self {
        case .bus(let fault): return .bus(fault)
        case .reading(let failure): return failure
        case .chip(let fault):
            if case .bus(let bus) = fault.reason { return .bus(bus) }
            return .implausible
        case .output, .status: return .markedInvalid
        }
    }
}

extension PartFault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .bus(let fault): fault.description
        case .chip(let fault): fault.description
        case .reading(let failure): failure.description
        case .output(.agrees): "output as commanded"
        case .output(.absent): "switched on, but makes no voltage"
        case .output(.low): "output below what was commanded"
        case .output(.high): "output above what was commanded"
        case .status(let word): "status 0x\(Hex.text(UInt8(word >> 8)))\(Hex.text(UInt8(word & 0xFF)))"
        }
    }
}

/// What a supply is doing.
public enum SupplyState: Equatable, Sendable {
    /// It has not identified itself: it is not switched on.
    case unidentified
    case off
    /// Switched off so recently that it may not be switched on yet.
    case discharging(until: Instant)
    case switchingOn
    case on
    case switchingOff
    /// Switching on has failed too often; it stays off until it is ordered off and on again.
    case givenUp
}
