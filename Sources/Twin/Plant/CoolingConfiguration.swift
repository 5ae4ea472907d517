import Base

/// What carries the heat of a simulated rig away.
public struct TwinCooling: Equatable, Sendable {
    /// Watts per degree that the stream carries at full speed of all fans: mass flow times heat capacity.
    public var fullStream: Double
    /// Part of `fullStream` that moves without any fan, by buoyancy. Very little: the tunnel is long and narrow.
    public var idleStream: Double
    /// Part of the surfaces' conductance that remains in a resting stream.
    public var idleConvection: Double
    /// Joules per degree of a tank that the stream leaves from and comes back to; 0 for air.
    public var tankCapacity: Double
    /// Watts per degree from the tank to its surroundings, with its pump or dry cooler at full speed.
    public var tankLoss: Double

    public init(
        fullStream: Double, idleStream: Double, idleConvection: Double, tankCapacity: Double = 0, tankLoss: Double = 0
    ) {
        self.fullStream = fullStream
        self.idleStream = idleStream
        self.idleConvection = idleConvection
        self.tankCapacity = tankCapacity
        self.tankLoss = tankLoss
    }

    /// Four 120 mm fans in two pairs: 0.23 m³/s of air, at 1.18 kg/m³ and 1005 J/(kg·K). It follows from 3.2 kW leaving
    /// an S19 some 17 degrees warmer than they came.
    public static let antminerAir = TwinCooling(fullStream: 273, idleStream: 0.015, idleConvection: 0.04)
    /// One small fan on a heat sink.
    public static let deskAir = TwinCooling(fullStream: 9, idleStream: 0.05, idleConvection: 0.10)
    /// Single-phase oil, 100 l at 0.8 kg/l and 2.1 kJ/(kg·K), circulated by pumps. Made up, for the shape of it.
    public static let immersion = TwinCooling(
        fullStream: 900, idleStream: 0.06, idleConvection: 0.35, tankCapacity: 168_000, tankLoss: 260)
}
