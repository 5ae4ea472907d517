import Foundation
import Rig

/// The board files that ship with the agent.
enum BoardFiles {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Boards")

    static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
    }()

    static func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appending(path: "\(name).json")))
    }

    static func board(_ name: String) throws -> Board {
        try Board.read(file: "\(name).json", bytes: try bytes(name))
    }

    /// What is wrong with a board file's text; nil when nothing is.
    static func complaint(_ text: String) -> String? {
        do {
            _ = try Board.read(file: "b.json", bytes: Array(text.utf8))
            return nil
        } catch {
            return error.message
        }
    }
}
