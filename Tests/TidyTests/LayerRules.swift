/// Who may import whom: the table of Docs/architecture.md, whose rows go from the top of the house to its foundation.
struct LayerTable {
    struct Row: Equatable {
        var module: String
        var mayImport: [String]
        /// Its place is reserved; its code is not there yet.
        var isPlanned: Bool
    }

    var rows: [Row] = []

    /// Reads the rows that begin with a module name in code marks: `| `Module` | `A` `B` | … |`.
    init(_ page: SourceFile) {
        for line in page.lines where line.hasPrefix("| `") {
            let cells = line.split(separator: "|", omittingEmptySubsequences: true)
            guard cells.count >= 2, let module = Self.names(in: cells[0]).first else { continue }
            let isPlanned = cells.last?.drop { $0 == " " }.hasPrefix("planned") == true
            rows.append(Row(module: module, mayImport: Self.names(in: cells[1]), isPlanned: isPlanned))
        }
    }

    func row(_ module: String) -> Row? {
        rows.first { $0.module == module }
    }

    private static func names(in cell: Substring) -> [String] {
        let parts = cell.split(separator: "`", omittingEmptySubsequences: false)
        return parts.indices.filter { $0 % 2 == 1 }.map { String(parts[$0]) }
    }
}

enum LayerRules {
    static let page = "Docs/architecture.md"

    /// C belongs to one module each, which makes it safe for all others.
    static let ownersOfC = ["CLinux": "Platform", "CGpiod": "Platform", "CI2C": "Platform", "CSHA256": "SHA256"]

    /// Modules of the toolchain that exist in Embedded Swift on every board.
    static let toolchain: Set = ["Swift", "Synchronization"]

    /// Arrows go down only, and C is reached through its owner only.
    static func arrows(in table: LayerTable) -> [Finding] {
        var findings: [Finding] = []
        for (index, row) in table.rows.enumerated() {
            let below = table.rows[(index + 1)...].map(\.module)
            for name in row.mayImport {
                if !below.contains(name) {
                    findings.append(finding("\(row.module) imports \(name), which has no row below it"))
                }
                if let owner = ownersOfC[name], owner != row.module {
                    findings.append(finding("\(row.module) imports \(name), which only \(owner) may"))
                }
            }
        }
        return findings
    }

    /// What Package.swift declares agrees with the table, and the table with what is there.
    static func dependencies(of manifest: Manifest, in table: LayerTable) -> [Finding] {
        let stale = table.rows.filter { (manifest.module($0.module) == nil) != $0.isPlanned }.map {
            finding($0.isPlanned ? "\($0.module) is there, no longer planned" : "\($0.module) is not in Package.swift")
        }
        return stale
            + manifest.modules.filter { !$0.isTest }.flatMap { module -> [Finding] in
                guard let row = table.row(module.name) else {
                    return [finding("no row for the module \(module.name) of Package.swift")]
                }
                return module.dependencies.filter { !row.mayImport.contains($0) }.map {
                    Finding(
                        rule: .layers, path: "Package.swift",
                        message: "\(module.name) depends on \($0), which \(page) does not let it import")
                }
            }
    }

    /// What a file of a module imports agrees with the table; daemon modules import nothing else.
    static func imports(in file: SourceFile, _ manifest: Manifest, _ table: LayerTable) -> [Finding] {
        guard file.isSwift, let name = file.module, let module = manifest.module(name) else { return [] }
        let allowed = Set(table.row(name)?.mayImport ?? [])
        let modules = Set(manifest.modules.map(\.name))
        return imports(in: file.tokens).compactMap { token in
            if allowed.contains(token.text) || toolchain.contains(token.text) { return nil }
            if let owner = ownersOfC[token.text] {
                return Finding(
                    rule: .imports, path: file.path, line: token.line,
                    message: "imports \(token.text), which only \(owner) may")
            }
            if modules.contains(token.text) {
                return Finding(
                    rule: .imports, path: file.path, line: token.line,
                    message: "imports \(token.text), which \(page) does not let \(name) import")
            }
            guard module.isDaemon else { return nil }
            return Finding(
                rule: .imports, path: file.path, line: token.line,
                message: "imports \(token.text), which the boards do not have")
        }
    }

    /// The module name of each `import`, with or without access level, attributes and a kind of declaration.
    private static func imports(in tokens: [Token]) -> [Token] {
        let kinds: Set = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
        return tokens.indices.compactMap { index in
            guard tokens[index].kind == .word, tokens[index].text == "import", index + 1 < tokens.count else {
                return nil
            }
            if index > 0, [".", "`"].contains(tokens[index - 1].text) { return nil }
            let next = tokens[index + 1]
            return kinds.contains(next.text) && index + 2 < tokens.count ? tokens[index + 2] : next
        }
    }

    private static func finding(_ message: String) -> Finding {
        Finding(rule: .layers, path: page, message: message)
    }
}
