import Base

/// The lexical half of the reader: white space, literals, numbers, strings.
extension JSONReader {
    mutating func skipSpace() {
        while position < end {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    /// The next byte that is not white space, left unread.
    mutating func nextToken() throws(JSONError) -> UInt8 {
        skipSpace()
        return try current()
    }

    /// The byte at `position`, left unread.
    private func current() throws(JSONError) -> UInt8 {
        guard position < end else { throw JSONError(.truncated, at: position) }
        return bytes[position]
    }

    mutating func scan(_ literal: StaticString) throws(JSONError) {
        for index in 0..<literal.utf8CodeUnitCount {
            let byte = try current()
            guard byte == literal.utf8Start[index] else {
                throw JSONError(.unexpected(byte, expected: literal), at: position)
            }
            position += 1
        }
    }

    // MARK: Numbers

    mutating func scanNumber() throws(JSONError) -> JSONNumber {
        let isNegative = bytes[position] == 0x2D
        if isNegative { position += 1 }
        var digits = Digits()
        if try current() == 0x30 {
            position += 1
            if position < end, (0x30...0x39).contains(bytes[position]) {
                throw JSONError(.unexpected(bytes[position], expected: "no digit after a leading 0"), at: position)
            }
        } else {
            try scanDigits { digits.append($0, isFraction: false) }
        }
        if position < end, bytes[position] == 0x2E {
            position += 1
            try scanDigits { digits.append($0, isFraction: true) }
        }
        if position < end, bytes[position] | 0x20 == 0x65 {
            position += 1
            let sign = try current()
            if sign == 0x2D || sign == 0x2B { position += 1 }
            var exponent = 0
            // Beyond any use, and far from overflow.
            try scanDigits { exponent = min(exponent * 10 + Int($0), 1_000_000) }
            digits.exponent += sign == 0x2D ? -exponent : exponent
        }
        return JSONNumber(
            isNegative: isNegative, significand: digits.significand, exponent: digits.exponent,
            isExact: digits.isExact)
    }

    /// The digits of a number as they come in.
    private struct Digits {
        var significand: UInt64 = 0
        var exponent = 0
        var isExact = true
        /// Zeros read but not yet multiplied in: trailing ones cost no precision.
        private var zeros = 0

        mutating func append(_ digit: UInt8, isFraction: Bool) {
            if isFraction { exponent -= 1 }
            if digit == 0 {
                // Those in front of the first digit say nothing.
                if significand != 0 || !isExact {
                    zeros += 1
                    exponent += 1
                }
                return
            }
            var widened = significand
            var fits = isExact
            for step in 0...zeros where fits {
                let (product, overflow) = widened.multipliedReportingOverflow(by: 10)
                let (sum, carry) = product.addingReportingOverflow(step == zeros ? UInt64(digit) : 0)
                fits = !overflow && !carry
                widened = sum
            }
            if fits {
                significand = widened
                exponent -= zeros
            } else {
                isExact = false
                exponent += 1
            }
            zeros = 0
        }
    }

    /// Passes the values of one or more digits to `body`.
    private mutating func scanDigits(_ body: (UInt8) -> Void) throws(JSONError) {
        let first = try current()
        guard (0x30...0x39).contains(first) else {
            throw JSONError(.unexpected(first, expected: "a digit"), at: position)
        }
        while position < end, (0x30...0x39).contains(bytes[position]) {
            body(bytes[position] - 0x30)
            position += 1
        }
    }

    // MARK: Strings

    /// Reads a string from its opening quote at `position` to behind its closing one.
    mutating func scanString(limit: Int) throws(JSONError) -> [UInt8] {
        let start = position
        position += 1
        var text: [UInt8] = []
        while true {
            let byte = try current()
            switch byte {
            case 0x22:
                position += 1
                guard text.count <= limit else { throw JSONError(.tooLong(limit: limit), at: start) }
                return text
            case 0x5C:
                position += 1
                try scanEscape(to: &text)
            case 0x00..<0x20:
                throw JSONError(.unexpected(byte, expected: "an escape in place of a control character"), at: position)
            default:
                guard let length = UTF8Scalar.length(at: position, in: bytes, end: end) else {
                    throw JSONError(.badUTF8, at: position)
                }
                text.append(contentsOf: bytes[position..<position + length])
                position += length
            }
        }
    }

    private mutating func scanEscape(to text: inout [UInt8]) throws(JSONError) {
        let start = position - 1
        let byte = try current()
        position += 1
        switch byte {
        case 0x22, 0x5C, 0x2F: text.append(byte)
        case 0x62: text.append(0x08)
        case 0x66: text.append(0x0C)
        case 0x6E: text.append(0x0A)
        case 0x72: text.append(0x0D)
        case 0x74: text.append(0x09)
        case 0x75:
            var scalar = try scanHex(start)
            if scalar & 0xFC00 == 0xD800 {
                for expected in [0x5C, 0x75] as [UInt8] {
                    guard try current() == expected else { throw JSONError(.badEscape, at: start) }
                    position += 1
                }
                let low = try scanHex(start)
                guard low & 0xFC00 == 0xDC00 else { throw JSONError(.badEscape, at: start) }
                scalar = 0x1_0000 + (scalar & 0x3FF) << 10 + low & 0x3FF
            } else if scalar & 0xFC00 == 0xDC00 {
                throw JSONError(.badEscape, at: start)
            }
            UTF8Scalar.append(scalar, to: &text)
        default: throw JSONError(.badEscape, at: start)
        }
    }

    private mutating func scanHex(_ start: Int) throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            let byte = try current()
            guard let digit = Hex.value(ofDigit: byte) else { throw JSONError(.badEscape, at: start) }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }
}
