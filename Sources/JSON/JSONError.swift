import Base

/// The six kinds of JSON value (RFC 8259, section 3).
public enum JSONKind: Sendable {
    case object, array, string, number, bool, null

    /// The kind with its article, for messages: "an object".
    public var name: StaticString {
        switch self {
        case .object: "an object"
        case .array: "an array"
        case .string: "a string"
        case .number: "a number"
        case .bool: "true or false"
        case .null: "null"
        }
    }
}

/// What is wrong with a JSON text, and where.
public struct JSONError: Error, Sendable {
    /// What is wrong.
    public enum Fault: Sendable {
        /// The text ends inside a value.
        case truncated
        /// A byte that RFC 8259 does not allow here; `expected` says what it does allow.
        case unexpected(UInt8, expected: StaticString)
        /// A well-formed value of another kind than the caller asked for.
        case wrongKind(expected: JSONKind, found: JSONKind)
        /// The same key twice in one object: which one would count?
        case duplicateKey
        /// More keys in one object than `JSONReader.maximumMembers`.
        case tooManyMembers
        /// Deeper nesting than `JSONReader.maximumDepth`.
        case tooDeep
        /// A string of more bytes than the caller takes.
        case tooLong(limit: Int)
        /// A backslash followed by something that is no escape, or half of a surrogate pair.
        case badEscape
        /// Bytes in a string that are not UTF-8.
        case badUTF8
        /// A key that the caller does not know (reported by the caller).
        case unknownKey
        /// An object without this member (reported by the caller).
        case missingKey(StaticString)
        /// A value of the right kind that the caller cannot use (reported by the caller).
        case unusable(expected: StaticString)
    }

    public var fault: Fault
    /// Where in the bytes given to the reader, counted from 0.
    public var offset: Int

    public init(_ fault: Fault, at offset: Int) {
        self.fault = fault
        self.offset = offset
    }
}

extension JSONError {
    /// Appends the fault in words: "expected a number, found a string".
    public func describe(to text: inout [UInt8]) {
        switch fault {
        case .truncated: text.append("the text ends inside a value")
        case .unexpected(let byte, let expected):
            text.append("expected ")
            text.append(expected)
            text.append(", found ")
            if (0x21...0x7E).contains(byte) {
                text.append(contentsOf: [0x27, byte, 0x27])
            } else {
                text.append("byte 0x")
                Hex.append([byte], to: &text)
            }
        case .wrongKind(let expected, let found):
            text.append("expected ")
            text.append(expected.name)
            text.append(", found ")
            text.append(found.name)
        case .duplicateKey: text.append("this key appears twice in one object")
        case .tooManyMembers: text.append("too many keys in one object")
        case .tooDeep: text.append("nested too deeply")
        case .tooLong(let limit):
            text.append("expected a string of at most ")
            JSONNumber(limit).append(to: &text)
            text.append(" bytes")
        case .badEscape: text.append("expected an escape as in RFC 8259, section 7")
        case .badUTF8: text.append("not UTF-8")
        case .unknownKey: text.append("unknown key")
        case .missingKey(let key):
            text.append("missing key \"")
            text.append(key)
            text.append("\"")
        case .unusable(let expected):
            text.append("expected ")
            text.append(expected)
        }
    }

    /// The error as one line for people: `name:line:column: what is wrong`. `bytes` is the text that was read.
    public func message(in bytes: [UInt8], named name: some Sequence<UInt8>) -> [UInt8] {
        var text = Array(name)
        let place = JSONLocation(of: offset, in: bytes)
        text.append(0x3A)
        JSONNumber(place.line).append(to: &text)
        text.append(0x3A)
        JSONNumber(place.column).append(to: &text)
        text.append(": ")
        describe(to: &text)
        return text
    }
}

/// A place in a text as editors count it: lines and characters from 1.
public struct JSONLocation: Hashable, Sendable {
    public var line = 1
    /// In Unicode scalars.
    public var column = 1

    /// The place of the byte at `offset`; an offset behind the end is the end.
    public init(of offset: Int, in bytes: [UInt8]) {
        for byte in bytes.prefix(max(0, offset)) {
            if byte == 0x0A {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
    }
}

extension [UInt8] {
    /// Appends the UTF-8 of a literal.
    public mutating func append(_ literal: StaticString) {
        literal.withUTF8Buffer { append(contentsOf: $0) }
    }
}

/// Lets `switch` compare a key with a literal: `case "jobs":`.
public func ~= (literal: StaticString, bytes: [UInt8]) -> Bool {
    literal.withUTF8Buffer { $0.elementsEqual(bytes) }
}
