import Base
import JSON
import Platform
import Rig

/// What the daemon keeps on disk (Docs/configuration.md). Every file is replaced as a whole or not at all.
final class StateDirectory {
    /// The state directory cannot be used; the text says which file and why.
    struct Failure: Error {
        let message: String
    }

    let path: String
    private let lock: FileLock
    private let log: EventLogFile
    /// What earlier runs have counted, this start included.
    let totals: Totals
    /// Why the counts of earlier runs had to be given up; nil when they were fine.
    let complaint: String?

    /// Opens the directory, making it where it is missing; throws when another daemon uses it.
    init(_ path: String, log settings: LogConfiguration) throws(Failure) {
        self.path = path
        let lock: FileLock?
        do throws(FileError) {
            try File.createDirectory(path)
            lock = try FileLock("\(path)/lock")
            log = try EventLogFile("\(path)/events.log", sizeLimit: settings.fileBytes, keptFiles: settings.files)
        } catch {
            throw Failure(message: error.description)
        }
        guard let lock else { throw Failure(message: "\(path): another ballastd uses this state directory") }
        self.lock = lock
        (totals, complaint) = Self.readTotals("\(path)/totals.json")
    }

    func append(_ line: [UInt8]) throws(FileError) {
        try log.append(line.span)
    }

    func write(_ totals: Totals) throws(FileError) {
        try AtomicFile.write("\(path)/totals.json", totals.json.span)
    }

    /// Replaces the file of this name.
    func write(_ name: String, _ content: [UInt8]) throws(FileError) {
        try AtomicFile.write("\(path)/\(name)", content.span)
    }

    /// Writes the course of a frequency event under `events/`; the oldest give way.
    func writeEvent(_ name: String, _ content: [UInt8]) throws(FileError) {
        let folder = "\(path)/events"
        try File.createDirectory(folder)
        try AtomicFile.write("\(folder)/\(name)", content.span)
        // Numbers grow, so shorter names and then lower ones are older.
        let names = try File.names(in: folder, limit: 4 * Self.eventLimit).filter {
            $0.utf8.starts(with: "event-".utf8)
        }
        let sorted = names.sorted { a, b in
            a.utf8.count == b.utf8.count
                ? a.utf8.lexicographicallyPrecedes(b.utf8) : a.utf8.count < b.utf8.count
        }
        for name in sorted.dropLast(Self.eventLimit) { try File.remove("\(folder)/\(name)") }
    }

    /// Courses of events that are kept.
    private static let eventLimit = 64

    /// Reads the file of this name with `parse`; nil where there is none. A file that cannot be used must not keep the rig
    /// from working: it is set aside, not overwritten, and the complaint says so.
    func read<Value>(
        _ name: String, _ parse: (String, [UInt8]) throws(DocumentError) -> Value
    ) -> (value: Value?, complaint: String?) {
        Self.read("\(path)/\(name)", parse)
    }

    /// Writes the bound network ports by name.
    func writeEndpoints(_ ports: [(StaticString, UInt16?)]) throws(FileError) {
        var writer = JSONWriter()
        writer.object { writer in
            for (name, port) in ports {
                guard let port else { continue }
                writer.key(name)
                writer.integer(port)
            }
        }
        try AtomicFile.write("\(path)/endpoints.json", (writer.bytes + [0x0A]).span)
    }

    private static func readTotals(_ path: String) -> (Totals, String?) {
        let (read, complaint) = read(path) { (file, bytes) throws(DocumentError) in
            try Totals.read(file: file, bytes: bytes)
        }
        var totals = read ?? Totals()
        totals.starts += 1
        return (totals, complaint)
    }

    /// Largest file that is read.
    private static let fileLimit = 65_536

    private static func read<Value>(
        _ path: String, _ parse: (String, [UInt8]) throws(DocumentError) -> Value
    ) -> (value: Value?, complaint: String?) {
        let problem: String
        do throws(FileError) {
            let bytes = try File.read(path, limit: fileLimit)
            do throws(DocumentError) {
                return (try parse(path, bytes), nil)
            } catch {
                problem = error.message
            }
        } catch {
            guard error.cause.errno != .noEntry else { return (nil, nil) }
            problem = error.description
        }
        return (nil, "\(problem); \(setAside(path))")
    }

    private static func setAside(_ path: String) -> String {
        do throws(FileError) {
            try File.rename(path, to: "\(path).damaged")
            let name = path.utf8.lastIndex(of: 0x2F).map {
                String(decoding: path.utf8[path.utf8.index(after: $0)...], as: UTF8.self)
            }
            return "it was set aside as \(name ?? path).damaged"
        } catch {
            return "it cannot be set aside: \(error.description)"
        }
    }
}
