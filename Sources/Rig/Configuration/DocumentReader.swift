import JSON

/// Reads one JSON document of settings strictly: every key must be known, every value in range, and every complaint
/// names file, line, key, what was found and what was expected.
struct DocumentReader {
    private let file: String
    private let bytes: [UInt8]
    private var json: JSONReader
    private var path = ""

    init(file: String, bytes: [UInt8]) {
        self.file = file
        self.bytes = bytes
        json = JSONReader(bytes)
    }

    /// Reads the one value of the document with `body`, then expects the end of the text.
    static func read<Value>(
        file: String, bytes: [UInt8], _ body: (inout DocumentReader) throws(DocumentError) -> Value
    ) throws(DocumentError) -> Value {
        var reader = DocumentReader(file: file, bytes: bytes)
        let value = try body(&reader)
        do { try reader.json.finish() } catch { throw reader.error(error) }
        return value
    }

    // MARK: Containers

    /// Reads an object whose members are among `keys`; `body` must read the value of the key that it is given.
    mutating func object(
        keys: [String], required: [String] = [],
        _ body: (inout DocumentReader, String) throws(DocumentError) -> Void
    ) throws(DocumentError) {
        let outer = path
        defer { path = outer }
        do { try json.enterObject() } catch { throw self.error(error) }
        let start = json.lastOffset
        var seen: [String] = []
        while let name = try nextKey() {
            guard let key = keys.first(where: { $0.utf8.elementsEqual(name) }) else {
                let found = String(decoding: name, as: UTF8.self)
                let nearest = NearestName.match(found, among: keys, limit: max(2, found.utf8.count / 3))
                let hint =
                    nearest.map { "did you mean \"\($0)\"?" } ?? "expected one of \(keys.joined(separator: ", "))"
                throw problem("unknown key \"\(found)\"; \(hint)")
            }
            seen.append(key)
            path = outer.isEmpty ? key : "\(outer).\(key)"
            try body(&self, key)
            path = outer
        }
        for key in required where !seen.contains(where: { $0 == key }) {
            throw problem("key \"\(key)\" is missing", at: start)
        }
    }

    /// Reads an array of at most `limit` elements, each with `body`.
    mutating func array<Element>(
        limit: Int, _ body: (inout DocumentReader) throws(DocumentError) -> Element
    ) throws(DocumentError) -> [Element] {
        let outer = path
        defer { path = outer }
        do { try json.enterArray() } catch { throw self.error(error) }
        var elements: [Element] = []
        while try nextElement() {
            guard elements.count < limit else {
                path = outer
                throw problem("more than \(limit) elements; expected at most \(limit)")
            }
            path = "\(outer)[\(elements.count)]"
            elements.append(try body(&self))
        }
        return elements
    }

    // MARK: Values

    /// Reads a whole number within `range`; `unit` is for the message, for example `%` or `bytes`.
    mutating func integer(in range: ClosedRange<Int>, unit: String = "") throws(DocumentError) -> Int {
        let expected =
            "a whole number from \(range.lowerBound) to \(range.upperBound)" + (unit.isEmpty ? "" : " \(unit)")
        return try number(expected) { number in
            number.int.flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// Reads a number that `convert` accepts.
    mutating func number<Value>(_ expected: String, _ convert: (JSONNumber) -> Value?) throws(DocumentError) -> Value {
        guard try kind() == .number else { throw try wrongValue("expected \(expected)") }
        var attempt = json
        let number: JSONNumber
        do { number = try attempt.readNumber() } catch { throw self.error(error) }
        guard let value = convert(number) else { throw try wrongValue("expected \(expected)") }
        json = attempt
        return value
    }

    mutating func bool() throws(DocumentError) -> Bool {
        guard try kind() == .bool else { throw try wrongValue("expected true or false") }
        do { return try json.readBool() } catch { throw self.error(error) }
    }

    /// Reads a string of at most `limit` bytes that `convert` accepts; `expected` describes those for the message.
    mutating func string<Value>(
        _ expected: String, limit: Int = 256, _ convert: (String) -> Value?
    ) throws(DocumentError) -> Value {
        guard try kind() == .string else { throw try wrongValue("expected \(expected)") }
        var attempt = json
        let text: [UInt8]
        do { text = try attempt.readString(limit: limit) } catch { throw self.error(error) }
        guard !text.contains(where: { $0 < 0x20 || $0 == 0x7F }),
            let value = convert(String(decoding: text, as: UTF8.self))
        else {
            throw try wrongValue("expected \(expected)")
        }
        json = attempt
        return value
    }

    /// Reads one of a few words.
    mutating func choice<Value>(_ choices: [(String, Value)]) throws(DocumentError) -> Value {
        let names = choices.map { "\"\($0.0)\"" }.joined(separator: " or ")
        return try string(names) { text in choices.first { $0.0 == text }?.1 }
    }

    mutating func kind() throws(DocumentError) -> JSONKind {
        do { return try json.kind() } catch { throw self.error(error) }
    }

    // MARK: Complaints

    /// A complaint about the value or key that was read last.
    func problem(_ text: String) -> DocumentError { problem(text, at: json.lastOffset) }

    private func problem(_ text: String, at offset: Int) -> DocumentError {
        let place = JSONLocation(of: offset, in: bytes)
        return DocumentError(file: file, line: place.line, column: place.column, path: path, problem: text)
    }

    private func error(_ error: JSONError) -> DocumentError {
        var text: [UInt8] = []
        error.describe(to: &text)
        return problem(String(decoding: text, as: UTF8.self), at: error.offset)
    }

    /// Skips the value that stands next and complains about it with its own text.
    private mutating func wrongValue(_ expected: String) throws(DocumentError) -> DocumentError {
        let range: Range<Int>
        do { range = try json.skip() } catch { throw self.error(error) }
        let shown = range.count > 48 ? Array(bytes[range.prefix(45)]) + Array("...".utf8) : Array(bytes[range])
        let printable = shown.map { $0 < 0x20 ? 0x20 : $0 }
        return problem("found \(String(decoding: printable, as: UTF8.self)); \(expected)", at: range.lowerBound)
    }

    private mutating func nextKey() throws(DocumentError) -> [UInt8]? {
        do { return try json.nextKey() } catch { throw self.error(error) }
    }

    private mutating func nextElement() throws(DocumentError) -> Bool {
        do { return try json.nextElement() } catch { throw self.error(error) }
    }
}
