/// A least-squares fit of edge times against half-cycle numbers: one slope for all edges, one offset for each polarity
/// and each stretch between phase steps. So neither an asymmetric comparator nor a phase step reads as a frequency.
/// Where the asymmetry is known, both polarities of a stretch share an offset.
struct PhaseFit {
    /// Sums over the edges of one polarity between two phase steps.
    struct Group {
        var count = 0.0
        var x = 0.0
        var x2 = 0.0
        private var x3 = 0.0
        private var x4 = 0.0
        var y = 0.0
        private var xy = 0.0
        private var x2y = 0.0
        private var y2 = 0.0

        mutating func add(_ x: Double, _ y: Double) {
            let square = x * x
            count += 1
            self.x += x
            x2 += square
            x3 += square * x
            x4 += square * square
            self.y += y
            xy += x * y
            x2y += square * y
            y2 += y * y
        }

        /// The sums with every edge `shift` seconds earlier.
        func earlier(by shift: Double) -> Group {
            var group = self
            group.y -= shift * count
            group.xy -= shift * x
            group.x2y -= shift * x2
            group.y2 -= shift * (2 * y - shift * count)
            return group
        }

        /// The sums over the edges of both groups.
        func with(_ other: Group) -> Group {
            var group = self
            group.count += other.count
            group.x += other.x
            group.x2 += other.x2
            group.x3 += other.x3
            group.x4 += other.x4
            group.y += other.y
            group.xy += other.xy
            group.x2y += other.x2y
            group.y2 += other.y2
            return group
        }

        /// Adds this group's sums about its own means: that is what a free offset does to a fit.
        func flush(into fit: inout PhaseFit) {
            guard count > 0 else { return }
            fit.count += count
            fit.groups += 1
            fit.xSum += x
            fit.xx += x2 - x * x / count
            fit.xz += x3 - x * x2 / count
            fit.zz += x4 - x2 * x2 / count
            fit.xy += xy - x * y / count
            fit.zy += x2y - x2 * y / count
            fit.yy += y2 - y * y / count
        }
    }

    fileprivate var count = 0.0
    fileprivate var groups = 0.0
    fileprivate var xSum = 0.0
    fileprivate var xx = 0.0
    fileprivate var xz = 0.0
    fileprivate var zz = 0.0
    fileprivate var xy = 0.0
    fileprivate var zy = 0.0
    fileprivate var yy = 0.0
    /// Whether no phase step lies in the window.
    fileprivate(set) var isUnbroken = true
    /// The newest stretch: rising, falling.
    fileprivate(set) var newest = (Group(), Group())

    /// How well the slope is determined: its variance is that of an edge divided by this.
    var spread: Double { xx }
    /// Number of edges.
    var edges: Int { Int(count) }
    /// The mean half-cycle number of the edges, relative to the newest edge.
    var center: Double { count > 0 ? xSum / count : 0 }
    /// The straight line's slope in seconds per half cycle, relative to the nominal one; nil where there is none.
    var slope: Double? { xx > 0.5 ? xy / xx : nil }

    /// The slope at the newest edge of a parabola with the half curvature given; nil where there is none.
    func slope(curvature: Double) -> Double? { xx > 0.5 ? (xy - curvature * xz) / xx : nil }

    /// Slope at the newest edge and half the curvature, of a parabola.
    var parabola: (slope: Double, curvature: Double)? {
        let determinant = xx * zz - xz * xz
        guard count - groups >= 4, determinant > 1e-6 * xx * zz, determinant > 0 else { return nil }
        return ((xy * zz - zy * xz) / determinant, (zy * xx - xy * xz) / determinant)
    }

    /// How much later than midway between the rising edges the falling ones come, in seconds, about the parabola given; nil
    /// unless the newest stretch has some edges of both polarities.
    func asymmetry(slope: Double, curvature: Double) -> Double? {
        let (rising, falling) = newest
        guard rising.count >= Self.enough, falling.count >= Self.enough else { return nil }
        func offset(_ group: Group) -> Double { (group.y - slope * group.x - curvature * group.x2) / group.count }
        return offset(falling) - offset(rising)
    }

