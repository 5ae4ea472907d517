/// The targets of Package.swift, read from its text: asking the package manager would wait for the build that runs this test.
struct Manifest {
    struct Module: Equatable {
        var name: String
        var dependencies: [String]
        /// Compiled for the boards as well: declared as a `room`, or with the daemon's settings.
        var isDaemon: Bool
        /// A test target, or a module that lives with them.
        var isTest: Bool
    }

    var modules: [Module] = []

    init(_ file: SourceFile) {
        let tokens = file.tokens
        for index in tokens.indices.dropLast() where tokens[index].kind == .word && tokens[index + 1].text == "(" {
            let kind = tokens[index].text
            guard ["room", "tests", "target", "executableTarget", "testTarget", "systemLibrary"].contains(kind) else {
                continue
            }
            let call = Self.balanced(tokens[(index + 1)...])
            // The helper functions of the manifest name their parameter, not a literal.
            let name = call.dropFirst().first?.text == "name" ? call.dropFirst(3).first : call.dropFirst().first
            guard let name, name.kind == .string else { continue }
            let list =
                call.firstIndex { $0.text == "dependencies" && $0.kind == .word }
                ?? (["room", "tests"].contains(kind) ? call.startIndex : call.endIndex)
            let bracket = call[list...].drop { $0.text != "[" }
            modules.append(
                Module(
                    name: name.text,
                    dependencies: Self.balanced(bracket).filter { $0.kind == .string }.map(\.text),
                    isDaemon: kind == "room" || call.contains { $0.text == "daemonSettings" },
                    isTest: ["tests", "testTarget"].contains(kind)
                        || call.contains { $0.kind == .string && $0.text.hasPrefix("Tests/") }))
        }
    }

    func module(_ name: String) -> Module? {
        modules.first { $0.name == name }
    }

    /// From an opening bracket to the one that closes it.
    private static func balanced(_ tokens: ArraySlice<Token>) -> ArraySlice<Token> {
        var depth = 0
        for index in tokens.indices where tokens[index].kind == .symbol {
            if ["(", "["].contains(tokens[index].text) { depth += 1 }
            if [")", "]"].contains(tokens[index].text) { depth -= 1 }
            if depth == 0 { return tokens[tokens.startIndex...index] }
        }
        return []
    }
}
