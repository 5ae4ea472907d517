import ASIC

/// Everything that can be wrong with a rig, under numbers that never change their meaning (Docs/faults.md). The hundreds
/// tell the part: 1 sensors and heat, 2 fans, 3 supplies, 4 boards and chains, 5 the agent, 6 power.
public enum FaultCode: UInt16, CaseIterable, Sendable {
    case sensorLost = 101
    case tooFewSensors = 102
    case tooHot = 111
    case notCooling = 112
    case sharedPartTripped = 113
    case thermalLockOut = 119
    case fanSpeed = 211
    case fanControl = 212
    case fanStall = 217
    case fansLost = 219
    case supplyNoOutput = 301
    case supplyWrongOutput = 302
    case supplyStaysOn = 303
    case supplyCycleBudget = 311
    case boardPowerLost = 401
    case boardNotSupplied = 402
    case boardNotReady = 403
    case boardClockStuck = 404
    case boardNoHashes = 405
    case boardNotOff = 406
    case boardUnresponsive = 407
    case boardBusLost = 408
    case chainNoChips = 421
    case chainChipCount = 422
    case chainForeignChips = 423
    case chainBroken = 424
    case chainSupply = 425
    case chainOverheated = 426
    case chainSilent = 427
    case boardLockedOut = 499
    case crashLoop = 501
    case noProgress = 502
    case tuningAborted = 601

    /// What a display shows behind the number and the part, for example `STALL` in `E217 FAN2 STALL`.
    public var word: StaticString {
        switch self {
        case .sensorLost: "LOST"
        case .tooFewSensors: "SENSORS"
        case .tooHot, .chainOverheated: "HOT"
        case .notCooling: "NO COOLING"
        case .sharedPartTripped: "TRIP"
        case .thermalLockOut: "HEAT LOCK"
        case .fanSpeed: "SPEED"
        case .fanControl: "CONTROL"
        case .fanStall: "STALL"
        case .fansLost: "FANS"
        case .supplyNoOutput: "NO OUTPUT"
        case .supplyWrongOutput: "VOLTAGE"
        case .supplyStaysOn: "STAYS ON"
        case .supplyCycleBudget: "CYCLES"
        case .boardPowerLost: "POWER LOST"
        case .boardNotSupplied: "NO POWER"
        case .boardNotReady: "NOT READY"
        case .boardClockStuck: "CLOCK"
        case .boardNoHashes: "NO HASHES"
        case .boardNotOff: "NOT OFF"
        case .boardUnresponsive: "NO ANSWER"
        case .boardBusLost: "BUS"
        case .chainNoChips: "NO CHIPS"
        case .chainChipCount: "CHIP COUNT"
        case .chainForeignChips: "WRONG CHIPS"
        case .chainBroken: "CHAIN"
        case .chainSupply: "CHIP VOLTAGE"
        case .chainSilent: "SILENT"
        case .boardLockedOut: "LOCKED OUT"
        case .crashLoop: "CRASH LOOP"
        case .noProgress: "HANG"
        case .tuningAborted: "TUNING"
        }
    }

    /// What a person should do.
    public var remedy: StaticString {
        switch self {
        case .sensorLost, .tooFewSensors: "check the sensor, its cable and its bus"
        case .tooHot, .notCooling, .sharedPartTripped: "check air flow, dust, heat sinks and inlet air"
        case .thermalLockOut: "find out why it overheats, then unlock"
        case .fanSpeed, .fanStall: "clean or replace the fan"
        case .fanControl: "check the fan controller and its bus"
        case .fansLost: "check the fans and their plugs"
        case .supplyNoOutput: "check mains and the supply; replace it if it stays dead"
        case .supplyWrongOutput: "check load and the supply; replace it if it recurs"
        case .supplyStaysOn: "disconnect the mains; check the enable line and its polarity"
        case .supplyCycleBudget: "find out what switches so often; it works again tomorrow"
        case .boardPowerLost, .boardNotSupplied: "check the supply and the power cables of the board"
        case .boardNotReady, .boardClockStuck, .chainNoChips, .chainSilent: "check the board's cables; replace it"
        case .boardNoHashes: "a power cycle was made; replace the board if it recurs"
        case .boardNotOff: "disconnect the mains; check the board's enable line and its polarity"
        case .boardUnresponsive, .boardBusLost: "check the board's data cable"
        case .chainChipCount, .chainBroken: "a chip or the link before it is broken: repair the board"
        case .chainForeignChips: "the board file names other chips than there are: correct it"
        case .chainSupply: "the board's regulator does not keep its voltage: repair the board"
        case .chainOverheated: "check the board's heat sinks and air flow"
        case .boardLockedOut: "deal with the board's other faults, then unlock it"
        case .crashLoop: "look at the log; unlock to try again"
        case .noProgress: "look at the log; the watchdog restarts the board"
        case .tuningAborted: "the board errs too often at any setting; lower its target"
        }
    }
}

extension FaultCode {
    init(_ fault: BoardFault) {
        switch fault {
        case .chain(let fault):
            switch fault {
            case .noChips: self = .chainNoChips
            case .chipCount, .unaddressed: self = .chainChipCount
            case .foreignChips: self = .chainForeignChips
            case .responseLength, .lineLost, .unanswered, .busLost, .clocksUnlocked: self = .chainBroken
            case .supplyFailed, .voltage: self = .chainSupply
            case .overheated: self = .chainOverheated
            case .silent: self = .chainSilent
            }
        case .busLost: self = .boardBusLost
        case .powerLost: self = .boardPowerLost
        case .notSupplied: self = .boardNotSupplied
        case .notReady: self = .boardNotReady
        case .clockStuck: self = .boardClockStuck
        case .noHashes: self = .boardNoHashes
        case .notOff: self = .boardNotOff
        case .unresponsive: self = .boardUnresponsive
        }
    }

    init(_ fault: SupplyFault) {
        switch fault {
        case .noOutput: self = .supplyNoOutput
        case .wrongOutput: self = .supplyWrongOutput
        case .staysOn: self = .supplyStaysOn
        }
    }
}
