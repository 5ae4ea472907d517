import JSON
import Testing

private func reader(_ text: String) -> JSONReader { JSONReader(Array(text.utf8)) }

/// Reads one whole document of any kind.
private func check(_ bytes: [UInt8]) throws(JSONError) {
    var reader = JSONReader(bytes)
    try reader.skip()
    try reader.finish()
}

private func fails(_ text: String) -> Bool {
    do {
        try check(Array(text.utf8))
        return false
    } catch {
        return true
    }
}

private func message(_ text: String, _ read: (inout JSONReader) throws(JSONError) -> Void) -> String? {
    var reader = reader(text)
    do {
        try read(&reader)
        return nil
    } catch {
        return String(decoding: error.message(in: Array(text.utf8), named: "f".utf8), as: UTF8.self)
    }
}

@Suite struct JSONReaderTests {
    @Test func walksAnObject() throws {
        var reader = reader(#" { "jobs" : [ 1, [] , {"a":null} ], "name":"x" , "on":true } "#)
        var jobs: [JSONKind] = []
        var name: [UInt8] = []
        var isOn = false
        try reader.enterObject()
        while let key = try reader.nextKey() {
            switch key {
            case "jobs":
                try reader.enterArray()
                while try reader.nextElement() {
                    jobs.append(try reader.kind())
                    try reader.skip()
                }
            case "name": name = try reader.readString()
            case "on": isOn = try reader.readBool()
            default: throw reader.error(.unknownKey)
            }
        }
        try reader.finish()
        #expect(jobs == [.number, .array, .object])
        #expect(name == Array("x".utf8))
        #expect(isOn)
    }

    /// Values from RFC 8259 and the corner cases around them.
    @Test(arguments: [
        "null", " true ", "false", "0", "-0", "1e5", "1E+5", "1.5e-7", "\"\"", "[]", "{}", "[[],{}]", "{\"\":0}",
        #"{"a":{"b":1},"b":1}"#, #""\u0000\"\\\/\b\f\n\r\t""#, "[1,\t2,\r\n3]", "\"\u{7F}\u{80}\u{10FFFF}\"",
        #"{"a":[{"a":1},{"a":2}]}"#, "123456789012345678901234567890e-123456789012345678901234567890",
    ]) func acceptsWhatTheStandardAllows(text: String) {
        #expect(!fails(text))
    }

    @Test(arguments: [
        "", " ", "nul", "nulll", "True", "+1", "01", "-", "-a", "1.", ".5", "1e", "1e+", "0x10", "1 2", "NaN",
        "Infinity",
        "[1,]", "[,1]", "[1 2]", "[", "[1", "[1}", "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,}", "{\"a\" 1}",
        "{a:1}", "{1:1}", "{\"a\":1]", "{'a':1}", "\"", "\"\\", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"a\nb\"",
        "\"a\u{0}b\"", "// note\n1", "/* note */ 1", "1 // note", "\u{FEFF}1", "[1]]", "{}{}", "\u{0}", "1\u{0}",
        #""\ud800""#, #""\udc00""#, #""\ud800\u0041""#, #""\ud800x""#, #"{"a":1,"a":2}"#, #"{"a":1,"\u0061":2}"#,
        #"{"a":{"b":1,"b":2}}"#,
    ]) func refusesWhatItForbids(text: String) {
        #expect(fails(text))
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80],
            [0xF0, 0x80, 0x80, 0x80],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xE2, 0x82],
        ] as [[UInt8]]) func refusesBytesThatAreNotUTF8(bytes: [UInt8]) throws
    {
        let error = #expect(throws: JSONError.self) { try check([0x22] + bytes + [0x22]) }
        guard case .badUTF8? = error?.fault else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error?.offset == 1)
    }

    @Test func resolvesEscapes() throws {
        var text = reader(#""\"\\\/\b\f\n\r\t\u0041\u00e9\u20ac\ud83d\ude00ä""#)
        #expect(try text.readString() == Array("\"\\/\u{8}\u{C}\n\r\tAé€😀ä".utf8))
    }

    @Test func boundsStrings() throws {
        var exact = reader("\"abcd\"")
        #expect(try exact.readString(limit: 4).count == 4)
        var long = reader("\"abcde\"")
        #expect(throws: JSONError.self) { try long.readString(limit: 4) }
    }

    @Test func boundsNesting() {
        let limit = JSONReader.maximumDepth
        #expect(!fails(String(repeating: "[", count: limit) + String(repeating: "]", count: limit)))
        #expect(fails(String(repeating: "[", count: limit + 1) + String(repeating: "]", count: limit + 1)))
        #expect(fails(String(repeating: "[", count: 1_000_000)))
        #expect(fails(String(repeating: "{\"a\":", count: 100_000)))
    }

    @Test func boundsMembers() {
        func object(_ count: Int) -> String {
            "{" + (0..<count).map { "\"k\($0)\":0" }.joined(separator: ",") + "}"
        }
        #expect(!fails(object(JSONReader.maximumMembers)))
        #expect(fails(object(JSONReader.maximumMembers + 1)))
    }

    @Test func skippedTextCanBeReadLater() throws {
        let bytes = Array(#"{"params":[7, "x"],"method":"m"}"#.utf8)
        var outer = JSONReader(bytes)
        try outer.enterObject()
        _ = try outer.nextKey()
        let range = try outer.skip()
        #expect(Array(bytes[range]) == Array(#"[7, "x"]"#.utf8))
        var inner = JSONReader(bytes, in: range)
        try inner.enterArray()
        #expect(try inner.nextElement())
        #expect(try inner.readNumber().int == 7)
    }

    @Test func everyTruncationIsAnError() {
        let text = #"{"a":[1.5e3,"\u00e9\ud83d\ude00ä",true,false,null,{"b":-0}]}"#
        let bytes = Array(text.utf8)
        #expect(!fails(text))
        for length in 0..<bytes.count {
            #expect(throws: JSONError.self) { try check(Array(bytes[..<length])) }
        }
    }

    @Test func randomDamageNeverTraps() {
        let seedText = Array(
            #"{"id":1,"result":[[["a","b"],"4128064f",4],1e400,-5],"s":"\ud83d\ude00","error":null}"#.utf8)
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        func random(below bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        var accepted = 0
        for _ in 0..<20_000 {
            var bytes = seedText
            for _ in 0...random(below: 4) {
                let place = random(below: bytes.count)
                switch random(below: 3) {
                case 0: bytes[place] = UInt8(random(below: 256))
                case 1: bytes.remove(at: place)
                default: bytes.insert(bytes[random(below: bytes.count)], at: place)
                }
            }
            if (try? check(bytes)) != nil { accepted += 1 }
        }
        #expect((1..<10_000).contains(accepted))
    }

    @Test func wrongOrderOfCallsIsAnErrorToo() throws {
        var array = reader("[1]")
        try array.enterArray()
        #expect(throws: JSONError.self) { try array.nextKey() }
        var outside = reader("1")
        #expect(throws: JSONError.self) { try outside.nextElement() }
        var unread = reader("[[1],2]")
        try unread.enterArray()
        #expect(try unread.nextElement())
        #expect(throws: JSONError.self) { try unread.nextElement() }
    }

    @Test func errorsNamePlaceFoundAndExpected() {
        #expect(
            message("{\n  \"ä\": \"x\"\n}") { reader throws(JSONError) in
                try reader.enterObject()
                _ = try reader.nextKey()
                _ = try reader.readNumber()
            } == "f:2:8: expected a number, found a string")
        #expect(
            message("{\n\"a\":1,\n\"a\":2}") { reader throws(JSONError) in try reader.skip() }
                == "f:3:1: this key appears twice in one object")
        #expect(
            message("[1,]") { reader throws(JSONError) in try reader.skip() }
                == "f:1:4: expected another member after ',', found ']'")
        #expect(
            message("[1") { reader throws(JSONError) in try reader.skip() } == "f:1:3: the text ends inside a value")
        #expect(
            message("{\"volt\":1}") { reader throws(JSONError) in
                try reader.enterObject()
                _ = try reader.nextKey()
                throw reader.error(.unknownKey)
            } == "f:1:2: unknown key")
    }
}
