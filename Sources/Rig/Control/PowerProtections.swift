/// The protections of boards and supplies that a test can take away, to show that a scenario notices (Docs/control.md,
/// "Protections").
///
/// Nothing outside this module and its tests can name them, and no configuration leads here.
struct PowerProtections: OptionSet, Sendable {
    let rawValue: UInt64

    init(rawValue: UInt64) { self.rawValue = rawValue }

    private init(bit: UInt64) { rawValue = 1 << bit }

    // Supplies.
    static let unknownIsOff = PowerProtections(bit: 0)
    static let liveWhileOff = PowerProtections(bit: 1)
    static let discharge = PowerProtections(bit: 2)
    static let minimumOn = PowerProtections(bit: 3)
    static let urgentOff = PowerProtections(bit: 4)
    static let cycleBudget = PowerProtections(bit: 5)
    static let cyclesKept = PowerProtections(bit: 6)
    static let offIsMeasured = PowerProtections(bit: 7)
    static let offIsRepeated = PowerProtections(bit: 8)
    static let staysOnTold = PowerProtections(bit: 9)
    static let outputCheck = PowerProtections(bit: 10)
    static let startCheck = PowerProtections(bit: 11)
    static let liveBeforeVoltage = PowerProtections(bit: 12)
    static let voltageLimits = PowerProtections(bit: 13)
    static let voltageStep = PowerProtections(bit: 14)
    static let unreadableIsNotWrong = PowerProtections(bit: 15)
    static let patience = PowerProtections(bit: 16)
    static let voltageBeforeOn = PowerProtections(bit: 17)
    // Boards.
    static let suppliedFirst = PowerProtections(bit: 18)
    static let settleInReset = PowerProtections(bit: 19)
    static let startsSlow = PowerProtections(bit: 20)
    static let clockStep = PowerProtections(bit: 21)
    static let offIsProved = PowerProtections(bit: 22)
    static let weldedTakesSupply = PowerProtections(bit: 23)
    static let finalFaults = PowerProtections(bit: 24)
    static let ladderEnds = PowerProtections(bit: 25)
    static let ladderRemembers = PowerProtections(bit: 26)
    static let outagesAreFree = PowerProtections(bit: 27)
    static let lockOutKept = PowerProtections(bit: 28)
    static let hashCheck = PowerProtections(bit: 29)
    static let clockCheck = PowerProtections(bit: 30)
    static let hangCheck = PowerProtections(bit: 31)
    static let plugCheck = PowerProtections(bit: 32)
    static let stagger = PowerProtections(bit: 33)
    static let unsuppliedIsOff = PowerProtections(bit: 34)
    static let workBeforeBlame = PowerProtections(bit: 35)
    // The rig.
    static let setpointFirst = PowerProtections(bit: 36)
    static let offCutsSupply = PowerProtections(bit: 37)
    static let relayHolds = PowerProtections(bit: 38)
    static let heatHolds = PowerProtections(bit: 39)
    static let operatorHolds = PowerProtections(bit: 40)
    static let meterCheck = PowerProtections(bit: 41)
    static let liveIsHot = PowerProtections(bit: 42)
    static let leaseRenewal = PowerProtections(bit: 43)
    static let progressGate = PowerProtections(bit: 44)
    static let crashRest = PowerProtections(bit: 45)
    static let startsKept = PowerProtections(bit: 46)
    static let faultsKept = PowerProtections(bit: 47)
    static let tuningFreeze = PowerProtections(bit: 48)
    static let tuningAbort = PowerProtections(bit: 49)
    static let tuningStep = PowerProtections(bit: 50)

    /// How many there are.
    static let count = 51
}
