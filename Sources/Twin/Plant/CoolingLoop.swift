import Base

/// The stream of air, or of another coolant, that all boards hang in, each with its share.
struct CoolingLoop {
    let configuration: TwinCooling
    /// Degrees of the room.
    var ambient: Double
    /// Degrees that the inlet is hotter than the room: a neighbour's exhaust, the sun.
    var inletRise: Double = 0
    /// Part of the outgoing stream that comes in again, 0–1.
    var recirculation: Double
    /// What dust in filters and fins leaves of the flow, 0–1.
    var cleanness: Double = 1
    private(set) var inlet: Double
    private(set) var outlet: Double
    /// Part of the full flow that passes, from the last step.
    private(set) var flow: Double = 0
    /// Watts that left the rig with the stream, from the last step.
    private(set) var carried: Double = 0
    private var tank: Double

    init(_ configuration: TwinCooling, ambient: Double, recirculation: Double) {
        self.configuration = configuration
        self.ambient = ambient
        self.recirculation = recirculation
        inlet = ambient
        outlet = ambient
        tank = ambient
    }

    /// Watts per degree of the whole stream.
    var stream: Double { configuration.fullStream * max(flow, configuration.idleStream) }

    /// What the flow makes of the surfaces' full conductance.
    var convection: Double {
        let forced = CurveTable.convection.value(at: flow)
        return configuration.idleConvection + (1 - configuration.idleConvection) * forced
    }

    /// - Parameter fans: mean of the fans' speeds over their highest. Two fans behind each other share a stream, so one
    ///   that stands takes its part of the flow away.
    mutating func blow(fans: Double) {
        flow = fans * cleanness
    }

    /// - Parameters:
    ///   - heat: watts that went into the stream.
    ///   - fans: as for `blow`.
    mutating func settle(heat: Double, fans: Double, seconds: Double) {
        let stream = self.stream
        outlet = inlet + heat / stream
        carried = heat
        if configuration.tankCapacity > 0 {
            let loss = (tank - ambient) * configuration.tankLoss * (0.1 + 0.9 * fans)
            tank += (heat - loss) * seconds / configuration.tankCapacity
            inlet = tank + inletRise
            return
        }
        // The room's air moves slowly: ten seconds, made up, keep the loop of recirculation from ringing.
        let wanted = ambient + inletRise + recirculation * (outlet - ambient)
        inlet += (wanted - inlet) * (seconds / (10 + seconds))
    }
}
