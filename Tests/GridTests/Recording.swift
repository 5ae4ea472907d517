import Base
import Foundation
import Grid
import Twin

/// Recordings that are kept beside the tests; their README says whose they are.
enum Recording {
    static func bytes(_ name: String) throws -> [UInt8] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Recordings")
        return Array(try Data(contentsOf: folder.appending(path: name)))
    }

    static func rows(_ name: String, nominalVoltage: Double = 230) throws -> [TraceReader.Row] {
        var reader = TraceReader(nominalVoltage: nominalVoltage)
        var rows: [TraceReader.Row] = []
        reader.take(try bytes(name)) { rows.append($0) }
        reader.finish { rows.append($0) }
        if let fault = reader.fault { throw fault }
        return rows
    }

    /// The course between two times in seconds, as a mains whose voltage follows the recording too.
    static func script(_ rows: [TraceReader.Row], from start: Double, to end: Double) -> MainsScript {
        let kept = rows.filter { (start...end).contains(seconds($0.time)) }
        var script = MainsScript(kept.map { .init(seconds($0.time) - start, $0.frequency.hertz) })
        for row in kept {
            if let voltage = row.voltage {
                script = script.happening(.amplitude(voltage), at: seconds(row.time) - start)
            }
        }
        return script
    }

    static func seconds(_ duration: Duration) -> Double { Double(duration.nanoseconds) * 1e-9 }
}
