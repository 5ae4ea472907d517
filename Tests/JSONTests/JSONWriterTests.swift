import JSON
import Testing

private func written(_ body: (inout JSONWriter) -> Void) -> String {
    var writer = JSONWriter()
    body(&writer)
    return String(decoding: writer.bytes, as: UTF8.self)
}

@Suite struct JSONWriterTests {
    @Test func writesNestedContainersWithCommasInPlace() {
        let text = written { writer in
            writer.object { writer in
                writer.key("id")
                writer.integer(1)
                writer.key("params")
                writer.array { writer in
                    writer.array { _ in }
                    writer.object { _ in }
                    writer.string("x")
                    writer.bool(true)
                    writer.null()
                }
                writer.key("raw")
                writer.raw("[1]".utf8)
                writer.key(utf8: "ä".utf8)
                writer.bool(false)
            }
        }
        #expect(text == #"{"id":1,"params":[[],{},"x",true,null],"raw":[1],"ä":false}"#)
    }

    @Test func escapesStrings() {
        #expect(written { $0.string("a\"b\\c\n\r\t\u{1}\u{7F}é😀") } == #""a\"b\\c\n\r\t\u0001\u007fé😀""#)
        #expect(written { $0.string(utf8: [0x61, 0xFF, 0xC3]) } == "\"a\u{FFFD}\u{FFFD}\"")
    }

    @Test func writesNumbers() {
        #expect(written { $0.integer(Int64.min) } == "-9223372036854775808")
        #expect(written { $0.integer(UInt64.max) } == "18446744073709551615")
        #expect(written { $0.fixed(1250, decimals: 2) } == "12.50")
        #expect(written { $0.fixed(-5, decimals: 3) } == "-0.005")
        #expect(written { $0.fixed(7, decimals: 0) } == "7")
        #expect(written { $0.number(JSONNumber(significand: 5, exponent: -1)) } == "5e-1")
        #expect(written { $0.double(0.1) } == "0.1")
        #expect(written { $0.double(1e300) } == "1e+300")
        #expect(written { $0.double(.infinity) } == "null")
    }

    @Test func everythingWrittenReadsBack() throws {
        let text = (UInt8.min...UInt8.max).map { $0 }
        var writer = JSONWriter()
        writer.array { writer in
            writer.string(utf8: text)
            writer.double(-1.5e-7)
            writer.fixed(.min, decimals: 19)
        }
        var reader = JSONReader(writer.bytes)
        try reader.enterArray()
        #expect(try reader.nextElement())
        #expect(try reader.readString().prefix(128) == text[..<128])
        #expect(try reader.nextElement())
        #expect(try reader.readNumber().double == -1.5e-7)
        #expect(try reader.nextElement())
        #expect(try reader.readNumber() == JSONNumber(isNegative: true, significand: 1 << 63, exponent: -19))
        #expect(try !reader.nextElement())
        try reader.finish()
    }
}
