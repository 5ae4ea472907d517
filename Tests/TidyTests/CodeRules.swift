/// Rules for code that goes into the daemon: a fault is a typed value that reaches a policy, never a crash and never lost.
enum CodeRules {
    /// Calls and operators that end the process, or drop an error, where a rig needs a decision.
    static func crashes(in file: SourceFile) -> [Finding] {
        let tokens = file.tokens
        return tokens.indices.compactMap { index in
            let token = tokens[index]
            guard token.kind == .word, index + 1 < tokens.count else { return nil }
            let next = tokens[index + 1]
            switch (token.text, next.text) {
            case ("fatalError", "("), ("preconditionFailure", "("):
                return Finding(
                    rule: .crash, path: file.path, line: token.line, message: "'\(token.text)' ends the process")
            case ("try", "!"), ("as", "!"), ("try", "?"):
                guard !next.isSpaced else { return nil }
                return Finding(
                    rule: .crash, path: file.path, line: token.line,
                    message: next.text == "!" ? "'\(token.text)!' ends the process" : "'try?' drops the error")
            default:
                return nil
            }
        }
    }

    /// Postfix `!`, in expressions and in types.
    static func forceUnwraps(in file: SourceFile) -> [Finding] {
        let tokens = file.tokens
        return tokens.indices.dropFirst().compactMap { index in
            let mark = tokens[index]
            let previous = tokens[index - 1]
            guard mark.kind == .symbol, mark.text == "!", !mark.isSpaced else { return nil }
            guard previous.kind != .symbol || [")", "]", "}", ">", "`", "?"].contains(previous.text) else { return nil }
            if ["try", "as", "if", "elseif"].contains(previous.text) { return nil }
            if index + 1 < tokens.count, tokens[index + 1].text == "=", !tokens[index + 1].isSpaced { return nil }
            return Finding(
                rule: .unwrap, path: file.path, line: mark.line,
                message: "force unwrap after '\(previous.text)'; bind it and treat nil as a fault")
        }
    }

    /// Public types and functions say what they are and do, in a `///` comment right above them.
    ///
    /// Left out are the witnesses of well-known protocols, whose meaning is the protocol's, initializers that cannot fail,
    /// which only fill in properties, and properties: a good name with its unit is often all there is to say.
    static func undocumented(in file: SourceFile) -> [Finding] {
        let tokens = file.tokens
        return tokens.indices.compactMap { index in
            guard tokens[index].kind == .word, ["public", "open"].contains(tokens[index].text) else { return nil }
            guard let declaration = declaration(tokens[index...]) else { return nil }
            if ["import", "extension", "var", "let"].contains(declaration.keyword) { return nil }
            if witnesses.contains(declaration.name) { return nil }
            if declaration.keyword == "init", !declaration.canFail { return nil }
            var above = tokens[index].line - 2
            while above >= 0, isAttribute(file.lines[above]) { above -= 1 }
            guard above < 0 || !isComment(file.lines[above]) else { return nil }
            return Finding(
                rule: .comments, path: file.path, line: tokens[index].line,
                message: "public \(declaration.keyword) '\(declaration.name)' has no doc comment")
        }
    }

    private static let witnesses: Set = [
        "==", "<", "hash", "description", "debugDescription", "next", "makeIterator", "startIndex", "endIndex", "index",
        "errorDescription",
    ]
    private static let keywords: Set = [
        "func", "var", "let", "struct", "enum", "class", "protocol", "init", "subscript", "typealias", "associatedtype",
        "actor", "operator", "macro", "import", "extension", "case",
    ]

    /// The keyword and name of the declaration that `public` begins; nil when it only qualifies a setter.
    private static func declaration(_ tokens: ArraySlice<Token>) -> (keyword: String, name: String, canFail: Bool)? {
        guard tokens.dropFirst().first?.text != "(" else { return nil }
        guard var index = tokens.firstIndex(where: { keywords.contains($0.text) }) else { return nil }
        // `class func` and `class var` are members; `final class` is a type.
        if tokens[index].text == "class", index + 1 < tokens.endIndex, keywords.contains(tokens[index + 1].text) {
            index += 1
        }
        let keyword = tokens[index].text
        let head = tokens[(index + 1)...].prefix { $0.text != "{" && $0.line <= tokens[index].line + 20 }
        let canFail = head.first?.text == "?" || head.contains { $0.text == "throws" }
        if ["init", "subscript"].contains(keyword) { return (keyword, keyword, canFail) }
        let isOperator = head.first?.kind == .symbol && head.first?.text != "`"
        let name =
            isOperator ? head.prefix { $0.text != "(" }.map(\.text).joined() : head.first { $0.kind == .word }?.text
        return (keyword, name ?? "", canFail)
    }

    private static func isAttribute(_ line: Substring) -> Bool {
        let trimmed = line.drop { $0 == " " }
        return trimmed.hasPrefix("@") || trimmed.hasPrefix("#if") || trimmed.hasPrefix("#else")
    }

    private static func isComment(_ line: Substring) -> Bool {
        let trimmed = line.drop { $0 == " " }
        return trimmed.hasPrefix("///") || trimmed.hasSuffix("*/")
    }
}
