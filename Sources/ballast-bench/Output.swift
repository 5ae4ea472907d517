import Platform

/// Rows of results: a table to read, or one JSON object a line.
struct Output: ~Copyable {
    /// A number with three decimals, or text.
    enum Value {
        case text(String)
        case integer(Int)
        case thousandths(Int)
    }

    private let benchmark: StaticString
    private let isJSON: Bool
    private let columns: [StaticString]
    private var stream = StandardStream.output

    /// Prints the table's head.
    init(_ benchmark: StaticString, columns: [StaticString], isJSON: Bool) throws(BenchmarkError) {
        self.benchmark = benchmark
        self.isJSON = isJSON
        self.columns = columns
        if !isJSON { try write(Self.line(columns.map { $0.description })) }
    }

    /// Prints one row, a value a column.
    mutating func row(_ values: [Value]) throws(BenchmarkError) {
        if !isJSON { return try write(Self.line(values.map(Self.text))) }
        var line = "{\"benchmark\":\"\(benchmark)\""
        for (column, value) in zip(columns, values) {
            // All text here is names of our own, without characters that JSON escapes.
            if case .text(let text) = value {
                line += ",\"\(column)\":\"\(text)\""
            } else {
                line += ",\"\(column)\":\(Self.text(value))"
            }
        }
        try write(line + "}")
    }

    /// Prints a line of text below the table; nothing in JSON, where every line is a row.
    mutating func note(_ text: String) throws(BenchmarkError) {
        if !isJSON { try write(text) }
    }

    private mutating func write(_ line: String) throws(BenchmarkError) {
        guard stream.writeLine(line) else { throw .failed("cannot write the results to standard output") }
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
        return line
    }
}
