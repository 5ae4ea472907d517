/// The protections of the rig that a test can take away, to show that a scenario notices.
///
/// Nothing outside this package can name them, and no configuration leads here.
package struct Protections: OptionSet, Sendable {
    package let rawValue: UInt64

    package init(rawValue: UInt64) { self.rawValue = rawValue }

    private init(bit: UInt64) { rawValue = 1 << bit }

    // Estimates.
    package static let extrapolation = Protections(bit: 0)
    package static let plausibleRange = Protections(bit: 1)
    package static let jumpCheck = Protections(bit: 2)
    package static let failedIsNotCold = Protections(bit: 3)
    package static let futureCheck = Protections(bit: 4)
    package static let settleWindow = Protections(bit: 5)
    package static let stuckCheck = Protections(bit: 6)
    package static let detachedCheck = Protections(bit: 7)
    package static let crossCheck = Protections(bit: 8)
    package static let badReadingCount = Protections(bit: 9)
    package static let staleness = Protections(bit: 10)
    package static let unpoweredIsNotLost = Protections(bit: 11)
    package static let optionalDoesNotTrip = Protections(bit: 12)
    // Boards.
    package static let observability = Protections(bit: 13)
    package static let requiredSensor = Protections(bit: 14)
    package static let powerDownLevel = Protections(bit: 15)
    package static let criticalLevel = Protections(bit: 16)
    package static let throttleLadder = Protections(bit: 17)
    package static let ladderDwell = Protections(bit: 18)
    package static let coolingCheck = Protections(bit: 19)
    package static let fanLossTrip = Protections(bit: 20)
    package static let tripDwell = Protections(bit: 21)
    package static let lockOut = Protections(bit: 22)
    package static let bootWaits = Protections(bit: 23)
    package static let boardIsolation = Protections(bit: 24)
    package static let rigTrips = Protections(bit: 25)
    package static let measuredPowerCounts = Protections(bit: 26)
    // Fans.
    package static let worstMargin = Protections(bit: 27)
    package static let emergencyFull = Protections(bit: 28)
    package static let bootFull = Protections(bit: 29)
    package static let warmUpFloor = Protections(bit: 30)
    package static let fanLossFull = Protections(bit: 31)
    package static let stallCheck = Protections(bit: 32)
    package static let speedCheck = Protections(bit: 33)
    package static let readBackCheck = Protections(bit: 34)
    package static let kickStart = Protections(bit: 35)
    package static let minimumSpin = Protections(bit: 36)
    package static let manualIsFloor = Protections(bit: 37)
    package static let coolDownDwell = Protections(bit: 38)
    package static let slewLimit = Protections(bit: 39)
    package static let reversalDwell = Protections(bit: 40)
    package static let backCalculation = Protections(bit: 41)
    package static let feedForward = Protections(bit: 42)
    package static let stopWaits = Protections(bit: 43)
    package static let blindIsFull = Protections(bit: 44)
    // What carries the decision out.
    package static let rewriteEveryTick = Protections(bit: 45)
    package static let setUpAgain = Protections(bit: 46)
    package static let observabilityDwell = Protections(bit: 47)
    // How fans are given time, and found out in time.
    package static let fanLag = Protections(bit: 48)
    package static let fanForesight = Protections(bit: 49)
    package static let stuckTogether = Protections(bit: 50)

    /// All of them.
    package static let catalogue = Protections(rawValue: (1 << 51) - 1)
}
