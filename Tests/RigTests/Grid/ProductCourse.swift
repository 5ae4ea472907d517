import Base
import Foundation
import Grid
import Rig

/// The product files that are shipped.
enum ShippedProducts {
    private static let folder = BoardFiles.folder.appending(path: "products")

    static let all: [(name: String, file: ProductFile)] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.sorted().filter { $0.hasSuffix(".json") }.compactMap { file in
            let name = String(file.dropLast(5))
            guard let bytes = try? bytes(name), let product = try? ProductFile.read(file: file, bytes: bytes) else {
                return nil
            }
            return (name, product)
        }
    }()

    static func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appending(path: "\(name).json")))
    }

    static var names: [String] { all.map(\.name) }

    static func product(_ name: String) -> GridProduct? { all.first { $0.name == name }?.file.product }
}

/// A responder in simulated time, fed with an ideal measurement of a given course of frequency.
struct ProductCourse {
    struct Point {
        var time: Double
        var response: GridResponse
    }

    var responder: ProductResponder
    private(set) var time = 0.0
    private(set) var points: [Point] = []
    var voltage: Int32? = 1000
    var condition = MainsCondition.valid
    var isArmed = true

    init(_ product: GridProduct, seed: UInt64 = 1) { responder = ProductResponder(product, seed: seed) }

    var last: GridResponse? { points.last?.response }
    var nominal: Double { Double(responder.product.nominal.value) / 1000 }

    /// Holds the deviation for so many seconds, a reading every `step`.
    mutating func hold(deviation: Double, _ seconds: Double, step: Double = 0.02) {
        ramp(from: deviation, to: deviation, seconds, step: step)
    }

    mutating func ramp(from start: Double, to end: Double, _ seconds: Double, step: Double = 0.02) {
        let begin = time
        for index in 1...max(1, Int((seconds / step).rounded())) {
            time = begin + Double(index) * step
            let deviation = start + (end - start) * Double(index) * step / seconds
            let rate = seconds >= 0.5 ? Int32((end - start) / seconds * 1000) : 0
            let at = Instant(nanoseconds: UInt64((1000 + time) * 1e9))
            let sample = FrequencySample(
                frequency: Microhertz(hertz: nominal + deviation), rocof: rate, at: at, timeQuality: .local)
            let reading = MainsReading(
                condition: condition, fast: sample, slow: sample, agrees: true, confirmations: 3, voltage: voltage,
                at: at)
            points.append(Point(time: time, response: responder.step(reading, isArmed: isArmed, now: at)))
        }
    }

    /// The first time at which the response met a condition, at or after `start`.
    func first(after start: Double = 0, _ condition: (Int32) -> Bool) -> Double? {
        points.first { $0.time >= start && condition($0.response.permille) }?.time
    }
}
