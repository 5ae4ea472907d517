import Foundation

/// A text file of this repository.
struct SourceFile {
    /// Relative to the root of the repository, with `/` between the parts.
    var path: String
    var text: String
    let lines: [Substring]
    /// Empty unless the file is Swift or C.
    let tokens: [Token]

    init(path: String, text: String) {
        self.path = path
        self.text = text
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        tokens =
            switch (path as NSString).pathExtension {
            case "swift": Tokenizer.tokens(of: text, .swift)
            case "c", "h": Tokenizer.tokens(of: text, .c)
            default: []
            }
    }

    var isSwift: Bool { path.hasSuffix(".swift") }
    var isC: Bool { path.hasSuffix(".c") || path.hasSuffix(".h") }

    /// The module whose folder under `Sources` holds this file.
    var module: String? {
        let parts = path.split(separator: "/")
        return parts.count > 2 && parts[0] == "Sources" ? String(parts[1]) : nil
    }
}

/// Every file of the repository that this test was compiled from, but for what builds leave behind.
struct SourceTree {
    var files: [SourceFile]
    /// Files that are not text, and all sizes in bytes, by path.
    var sizes: [String: Int]

    static let shared = Result { try SourceTree(root: root) }

    /// This file is two folders below the root.
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private init(root: URL) throws {
        files = []
        sizes = [:]
        let keys: [URLResourceKey] = [.isDirectoryKey, .fileSizeKey]
        var folders = [root]
        while let folder = folders.popLast() {
            for entry in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: keys) {
                let name = entry.lastPathComponent
                let isAtRoot = folder == root
                if isAtRoot, name == "build" || name == "Package.resolved" { continue }
                if name.hasPrefix("."), ![".ci", ".gitignore", ".swift-format"].contains(name) { continue }
                if name.hasSuffix(".profraw") { continue }
                let values = try entry.resourceValues(forKeys: Set(keys))
                if values.isDirectory == true {
                    folders.append(entry)
                    continue
                }
                let path = String(entry.path.dropFirst(root.path.count + 1))
                let contents = try Data(contentsOf: entry)
                sizes[path] = contents.count
                if !contents.contains(0), let text = String(data: contents, encoding: .utf8) {
                    files.append(SourceFile(path: path, text: text))
                }
            }
        }
        files.sort { $0.path < $1.path }
    }

    struct MissingFile: Error {
        var path: String
    }

    func file(_ path: String) throws(MissingFile) -> SourceFile {
        guard let file = files.first(where: { $0.path == path }) else { throw MissingFile(path: path) }
        return file
    }
}