    /// Edges of each polarity that tell an asymmetry.
    private static let enough = 8.0

    /// The sum of the squares of what the straight line leaves, in seconds squared; nil where there is no line.
    var residue: Double? { slope.map { max(0, yy - $0 * xy) } }

    /// The standard deviation of the edges about the straight line, in seconds.
    var scatter: Double? {
        let freedom = count - groups - 1
        guard let residue, freedom >= 1 else { return nil }
        return (residue / freedom).squareRoot()
    }

    /// Fits the edges of `ring` from the newest back over `span` half cycles, and over `extension` more while these lie
    /// across a phase step. `halfPeriod` is the nominal half period in seconds, `asymmetry` how much later than midway
    /// between the rising edges the falling ones come, nil where the fit is to find out.
    init(
        _ ring: EdgeRing, span: Int64, extension extra: Int64, halfPeriod: Double, asymmetry: Double? = nil
    ) {
        guard let last = ring.newest else { return }
        var rising = Group()
        var falling = Group()
        var epoch = last.epoch
        var isNewest = true
        for back in 0..<ring.count {
            let edge = ring[back]
            if last.index - edge.index > (isNewest ? span : span + extra) { break }
            if edge.epoch != epoch {
                flush(rising, falling, isNewest, asymmetry)
                isNewest = false
                rising = Group()
                falling = Group()
                epoch = edge.epoch
            }
            let x = Double(edge.index - last.index)
            let y = Double(edge.nanoseconds - last.nanoseconds) * 1e-9 - x * halfPeriod
            if edge.index & 1 == 0 { rising.add(x, y) } else { falling.add(x, y) }
        }
        flush(rising, falling, isNewest, asymmetry)
        isUnbroken = isNewest
    }

    private mutating func flush(_ rising: Group, _ falling: Group, _ isNewest: Bool, _ asymmetry: Double?) {
        if let asymmetry {
            rising.with(falling.earlier(by: asymmetry)).flush(into: &self)
        } else {
            rising.flush(into: &self)
            falling.flush(into: &self)
        }
        if isNewest { newest = (rising, falling) }
    }

    /// The expected time, in seconds after the newest edge and relative to the nominal one, of the half cycle that is `x`
    /// after the newest edge: from the stretch's own offset for its polarity, with the slope and half curvature given.
    func prediction(x: Double, isRising: Bool, slope: Double, curvature: Double) -> Double? {
        let group = isRising ? newest.0 : newest.1
        guard group.count > 0 else { return nil }
        let (meanX, meanX2, meanY) = (group.x / group.count, group.x2 / group.count, group.y / group.count)
        return meanY + slope * (x - meanX) + curvature * (x * x - meanX2)
    }
}

/// The last edges that belong to the mains, oldest overwritten. Never grows.
struct EdgeRing {
    struct Edge: Equatable {
        /// Half-cycle number: even for rising edges.
        var index: Int64
        /// Since the estimator's origin.
        var nanoseconds: Int64
        /// Counts the phase steps.
        var epoch: Int32
    }

    private var edges: [Edge]
    private var end = 0
    private(set) var count = 0

    init(capacity: Int) {
        edges = Array(repeating: Edge(index: 0, nanoseconds: 0, epoch: 0), count: max(2, capacity))
    }

    var newest: Edge? { count > 0 ? self[0] : nil }

    /// The edge that is `back` older than the newest one; `back` below `count`.
    subscript(back: Int) -> Edge {
        let place = end - 1 - back
        return edges[place >= 0 ? place : place + edges.count]
    }

    mutating func append(_ edge: Edge) {
        edges[end] = edge
        end = end + 1 == edges.count ? 0 : end + 1
        count = min(count + 1, edges.count)
    }

    mutating func removeAll() { count = 0 }
}
