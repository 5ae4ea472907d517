/// A piece of source text that is code: comments are gone, and a string literal is one token.
struct Token: Equatable {
    enum Kind { case word, symbol, string }

    var kind: Kind
    /// A whole identifier, keyword or number; one punctuation character; or the contents of a string literal.
    var text: String
    /// Counted from 1.
    var line: Int
    /// Whether white space, a comment or the beginning of the file comes right before.
    var isSpaced: Bool
}

/// Splits Swift or C into tokens: enough of a lexer for words in comments and strings not to pass for code.
struct Tokenizer {
    enum Language { case swift, c }

    private let source: [UInt8]
    private let language: Language
    private var position = 0
    private var line = 1
    private var isSpaced = true
    private var tokens: [Token] = []

    static func tokens(of text: String, _ language: Language = .swift) -> [Token] {
        var tokenizer = Tokenizer(source: Array(text.utf8), language: language)
        tokenizer.scanCode(inInterpolation: false)
        return tokenizer.tokens
    }

    private init(source: [UInt8], language: Language) {
        self.source = source
        self.language = language
    }

    private func peek(_ offset: Int = 0) -> UInt8 {
        position + offset < source.count ? source[position + offset] : 0
    }

    private func isAhead(_ text: StaticString, at offset: Int = 0) -> Bool {
        text.withUTF8Buffer { bytes in
            source[min(position + offset, source.count)...].starts(with: bytes)
        }
    }

    private mutating func advance(_ count: Int = 1) {
        for _ in 0..<count where position < source.count {
            if source[position] == UInt8(ascii: "\n") { line += 1 }
            position += 1
        }
    }

    private mutating func emit(_ kind: Token.Kind, _ text: String, line: Int) {
        tokens.append(Token(kind: kind, text: text, line: line, isSpaced: isSpaced))
        isSpaced = false
    }

    /// Scans to the end of the file, or past the parenthesis that closes an interpolation.
    private mutating func scanCode(inInterpolation: Bool) {
        var depth = 0
        while position < source.count {
            let byte = peek()
            if byte == UInt8(ascii: " ") || (9...13).contains(byte) {
                advance()
                isSpaced = true
            } else if isAhead("//") {
                while position < source.count, peek() != UInt8(ascii: "\n") { advance() }
                isSpaced = true
            } else if isAhead("/*") {
                skipBlockComment()
            } else if let hashes = stringHashes() {
                scanString(hashes: hashes)
            } else if language == .c, byte == UInt8(ascii: "'") {
                scanCharacterLiteral()
            } else if isWordByte(byte) {
                let start = position
                while isWordByte(peek()) { advance() }
                emit(.word, String(decoding: source[start..<position], as: UTF8.self), line: line)
            } else {
                if byte == UInt8(ascii: "(") { depth += 1 }
                if byte == UInt8(ascii: ")") { depth -= 1 }
                if inInterpolation, depth < 0 {
                    advance()
                    return
                }
                emit(.symbol, String(decoding: [byte], as: UTF8.self), line: line)
                advance()
            }
        }
    }

    private func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...: true
        default: false
        }
    }

    /// Swift's block comments nest, C's do not.
    private mutating func skipBlockComment() {
        var depth = 0
        repeat {
            if isAhead("/*"), language == .swift || depth == 0 {
                depth += 1
                advance(2)
            } else if isAhead("*/") {
                depth -= 1
                advance(2)
            } else {
                advance()
            }
        } while depth > 0 && position < source.count
        isSpaced = true
    }

    /// The number of `#` in front of the string literal that begins here, or nil when none begins here.
    private func stringHashes() -> Int? {
        var hashes = 0
        if language == .swift {
            while peek(hashes) == UInt8(ascii: "#") { hashes += 1 }
        }
        return peek(hashes) == UInt8(ascii: "\"") ? hashes : nil
    }

    private mutating func scanString(hashes: Int) {
        let firstLine = line
        let quotes = language == .swift && isAhead("\"\"\"", at: hashes) ? 3 : 1
        advance(hashes + quotes)
        var contents: [UInt8] = []
        while position < source.count {
            if isDelimiter(quotes: quotes, hashes: hashes) { break }
            if quotes == 1, peek() == UInt8(ascii: "\n") { break }
            if peek() == UInt8(ascii: "\\"), (1...max(hashes, 1)).allSatisfy({ hashes == 0 || peek($0) == 0x23 }) {
                advance(hashes + 1)
                if language == .swift, peek() == UInt8(ascii: "(") {
                    advance()
                    scanCode(inInterpolation: true)
                } else {
                    advance()
                }
            } else {
                contents.append(peek())
                advance()
            }
        }
        advance(quotes + hashes)
        emit(.string, String(decoding: contents, as: UTF8.self), line: firstLine)
    }

    private func isDelimiter(quotes: Int, hashes: Int) -> Bool {
        (0..<quotes).allSatisfy { peek($0) == UInt8(ascii: "\"") }
            && (0..<hashes).allSatisfy { peek(quotes + $0) == UInt8(ascii: "#") }
    }

    private mutating func scanCharacterLiteral() {
        let start = position
        advance()
        while position < source.count, peek() != UInt8(ascii: "'"), peek() != UInt8(ascii: "\n") {
            advance(peek() == UInt8(ascii: "\\") ? 2 : 1)
        }
        advance()
        emit(.string, String(decoding: source[start..<position], as: UTF8.self), line: line)
    }
}
