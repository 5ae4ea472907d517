import Base
import Grid
import Platform
import Rig

/// A recorded course of the mains that a configuration names, looked at before anything runs.
enum GridRecording {
    /// Frequencies, in memory.
    case course([TraceReader.Row])
    /// A waveform, read as it is played.
    case waveform(path: String)

    /// Largest course: a day at 10 rows a second, with room.
    private static let courseLimit = 32 << 20
    /// Within so many bytes a waveform must have begun.
    private static let headerLimit = 1 << 16

    /// - Parameter path: a waveform when it ends in `.wav`, a course otherwise.
    init(_ path: String, speed: Int, nominal: Millihertz) throws(RunPlan.Refusal) {
        if path.utf8.suffix(4).elementsEqual(".wav".utf8) || path.utf8.suffix(4).elementsEqual(".WAV".utf8) {
            try Self.checkWaveform(path, speed: speed, nominal: nominal)
            self = .waveform(path: path)
        } else {
            self = .course(try Self.course(path))
        }
    }

    /// The recording that `source` names, if it names one; `configuration` is where, for relative names.
    static func named(
        by source: GridConfiguration.Source, nominal: Millihertz, beside configuration: String?
    ) throws(RunPlan.Refusal) -> GridRecording? {
        guard case .replay(let name, let speed) = source else { return nil }
        return try GridRecording(GridSetup.path(name, beside: configuration), speed: speed, nominal: nominal)
    }

    private static func course(_ path: String) throws(RunPlan.Refusal) -> [TraceReader.Row] {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try File.read(path, limit: courseLimit)
        } catch {
            throw RunPlan.Refusal(message: error.description)
        }
        var reader = TraceReader()
        var rows: [TraceReader.Row] = []
        reader.take(bytes) { rows.append($0) }
        reader.finish { rows.append($0) }
        if let fault = reader.fault { throw RunPlan.Refusal(message: "\(path): \(fault.text)") }
        guard !rows.isEmpty else {
            throw RunPlan.Refusal(message: "\(path): found no frequency; expected rows under \"f_hz\"")
        }
        return rows
    }

    private static func checkWaveform(_ path: String, speed: Int, nominal: Millihertz) throws(RunPlan.Refusal) {
        var replay = WaveReplay(.init(nominal: nominal), start: Instant(nanoseconds: 0), speed: speed)
        do throws(FileError) {
            let file = try File.openForReading(path)
            var piece: [UInt8] = []
            var seen = 0
            while !replay.hasBegun, !replay.isOver, seen < headerLimit {
                piece.removeAll(keepingCapacity: true)
                guard case .bytes(let count) = try file.read(path, into: &piece, limit: 512) else { break }
                seen += count
                replay.take(piece) { _ in }
            }
        } catch {
            throw RunPlan.Refusal(message: error.description)
        }
        if let fault = replay.fault { throw RunPlan.Refusal(message: "\(path): \(fault.text(speed: speed, nominal))") }
        guard replay.hasBegun else {
            throw RunPlan.Refusal(message: "\(path): found no samples; expected a WAV file of the mains voltage")
        }
    }
}

extension TraceReader.Fault {
    /// What is wrong, where, and what was expected.
    fileprivate var text: String {
        switch self {
        case .missingColumn(let name): "line 1: column \(name) is missing"
        case .badTime(let line): "line \(line): expected a time"
        case .badNumber(let line): "line \(line): expected a number"
        case .notLater(let line): "line \(line): expected a later time than in the line before"
        case .lineTooLong: "a line is longer than 512 bytes"
        }
    }
}

extension WaveReplay.Fault {
    /// What is wrong and what was expected.
    fileprivate func text(speed: Int, _ nominal: Millihertz) -> String {
        switch self {
        case .unreadable(.notWave): "found no RIFF/WAVE header; expected a WAV file of 16-bit PCM"
        case .unreadable(.unsupported(let format, let bits)):
            "found format \(format) with \(bits) bits; expected a WAV file of format 1 (PCM) with 16 bits"
        case .unreadable(.malformed): "found a header that is not possible; expected a WAV file of 16-bit PCM"
        case .tooCoarse(let rate):
            "found \(rate) samples a second; expected at least \(4 * nominal.value / 1000), four to a cycle"
        case .tooFast(let rate):
            "\(rate) samples a second at speed \(speed) are too many; expected a speed of at most "
                + "\(max(1, WaveReplay.fastest / Int64(rate)))"
        }
    }
}
