import Base
import Grid
import Platform
import Rig

/// A recorded waveform at play: the file is read as its samples come due.
final class WaveformFile {
    private static let piece = 4096
    private let path: String
    private let file: FileDescriptor
    private var replay: WaveReplay
    private var buffer: [UInt8] = []
    private var hasEnded = false

    init(_ path: String, _ edges: EdgeEstimator.Configuration, speed: Int, start: Instant) throws(FileError) {
        self.path = path
        file = try File.openForReading(path)
        replay = WaveReplay(edges, start: start, speed: speed)
        buffer.reserveCapacity(Self.piece)
    }

    /// Whether there is nothing more to play.
    var isOver: Bool { hasEnded || replay.isOver }

    /// Plays what has come due.
    func tick(now: Instant, into events: inout [Event], _ body: (MainsReading) -> Void) {
        // What is due is bounded by the fastest replay and the time since the last call.
        while !isOver {
            let due = replay.due(now: now)
            guard due > 0 else { return }
            buffer.removeAll(keepingCapacity: true)
            do throws(FileError) {
                guard case .bytes = try file.read(path, into: &buffer, limit: min(due, Self.piece)) else {
                    hasEnded = true
                    return
                }
            } catch {
                hasEnded = true
                events.append(Event(.error, "grid", "the recording cannot be read: \(error.description)"))
                return
            }
            replay.take(buffer, body)
        }
    }
}

extension FileDescriptor {
    /// Reads the next piece of the file at `path`.
    func read(_ path: String, into buffer: inout [UInt8], limit: Int) throws(FileError) -> ReadResult {
        do throws(SystemError) {
            return try read(appendingTo: &buffer, limit: limit)
        } catch {
            throw FileError(path: path, cause: error)
        }
    }
}
