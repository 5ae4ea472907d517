import Base

/// Writes compact JSON (RFC 8259). Containers take closures, so that what comes out is always balanced:
///
///     var writer = JSONWriter()
///     writer.object { writer in
///         writer.key("id")
///         writer.integer(1)
///     }
public struct JSONWriter: Sendable {
    /// The text so far.
    public private(set) var bytes: [UInt8]
    private var needsComma = false

    /// A writer that appends to `bytes`.
    public init(appendingTo bytes: [UInt8] = []) {
        self.bytes = bytes
    }

    /// Writes an object; `body` writes its members as `key` and value in turn.
    public mutating func object(_ body: (inout JSONWriter) -> Void) {
        container(0x7B, 0x7D, body)
    }

    /// Writes an array; `body` writes its elements.
    public mutating func array(_ body: (inout JSONWriter) -> Void) {
        container(0x5B, 0x5D, body)
    }

    /// Writes a key; its value must follow.
    public mutating func key(_ name: StaticString) {
        string(name)
        colon()
    }

    /// Writes a key; its value must follow.
    public mutating func key(utf8 name: some Sequence<UInt8>) {
        string(utf8: name)
        colon()
    }

    /// Writes a string.
    public mutating func string(_ text: StaticString) {
        text.withUTF8Buffer { string(utf8: $0) }
    }

    /// Writes a string. Bytes that are not UTF-8 become U+FFFD, so that the result is JSON whatever they are.
    public mutating func string(utf8 text: some Sequence<UInt8>) {
        separate()
        bytes.append(0x22)
        let text = Array(text)
        var index = 0
        while index < text.count {
            guard let length = UTF8Scalar.length(at: index, in: text, end: text.count) else {
                UTF8Scalar.append(0xFFFD, to: &bytes)
                index += 1
                continue
            }
            if length == 1 { appendASCII(text[index]) } else { bytes.append(contentsOf: text[index..<index + length]) }
            index += length
        }
        bytes.append(0x22)
    }

    /// Writes a whole number.
    public mutating func integer(_ value: some BinaryInteger) {
        number(JSONNumber(value))
    }

    /// Writes a number, with all its digits.
    public mutating func number(_ value: JSONNumber) {
        separate()
        value.append(to: &bytes)
    }

    /// Writes `value` · 10^−`decimals` in fixed-point form: 1250 with 2 decimals is `12.50`.
    public mutating func fixed(_ value: Int64, decimals: Int) {
        separate()
        if value < 0 { bytes.append(0x2D) }
        let decimals = max(0, decimals)
        JSONNumber.append(digits: value.magnitude, atLeast: decimals + 1, to: &bytes)
        if decimals > 0 { bytes.insert(0x2E, at: bytes.count - decimals) }
    }

    /// Writes the shortest decimal that reads back as `value`; JSON has no infinities and no NaN: those become null.
    public mutating func double(_ value: Double) {
        guard value.isFinite else { return null() }
        separate()
        bytes.append(contentsOf: value.description.utf8)
    }

    /// Writes `true` or `false`.
    public mutating func bool(_ value: Bool) {
        raw(value ? "true" : "false")
    }

    /// Writes `null`.
    public mutating func null() {
        raw("null")
    }

    /// Writes text that is JSON already, such as a value copied from a reader's `skip`.
    public mutating func raw(_ text: some Sequence<UInt8>) {
        separate()
        bytes.append(contentsOf: text)
    }

    private mutating func raw(_ literal: StaticString) {
        separate()
        bytes.append(literal)
    }

    private mutating func container(_ opening: UInt8, _ closing: UInt8, _ body: (inout JSONWriter) -> Void) {
        separate()
        bytes.append(opening)
        needsComma = false
        body(&self)
        bytes.append(closing)
        needsComma = true
    }

    private mutating func colon() {
        bytes.append(0x3A)
        needsComma = false
    }

    private mutating func separate() {
        if needsComma { bytes.append(0x2C) }
        needsComma = true
    }

    private mutating func appendASCII(_ byte: UInt8) {
        switch byte {
        case 0x22, 0x5C: bytes.append(contentsOf: [0x5C, byte])
        case 0x0A: bytes.append("\\n")
        case 0x0D: bytes.append("\\r")
        case 0x09: bytes.append("\\t")
        case 0x00..<0x20, 0x7F:
            bytes.append("\\u00")
            bytes.append(Hex.digit(byte >> 4))
            bytes.append(Hex.digit(byte))
        default: bytes.append(byte)
        }
    }
}
