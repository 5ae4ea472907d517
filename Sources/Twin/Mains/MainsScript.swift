/// A course of the simulated mains over time: a frequency, and what happens to phase and voltage.
public struct MainsScript: Equatable, Sendable {
    /// A frequency at a time; straight lines join them.
    public struct Point: Equatable, Sendable {
        /// Seconds since the beginning.
        public var time: Double
        public var hertz: Double

        public init(_ time: Double, _ hertz: Double) {
            self.time = time
            self.hertz = hertz
        }
    }

    /// Something that happens at once.
    public enum Happening: Equatable, Sendable {
        /// In degrees; positive is later.
        case phaseStep(Double)
        /// In thousandths of nominal.
        case amplitude(Int32)
        /// Offset, harmonics and what else is wrong become these.
        case distortion(MainsDistortion)
    }

    /// In the order of their times. Before the first and after the last the frequency stays.
    public private(set) var points: [Point]
    /// In the order of their times.
    public private(set) var happenings: [(time: Double, what: Happening)] = []

    /// - Parameter points: at least one; later ones that are not after those before them are left out.
    public init(_ points: [Point]) {
        var kept: [Point] = []
        for point in points where kept.last.map({ point.time > $0.time }) ?? true { kept.append(point) }
        self.points = kept
    }

    /// A steady frequency.
    public init(steady hertz: Double) { self.init([Point(0, hertz)]) }

    /// The same course with one more thing happening.
    public func happening(_ what: Happening, at time: Double) -> MainsScript {
        var script = self
        let place = script.happenings.firstIndex { $0.time > time } ?? script.happenings.count
        script.happenings.insert((time, what), at: place)
        return script
    }

    /// The frequency at a time, in hertz; nil for a script without points.
    public func frequency(at time: Double) -> Double? {
        guard let first = points.first, let last = points.last else { return nil }
        if time <= first.time { return first.hertz }
        if time >= last.time { return last.hertz }
        var (low, high) = (0, points.count - 1)
        while high - low > 1 {
            let middle = (low + high) / 2
            if points[middle].time <= time { low = middle } else { high = middle }
        }
        let (a, b) = (points[low], points[high])
        return a.hertz + (b.hertz - a.hertz) * (time - a.time) / (b.time - a.time)
    }

    public static func == (a: MainsScript, b: MainsScript) -> Bool {
        a.points == b.points && a.happenings.count == b.happenings.count
            && zip(a.happenings, b.happenings).allSatisfy { $0.time == $1.time && $0.what == $1.what }
    }
}
