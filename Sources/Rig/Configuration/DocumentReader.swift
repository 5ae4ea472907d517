import JSON

/// Reads one JSON document of settings strictly: every key must be known, every value in range, and every complaint
/// names file, line, key, what was found and what was expected.
struct DocumentReader {
    private let file: String
    private let bytes: [UInt8]
    private var json: JSONReader
    private var path = ""
    /// Where each value that was read stands.
    private var places: [(path: String, offset: Int)] = []

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
            try note()
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
            try note()
            elements.append(try body(&self))
        }
        return elements
    }

    /// Reads an object of at most `limit` members whose names are up to the file's author, each member with `body`.
    mutating func entries<Entry>(
        limit: Int, _ body: (inout DocumentReader, String) throws(DocumentError) -> Entry
    ) throws(DocumentError) -> [Entry] {
        let outer = path
        defer { path = outer }
        do { try json.enterObject() } catch { throw self.error(error) }
        var entries: [Entry] = []
        while let bytes = try nextKey() {
            let name = String(decoding: bytes, as: UTF8.self)
            guard EntryName.isName(name) else { throw problem("found \"\(name)\"; expected \(EntryName.form)") }
            guard entries.count < limit else { throw problem("more than \(limit) entries; expected at most \(limit)") }
            path = outer.isEmpty ? name : "\(outer).\(name)"
            try note()
            entries.append(try body(&self, name))
            path = outer
        }
        return entries
    }

    /// Reads the word under `key` of the object that stands next without reading the object itself, for objects whose other
    /// keys depend on it.
    func lookAhead<Value>(_ key: String, _ choices: [(String, Value)]) throws(DocumentError) -> Value {
        var scout = self
        do { try scout.json.enterObject() } catch { throw scout.error(error) }
        let start = scout.json.lastOffset
        while let name = try scout.nextKey() {
            if key.utf8.elementsEqual(name) {
                scout.path = path.isEmpty ? key : "\(path).\(key)"
                return try scout.choice(choices)
            }
            do { try scout.json.skip() } catch { throw scout.error(error) }
        }
        throw scout.problem("key \"\(key)\" is missing", at: start)
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

    /// The path of the value that is being read.
    var place: String { path }

    /// A complaint about the value that is being read, as a whole.
    func problemHere(_ text: String) -> DocumentError { problem(text, path: path) }

    /// A complaint about a value that was read before, or about what it stands in when it is not there.
    func problem(_ text: String, path: String) -> DocumentError {
        var known = path
        while !known.isEmpty {
            if let place = places.first(where: { $0.path == known }) {
                var error = problem(text, at: place.offset)
                error.path = path
                return error
            }
            guard let cut = known.utf8.lastIndex(where: { $0 == 0x2E || $0 == 0x5B }) else { break }
            known = String(known[..<cut])
        }
        var error = problem(text, at: 0)
        error.path = path
        return error
    }

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

    /// Remembers where the value at `path` begins.
    private mutating func note() throws(DocumentError) {
        _ = try kind()
        places.append((path, json.lastOffset))
    }

    private mutating func nextKey() throws(DocumentError) -> [UInt8]? {
        do { return try json.nextKey() } catch { throw self.error(error) }
    }

    private mutating func nextElement() throws(DocumentError) -> Bool {
        do { return try json.nextElement() } catch { throw self.error(error) }
    }
}
