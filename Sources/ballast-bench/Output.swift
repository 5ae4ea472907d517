import CLinux
import Platform

/// Rows of results: a table to read, or one JSON object a line.
struct Output {
    /// A number with three decimals, or text.
    enum Value {
        case text(String)
        case integer(Int)
        case thousandths(Int)
    }

    enum Stream: CInt {
        case standardOutput = 1
        case standardError = 2
    }

    let isJSON: Bool
    private let columns: [StaticString]

    /// Prints the table's head.
    init(columns: [StaticString], isJSON: Bool) throws(BenchmarkError) {
        self.isJSON = isJSON
        self.columns = columns
        if !isJSON { try Self.write(Self.line(columns.map(\.description)), to: .standardOutput) }
    }

    /// Prints one row, a value a column.
    func row(_ values: [Value]) throws(BenchmarkError) {
        if !isJSON {
            try Self.write(Self.line(values.map(Self.text)), to: .standardOutput)
            return
        }
        var line = "{"
        for (column, value) in zip(columns, values) {
            if line.utf8.count > 1 { line += "," }
            // All text here is names of our own, without characters that JSON escapes.
            if case .text(let text) = value {
                line += "\"\(column)\":\"\(text)\""
            } else {
                line += "\"\(column)\":\(Self.text(value))"
            }
        }
        try Self.write(line + "}\n", to: .standardOutput)
    }

    /// Writes all of `text`.
    static func write(_ text: String, to stream: Stream) throws(BenchmarkError) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { CLinux.write(stream.rawValue, $0.baseAddress, $0.count) }
            if written > 0 {
                rest = rest.dropFirst(written)
            } else if clinux_errno() != EINTR {
                throw .failed("cannot write the results: \(Errno(rawValue: clinux_errno()).description)")
            }
        }
    }

    private static func text(_ value: Value) -> String {
        switch value {
        case .text(let text): return text
        case .integer(let number): return "\(number)"
        case .thousandths(let number):
            let fraction = "\(number % 1000)"
            return "\(number / 1000)." + String(repeating: "0", count: 3 - fraction.utf8.count) + fraction
        }
    }

    private static func line(_ cells: [String]) -> String {
        var line = ""
        for cell in cells {
            line += cell + String(repeating: " ", count: max(1, 14 - cell.utf8.count))
        }
        return line + "\n"
    }
}
