import Testing

/// What the tokenizer takes for code, and what it does not.
@Suite struct TokenTests {
    private func words(_ text: String, _ language: Tokenizer.Language = .swift) -> [String] {
        Tokenizer.tokens(of: text, language).filter { $0.kind == .word }.map(\.text)
    }
    private func strings(_ text: String, _ language: Tokenizer.Language = .swift) -> [String] {
        Tokenizer.tokens(of: text, language).filter { $0.kind == .string }.map(\.text)
    }

    @Test func commentsAreNotCode() {
        #expect(words("a // b\nc /* d /* e */ f */ g /* never closed") == ["a", "c", "g"])
    }

    @Test func commentsOfCDoNotNest() {
        #expect(words("a /* b /* c */ d", .c) == ["a", "d"])
    }

    @Test func stringsAreOneToken() {
        #expect(words(#"a "b // c \" d" e"#) == ["a", "e"])
        #expect(strings(#"a "b // c" e"#) == ["b // c"])
        #expect(words("a \"\"\"\n b \"c\" /* \n\"\"\" d") == ["a", "d"])
        #expect(words(##"a #"b \ "c \"# d"##) == ["a", "d"])
        #expect(words("a \"never closed\nb") == ["a", "b"])
        #expect(words(#"a "" b "\\" c"#) == ["a", "b", "c"])
    }

    @Test func interpolationsAreCode() {
        #expect(words(#""x \(try f(g("y \(h)")))" z"#) == ["try", "f", "g", "h", "z"])
        #expect(words(##"#"x \(a) \#(b)"#"##) == ["b"])
    }

    @Test func characterLiteralsOfCAreNotCode() {
        #expect(words(#"a '"' b '\'' c "d" e"#, .c) == ["a", "b", "c", "e"])
    }

    @Test func linesAndSpacesAreKept() {
        let tokens = Tokenizer.tokens(of: "a!\n/* \n */ !b")
        #expect(tokens.map(\.text) == ["a", "!", "!", "b"])
        #expect(tokens.map(\.line) == [1, 1, 3, 3])
        #expect(tokens.map(\.isSpaced) == [true, false, true, false])
    }
}
