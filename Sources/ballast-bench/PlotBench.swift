import Base
import Grid
import Platform

extension Benchmark {
    static var plot: Benchmark {
        Benchmark(
            name: "plot", options: "RECORD",
            summary: "Draws the record of an event as SVG on standard output: frequency, response, power."
        ) { (options: inout Options) throws(BenchmarkError) in
            let path = try options.takeWord("the record")
            try options.finish()
            let bytes: [UInt8]
            do throws(FileError) { bytes = try File.read(path, limit: 64_000_000) } catch {
                throw .failed(error.description)
            }
            let rows: [EventTrace.Row]
            do throws(EventTrace.Fault) { rows = try EventTrace.read(bytes) } catch {
                switch error {
                case .notARecord: throw .failed("\(path): the first line is not \(EventTrace.header)")
                case .badLine(let line): throw .failed("\(path):\(line): expected \(EventTrace.header)")
                case .tooLong: throw .failed("\(path): more than \(EventTrace.limit) rows")
                }
            }
            guard rows.count > 1 else { throw .failed("\(path): a plot needs two rows") }
            try EventPlot(rows).write()
        }
    }
}

/// Three curves over one time axis.
private struct EventPlot {
    private static let (width, lane, left, top) = (900.0, 150.0, 90.0, 20.0)

    private let rows: [EventTrace.Row]
    private let (begin, end): (Double, Double)

    init(_ rows: [EventTrace.Row]) {
        self.rows = rows
        begin = Self.seconds(rows.first)
        end = max(Self.seconds(rows.last), Self.seconds(rows.first) + 0.001)
    }

    private static func seconds(_ row: EventTrace.Row?) -> Double {
        row.map { Double($0.time.nanoseconds) * 1e-9 } ?? 0
    }

    func write() throws(BenchmarkError) {
        var stream = StandardStream.output
        var lines = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1010 560\" font-family=\"sans-serif\" font-size=\"12\">",
            "<rect width=\"1010\" height=\"560\" fill=\"white\"/>",
        ]
        lines += curve(0, "Hz", 3, "#1f5fa8") { $0.frequency.map { $0.hertz } }
        lines += curve(1, "response, %", 0, "#b03a2e") { Double($0.response) / 10 }
        lines += curve(2, "power, W", 0, "#2e7d32") { $0.power.map { Double($0.value) / 1000 } }
        let bottom = Self.text(Self.top + 3 * (Self.lane + 25) + 5)
        lines.append("<text x=\"\(Self.text(Self.left))\" y=\"\(bottom)\">\(Decimal.fixed(begin, places: 1)) s</text>")
        lines.append(
            "<text x=\"\(Self.text(Self.left + Self.width))\" y=\"\(bottom)\" text-anchor=\"end\">"
                + "\(Decimal.fixed(end, places: 1)) s</text>")
        lines.append("</svg>")
        for line in lines where !stream.writeLine(line) { throw .failed("cannot write the plot to standard output") }
    }

    /// A frame, its scale, and one line; what was not measured is a gap.
    private func curve(
        _ lane: Int, _ unit: String, _ places: Int, _ colour: String, _ value: (EventTrace.Row) -> Double?
    ) -> [String] {
        var (low, high) = (Double.infinity, -Double.infinity)
        for row in rows {
            guard let value = value(row) else { continue }
            low = min(low, value)
            high = max(high, value)
        }
        let top = Self.top + Double(lane) * (Self.lane + 25)
        var lines = [
            "<rect x=\"90\" y=\"\(Self.text(top))\" width=\"900\" height=\"150\" fill=\"none\" stroke=\"#999\"/>",
            "<text x=\"84\" y=\"\(Self.text(top + 80))\" text-anchor=\"end\" fill=\"\(colour)\">\(unit)</text>",
        ]
        guard low <= high else { return lines }
        for (value, place) in [(high, top + 12), (low, top + Self.lane)] {
            lines.append(
                "<text x=\"84\" y=\"\(Self.text(place))\" text-anchor=\"end\">\(Decimal.fixed(value, places: places))</text>"
            )
        }
        let span = max(high - low, 1e-9)
        var isOpen = false
        for row in rows {
            guard let value = value(row) else {
                if isOpen { lines.append("\"/>") }
                isOpen = false
                continue
            }
            if !isOpen { lines.append("<polyline fill=\"none\" stroke=\"\(colour)\" points=\"") }
            isOpen = true
            let x = Self.left + (Self.seconds(row) - begin) / (end - begin) * Self.width
            lines.append("\(Self.text(x)),\(Self.text(top + Self.lane - (value - low) / span * Self.lane))")
        }
        if isOpen { lines.append("\"/>") }
        return lines
    }

    private static func text(_ value: Double) -> String { Decimal.fixed(value, places: 1) }
}
