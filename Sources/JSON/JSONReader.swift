/// Reads JSON (RFC 8259) value by value from bytes, without building a tree.
///
/// The caller asks for what it expects and gets it or a `JSONError`. Containers are entered and then stepped through:
///
///     try reader.enterObject()
///     while let key = try reader.nextKey() {
///         switch key {
///         case "port": port = try reader.readNumber().int
///         default: throw reader.error(.unknownKey)
///         }
///     }
///     try reader.finish()
///
/// Each step expects that the value before it was read or skipped. Input may be hostile: nesting, members and string
/// lengths are bounded, and nothing here traps. A reader is a value: a copy remembers a place to come back to.
public struct JSONReader: Sendable {
    /// Containers inside containers, at most.
    public static let maximumDepth = 16
    /// Keys in one object, at most: bounds the search for duplicates.
    public static let maximumMembers = 256

    let bytes: [UInt8]
    let end: Int
    var position: Int
    /// Offset of the key or value that was read, or asked for, last.
    public private(set) var lastOffset: Int
    /// Containers that are open around the next value.
    public private(set) var depth = 0
    /// Bit d: the container at depth d + 1 is an object; and: nothing of it has been read yet.
    private var objects: UInt32 = 0
    private var fresh: UInt32 = 0
    /// Keys seen in the objects that are open, outermost first.
    private var keys: [Key] = []

    private struct Key {
        var depth: Int
        var name: [UInt8]
    }

    /// A reader of `bytes`, or of the part of them in `range` (which is cut to the bytes there are).
    /// Offsets always count from the start of `bytes`.
    public init(_ bytes: [UInt8], in range: Range<Int>? = nil) {
        let part = (range ?? bytes.indices).clamped(to: bytes.indices)
        self.bytes = bytes
        position = part.lowerBound
        lastOffset = part.lowerBound
        end = part.upperBound
    }

    /// A reader of a value that was skipped before, for when members come in the wrong order.
    public func again(_ range: Range<Int>) -> JSONReader { JSONReader(bytes, in: range) }

    /// An error at the key or value that was read last.
    public func error(_ fault: JSONError.Fault) -> JSONError { JSONError(fault, at: lastOffset) }

    // MARK: Values

    /// The kind of the next value, by its first byte.
    public mutating func kind() throws(JSONError) -> JSONKind {
        let byte = try nextToken()
        lastOffset = position
        switch byte {
        case 0x7B: return .object
        case 0x5B: return .array
        case 0x22: return .string
        case 0x2D, 0x30...0x39: return .number
        case 0x74, 0x66: return .bool
        case 0x6E: return .null
        default: throw error(.unexpected(byte, expected: "a value"))
        }
    }

    /// Reads a string of at most `limit` bytes of UTF-8, with its escapes resolved.
    public mutating func readString(limit: Int = .max) throws(JSONError) -> [UInt8] {
        try expect(.string)
        return try scanString(limit: limit)
    }

    /// Reads a number.
    public mutating func readNumber() throws(JSONError) -> JSONNumber {
        try expect(.number)
        return try scanNumber()
    }

    /// Reads `true` or `false`.
    public mutating func readBool() throws(JSONError) -> Bool {
        try expect(.bool)
        let value = bytes[position] == 0x74
        try scan(value ? "true" : "false")
        return value
    }

    /// Reads `null`.
    public mutating func readNull() throws(JSONError) {
        try expect(.null)
        try scan("null")
    }

    /// Reads past `null`, and says so; leaves anything else alone.
    public mutating func skipNull() throws(JSONError) -> Bool {
        guard try kind() == .null else { return false }
        try readNull()
        return true
    }

    /// Reads past one value of any kind, checking its syntax; returns where it is.
    @discardableResult
    public mutating func skip() throws(JSONError) -> Range<Int> {
        _ = try kind()
        let start = position
        let outside = depth
        repeat {
            if depth > outside {
                let isObject = objects >> UInt32(depth - 1) & 1 == 1
                guard try isObject ? nextKey() != nil : nextElement() else { continue }
            }
            switch try kind() {
            case .object: try enterObject()
            case .array: try enterArray()
            case .string: _ = try readString()
            case .number: _ = try readNumber()
            case .bool: _ = try readBool()
            case .null: try readNull()
            }
        } while depth > outside
        lastOffset = start
        return start..<position
    }

    /// Checks that nothing but white space follows the outermost value.
    public mutating func finish() throws(JSONError) {
        skipSpace()
        lastOffset = position
        if position < end { throw error(.unexpected(bytes[position], expected: "the end of the text")) }
    }

    // MARK: Containers

    /// Enters an object; `nextKey` then leads through it.
    public mutating func enterObject() throws(JSONError) {
        try expect(.object)
        try open(isObject: true)
    }

    /// Enters an array; `nextElement` then leads through it.
    public mutating func enterArray() throws(JSONError) {
        try expect(.array)
        try open(isObject: false)
    }

    /// The next key of the object that was entered last, with its value next to be read; nil at the object's end,
    /// which is then left.
    public mutating func nextKey() throws(JSONError) -> [UInt8]? {
        guard try step(closing: 0x7D) else {
            while let key = keys.last, key.depth > depth { keys.removeLast() }
            return nil
        }
        let byte = try nextToken()
        lastOffset = position
        guard byte == 0x22 else { throw error(.unexpected(byte, expected: "a key in quotes")) }
        let name = try scanString(limit: .max)
        try remember(name)
        let separator = try nextToken()
        guard separator == 0x3A else {
            throw JSONError(.unexpected(separator, expected: "':'"), at: position)
        }
        position += 1
        return name
    }

    /// True when another element of the array that was entered last is next to be read; false at the array's end,
    /// which is then left.
    public mutating func nextElement() throws(JSONError) -> Bool {
        try step(closing: 0x5D)
    }

    private mutating func open(isObject: Bool) throws(JSONError) {
        guard depth < Self.maximumDepth else { throw error(.tooDeep) }
        let bit: UInt32 = 1 << UInt32(depth)
        objects = isObject ? objects | bit : objects & ~bit
        fresh |= bit
        depth += 1
        position += 1
    }

    /// Moves to the next member or element; false, one level up, when the container ends instead.
    private mutating func step(closing: UInt8) throws(JSONError) -> Bool {
        let byte = try nextToken()
        let bit: UInt32 = depth == 0 ? 0 : 1 << UInt32(depth - 1)
        guard bit != 0, (objects & bit != 0) == (closing == 0x7D) else {
            throw JSONError(.unexpected(byte, expected: "another kind of container"), at: position)
        }
        if byte == closing {
            position += 1
            depth -= 1
            return false
        }
        if fresh & bit != 0 {
            fresh &= ~bit
            return true
        }
        guard byte == 0x2C else {
            let expected: StaticString = closing == 0x7D ? "',' or '}'" : "',' or ']'"
            throw JSONError(.unexpected(byte, expected: expected), at: position)
        }
        position += 1
        let next = try nextToken()
        if next == closing {
            throw JSONError(.unexpected(next, expected: "another member after ','"), at: position)
        }
        return true
    }

    private mutating func remember(_ name: [UInt8]) throws(JSONError) {
        var members = 0
        for key in keys.reversed() {
            guard key.depth == depth else { break }
            if key.name == name { throw error(.duplicateKey) }
            members += 1
        }
        guard members < Self.maximumMembers else { throw error(.tooManyMembers) }
        keys.append(Key(depth: depth, name: name))
    }

    private mutating func expect(_ expected: JSONKind) throws(JSONError) {
        let found = try kind()
        guard found == expected else { throw error(.wrongKind(expected: expected, found: found)) }
    }
}
