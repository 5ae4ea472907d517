import Base

/// Reads a recorded course of frequency from CSV: a header names the columns, of which `f_hz` and either `utc` (ISO 8601) or
/// `t` (seconds) are needed, and `v_pu` or up to three columns `v…volt` are understood.
public struct TraceReader: Sendable {
    /// One row that holds a measurement.
    public struct Row: Equatable, Sendable {
        /// Since the first row.
        public var time: Duration
        public var frequency: Microhertz
        /// In thousandths of nominal: the lowest of the columns.
        public var voltage: Int32?

        public init(time: Duration, frequency: Microhertz, voltage: Int32? = nil) {
            self.time = time
            self.frequency = frequency
            self.voltage = voltage
        }
    }

    /// Why a file cannot be read. Lines count from 1.
    public enum Fault: Error, Equatable, Sendable {
        case missingColumn(StaticString)
        case badTime(line: Int)
        case badNumber(line: Int)
        case notLater(line: Int)
        case lineTooLong

        public static func == (a: Fault, b: Fault) -> Bool {
            switch (a, b) {
            case (.missingColumn, .missingColumn), (.lineTooLong, .lineTooLong): true
            case (.badTime(let x), .badTime(let y)), (.badNumber(let x), .badNumber(let y)): x == y
            case (.notLater(let x), .notLater(let y)): x == y
            default: false
            }
        }
    }

    private enum Column { case utc, seconds, frequency, perUnit, volts, other }

    private var lines = LineBuffer(limit: 512)
    private var columns: [Column] = []
    private var lineNumber = 0
    private var first: Int64?
    private var last: Int64?
    private let nominalVoltage: Double
    /// What stopped the reading; nothing is read after it.
    public private(set) var fault: Fault?

    /// - Parameter nominalVoltage: what columns in volts are measured by.
    public init(nominalVoltage: Double = 230) { self.nominalVoltage = max(1, nominalVoltage) }

    /// Takes the next bytes and gives every row to `body`. Rows without a frequency are left out.
    public mutating func take(_ bytes: some Sequence<UInt8>, _ body: (Row) -> Void) {
        guard fault == nil else { return }
        var reader = self
        lines.take(bytes) { line in reader.read(line, body) }
        adopt(reader)
    }

    /// Reads what stands after the last line end.
    public mutating func finish(_ body: (Row) -> Void) {
        guard fault == nil else { return }
        var reader = self
        lines.finish { line in reader.read(line, body) }
        adopt(reader)
        if columns.isEmpty, fault == nil { fault = .missingColumn("f_hz") }
    }

    private mutating func adopt(_ reader: TraceReader) {
        let buffer = lines
        self = reader
        lines = buffer
        if buffer.overlong > 0, fault == nil { fault = .lineTooLong }
    }

    private mutating func read(_ line: ArraySlice<UInt8>, _ body: (Row) -> Void) {
        guard fault == nil else { return }
        lineNumber += 1
        guard !line.isEmpty else { return }
        guard !columns.isEmpty else { return readHeader(line) }
        var time: Int64?
        var frequency: Int32?
        var voltage: Int32?
        var index = 0
        var rest = line
        while index < columns.count {
            let field = rest.prefix { $0 != UInt8(ascii: ",") }
            switch columns[index] {
            case .utc, .seconds:
                time = columns[index] == .utc ? Self.milliseconds(iso: field) : Self.milliseconds(decimal: field)
                guard time != nil else {
                    fault = .badTime(line: lineNumber)
                    return
                }
            case .frequency:
                if !Self.isMissing(field) {
                    frequency = DecimalText.millionths(field)
                    guard frequency != nil else {
                        fault = .badNumber(line: lineNumber)
                        return
                    }
                }
            case .perUnit, .volts:
                if Self.isMissing(field) { break }
                guard let value = Self.thousandths(field) else {
                    fault = .badNumber(line: lineNumber)
                    return
                }
                let permille =
                    columns[index] == .perUnit ? value : Int64(Double(value) / nominalVoltage)
                voltage = min(voltage ?? .max, Int32(clamping: permille))
            case .other: break
            }
            rest = rest[field.endIndex...].dropFirst()
            index += 1
        }
        guard let time, let frequency else { return }
        if let last, time <= last {
            fault = .notLater(line: lineNumber)
            return
        }
        let start = first ?? time
        first = start
        last = time
        body(Row(time: .milliseconds(time - start), frequency: Microhertz(frequency), voltage: voltage))
    }

    private mutating func readHeader(_ line: ArraySlice<UInt8>) {
        for name in line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            let isVolts = name.first == UInt8(ascii: "v") && name.suffix(4).elementsEqual("volt".utf8)
            columns.append(
                name.elementsEqual("utc".utf8)
                    ? .utc
                    : name.elementsEqual("t".utf8)
                        ? .seconds
                        : name.elementsEqual("f_hz".utf8)
                            ? .frequency : name.elementsEqual("v_pu".utf8) ? .perUnit : isVolts ? .volts : .other)
        }
        if !columns.contains(.frequency) { fault = .missingColumn("f_hz") }
        if !columns.contains(.utc), !columns.contains(.seconds) { fault = .missingColumn("utc or t") }
    }

    /// Instruments leave a gap, or write that it is no number.
    private static func isMissing(_ field: ArraySlice<UInt8>) -> Bool {
        field.isEmpty || field.count == 3 && field.elementsEqual("NaN".utf8)
    }

    /// A number in thousandths, up to millions: voltages.
    private static func thousandths(_ field: ArraySlice<UInt8>) -> Int64? {
        let whole = field.prefix { $0 != UInt8(ascii: ".") }
        var value: Int64 = 0
        guard !whole.isEmpty, whole.count <= 9 else { return nil }
        for byte in whole {
            guard (0x30...0x39).contains(byte) else { return nil }
            value = value * 10 + Int64(byte - 0x30)
        }
        var fraction: Int64 = 0
        var count = 0
        for byte in field[whole.endIndex...].dropFirst() {
            guard (0x30...0x39).contains(byte) else { return nil }
            if count < 3 {
                fraction = fraction * 10 + Int64(byte - 0x30)
                count += 1
            }
        }
        while count < 3 {
            fraction *= 10
            count += 1
        }
        return value * 1000 + fraction
    }

    private static func milliseconds(decimal field: ArraySlice<UInt8>) -> Int64? { thousandths(field) }

    /// Milliseconds since 1970 of `YYYY-MM-DDThh:mm:ss[.fff]Z`.
    private static func milliseconds(iso field: ArraySlice<UInt8>) -> Int64? {
        let text = Array(field)
        guard text.count >= 20, text.last == UInt8(ascii: "Z"), text[4] == UInt8(ascii: "-"),
            text[7] == UInt8(ascii: "-"),
            text[10] == UInt8(ascii: "T"), text[13] == UInt8(ascii: ":"), text[16] == UInt8(ascii: ":")
        else { return nil }
        func number(_ range: Range<Int>) -> Int64? {
            var value: Int64 = 0
            for byte in text[range] {
                guard (0x30...0x39).contains(byte) else { return nil }
                value = value * 10 + Int64(byte - 0x30)
            }
            return value
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10), let hour = number(11..<13),
            let minute = number(14..<16), let second = thousandths(text[17..<text.count - 1]), (1...12).contains(month)
        else { return nil }
        // Days from the civil date, in 400-year eras that begin on 1 March.
        let shifted = month > 2 ? year : year - 1
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        return ((days * 24 + hour) * 60 + minute) * 60_000 + second
    }
}
