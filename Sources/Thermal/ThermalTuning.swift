import Base

/// What the fan loop multiplies by.
public struct FanGains: Equatable, Sendable {
    /// Thousandths of full duty per °C above the target.
    public var proportional: Int32
    /// Thousandths of full duty per °C and 100 seconds.
    public var integral: Int32
    /// Thousandths of full duty per °C/s.
    public var derivative: Int32
    /// Thousandths of full duty that the zone's full electrical power calls for by itself.
    public var feedForward: Int32

    public init(
        proportional: Int32 = 30, integral: Int32 = 60, derivative: Int32 = 120, feedForward: Int32 = 300
    ) {
        self.proportional = proportional
        self.integral = integral
        self.derivative = derivative
        self.feedForward = feedForward
    }
}

/// Rates, dwell times and limits of the controller. Docs/thermal.md says where each default comes from.
public struct ThermalTuning: Sendable {
    public var gains = FanGains()
    /// Thousandths of full duty per second, upward and downward. Full duty in an emergency is not limited.
    public var slewUp: Int32 = 100
    public var slewDown: Int32 = 20
    /// The measured temperature's filter before it is differentiated.
    public var derivativeFilter = Duration.seconds(4)
    /// How fast the integral follows an output that is limited.
    public var tracking = Duration.seconds(10)
    /// Smaller changes of duty are not worth making, in thousandths.
    public var deadBand: Int32 = 10
    /// The fans turn from faster to slower, or back, at most once in this time unless something is hot.
    public var reversalDwell = Duration.seconds(10)

    /// A reading older than this does not count as good.
    public var staleAfter = Duration.seconds(3)
    /// Upward jumps right after power-on are in-rush, not heat.
    public var settleWindow = Duration.seconds(2)
    /// Equal readings in a row that make an impossible jump believable, upward and downward.
    public var confirmationsUp = 3
    public var confirmationsDown = 20
    /// An unchanged value for longer than this, where it should have changed, is a stuck one.
    public var stuckAfter = Duration.seconds(20)
    /// The same for all of a board's sensors together: the time for which none changed times their number.
    public var stuckTogether = Duration.seconds(9)
    /// A board that has worked for this long has to be warm.
    public var warmingTime = Duration.seconds(60)
    /// How long sensors may contradict each other.
    public var disagreementDwell = Duration.seconds(5)
    /// How long a board may work without enough good sensors.
    public var observabilityLimit = Duration.seconds(5)

    /// How far a fan's speed may be below and above what a healthy one can have, in percent.
    public var slowTolerance: Int32 = 25
    public var fastTolerance: Int32 = 30
    /// From the first reading outside to the one that is believed. Ticks and readings come every half second, not to the
    /// millisecond: it takes two.
    public var speedDwell = Duration.milliseconds(400)
    /// How far ahead a falling speed is extrapolated: less than the shortest time that a fan coasts.
    public var speedForesight = Duration.milliseconds(700)
    /// A fan that was slow is healthy again after this long at the right speed.
    public var speedRecovery = Duration.seconds(5)
    /// How long a fan may not answer, or not hold the duty it was given.
    public var fanSilenceLimit = Duration.milliseconds(1500)
    /// Full fans at the least power have to bring an overheated part down by `minimumCooling` in this time.
    public var coolingTime = Duration.seconds(45)
    public var minimumCooling = Celsius.degrees(1)

    /// The least duty while a started board warms up, and for how long.
    public var warmUpFloor = DutyCycle(percent: 50)
    public var warmUp = Duration.seconds(90)
    /// Fans do not slow down for this long after their boards have been switched off or have shed load.
    public var coolDownDwell = Duration.seconds(60)
    /// A board without power for this long is cold even if no sensor says so.
    public var coldForCertain = Duration.seconds(600)
    /// A clean stop waits no longer than this for the parts to cool; the fans stay on afterwards.
    public var stopLimit = Duration.seconds(300)

    /// Power in thousandths of full, from the first step down to the least.
    public var ladder: InlineArray<5, Int32> = [1000, 850, 700, 550, 400]
    /// Between two steps down, and before a step back up.
    public var stepDownDwell = Duration.seconds(10)
    public var stepUpDwell = Duration.seconds(60)
    /// How far below `hot` everything has to be for a step up.
    public var stepUpWindow = Celsius.degrees(3)

    /// How long a tripped board stays off at the least. Supplies do not survive frequent cycling.
    public var tripDwell = Duration.seconds(120)
    /// Trips within an hour after which only a technician unlocks a board, 1–8.
    public var tripsPerHour = 3
    /// The least duty that an operator has configured for always.
    public var manualFloor = DutyCycle.off

    public init() {}
}
