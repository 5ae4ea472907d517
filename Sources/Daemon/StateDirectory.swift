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

    private let path: String
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

    /// Writes the bound network ports by name.
    func writeEndpoints(_ ports: [(StaticString, UInt16)]) throws(FileError) {
        var writer = JSONWriter()
        writer.object { writer in
            for (name, port) in ports {
                writer.key(name)
                writer.integer(port)
            }
        }
        try AtomicFile.write("\(path)/endpoints.json", (writer.bytes + [0x0A]).span)
    }

    /// A file that cannot be used must not keep the rig from working: it is set aside, not overwritten.
    private static func readTotals(_ path: String) -> (Totals, String?) {
        var totals = Totals()
        var complaint: String?
        do throws(FileError) {
            let bytes = try File.read(path, limit: 65_536)
            do throws(DocumentError) {
                totals = try Totals.read(file: path, bytes: bytes)
            } catch {
                complaint = error.message
            }
        } catch {
            complaint = error.cause.errno == .noEntry ? nil : error.description
        }
        if let reason = complaint { complaint = "\(reason); \(setAside(path))" }
        totals.starts += 1
        return (totals, complaint)
    }

    private static func setAside(_ path: String) -> String {
        do throws(FileError) {
            try File.rename(path, to: "\(path).damaged")
            return "it was set aside as totals.json.damaged"
        } catch {
            return "it cannot be set aside: \(error.description)"
        }
    }
}
