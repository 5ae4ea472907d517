import Base

/// The heat of one hash board: per group of chips a node for the dies, one for the heat sinks and one for the piece of
/// circuit board under them, in a stream that warms from group to group.
struct BoardHeat {
    private(set) var die: [Double]
    private(set) var sink: [Double]
    private(set) var plate: [Double]
    /// The stream behind the last group.
    private(set) var outgoing: Double
    /// Watts that the stream took, from the last step.
    private(set) var shed: Double = 0
    /// Watts per degree of a group at full flow.
    private let dieToSink: [Double]
    private let dieToPlate: [Double]
    private let sinkToStream: [Double]
    private let plateToStream: [Double]
    private let dieCapacity: [Double]
    private let sinkCapacity: [Double]
    private let plateCapacity: [Double]

    /// - Parameter chips: in each group.
    init(_ configuration: TwinBoardConfiguration, chips: [Int], temperature: Double) {
        let count = chips.map { Double($0) }
        die = count.map { _ in temperature }
        sink = die
        plate = die
        outgoing = temperature
        dieToSink = count.map { $0 * 1000 / Double(configuration.dieToSink) }
        sinkToStream = count.map { $0 * 1000 / Double(configuration.sinkToStream) }
        // A fifth of the heat goes through the solder into the circuit board, which is poorly cooled. Made up, so that the
        // board's sensors read 10–20 degrees less than the chips, as they do on S19 boards.
        dieToPlate = dieToSink.map { $0 * 0.12 }
        plateToStream = sinkToStream.map { $0 * 0.18 }
        dieCapacity = count.map { $0 * Double(configuration.dieCapacity) / 1000 }
        sinkCapacity = count.map { $0 * Double(configuration.sinkCapacity) / 1000 }
        plateCapacity = count.map { $0 * Double(configuration.boardCapacity) / 1000 }
    }

    var hottest: Double { die.reduce(-273) { max($0, $1) } }

    /// Joules above 0 °C in all nodes.
    var stored: Double {
        var sum: Double = 0
        for group in die.indices {
            sum += die[group] * dieCapacity[group]
            sum += sink[group] * sinkCapacity[group]
            sum += plate[group] * plateCapacity[group]
        }
        return sum
    }

    /// - Parameters:
    ///   - power: watts of each group.
    ///   - stream: watts per degree of this board's share of the stream.
    ///   - convection: part of the surfaces' full conductance, as the flow makes it.
    mutating func step(seconds: Double, power: [Double], inlet: Double, stream: Double, convection: Double) {
        var air = inlet
        shed = 0
        for group in die.indices {
            let fromSink = sinkToStream[group] * convection
            let fromPlate = plateToStream[group] * convection
            // A well-stirred cell: what leaves it is as warm as what touches the surfaces.
            let after =
                (stream * air + fromSink * sink[group] + fromPlate * plate[group]) / (stream + fromSink + fromPlate)
            let throughSink = dieToSink[group] * (die[group] - sink[group])
            let throughPlate = dieToPlate[group] * (die[group] - plate[group])
            let sinkToAir = fromSink * (sink[group] - after)
            let plateToAir = fromPlate * (plate[group] - after)
            die[group] += (power[group] - throughSink - throughPlate) * seconds / dieCapacity[group]
            sink[group] += (throughSink - sinkToAir) * seconds / sinkCapacity[group]
            plate[group] += (throughPlate - plateToAir) * seconds / plateCapacity[group]
            shed += sinkToAir + plateToAir
            air = after
        }
        outgoing = air
    }
}
