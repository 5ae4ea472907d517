import Base

/// The record of a frequency event: a CSV line for each moment, kept small enough to be written while it happens.
public enum EventTrace {
    /// One moment.
    public struct Row: Equatable, Sendable {
        /// Since the beginning of the record.
        public var time: Duration
        /// Nil while nothing could be measured.
        public var frequency: Microhertz?
        /// In millihertz per second.
        public var rocof: Int32?
        /// Thousandths to shed, or, negative, to absorb.
        public var response: Int32
        /// Measured at the mains, where it is.
        public var power: Milliwatts?

        public init(
            time: Duration, frequency: Microhertz?, rocof: Int32?, response: Int32, power: Milliwatts?
        ) {
            self.time = time
            self.frequency = frequency
            self.rocof = rocof
            self.response = response
            self.power = power
        }
    }

    /// The first line of a record.
    public static let header = "t_s,f_hz,rocof_mhz_s,response_permille,power_w"

    /// A row as a line of text, without its end. What is not known is left empty.
    public static func line(_ row: Row) -> String {
        let frequency = row.frequency.map { Decimal.fixed($0.hertz, places: 4) } ?? ""
        let rocof = row.rocof.map { "\($0)" } ?? ""
        let power = row.power.map { Decimal.fixed(Double($0.value) / 1000, places: 1) } ?? ""
        let time = Decimal.fixed(Double(row.time.nanoseconds) * 1e-9, places: 3)
        return "\(time),\(frequency),\(rocof),\(row.response),\(power)"
    }

    /// Why a record cannot be read. Lines count from 1.
    public enum Fault: Error, Equatable, Sendable {
        case notARecord
        case badLine(Int)
        case tooLong
    }

    /// Most rows of a record that are read.
    public static let limit = 1_000_000

    /// Reads a whole record.
    public static func read(_ bytes: [UInt8]) throws(Fault) -> [Row] {
        var rows: [Row] = []
        var number = 0
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            number += 1
            guard number > 1 else {
                guard line.elementsEqual(header.utf8) else { throw .notARecord }
                continue
            }
            guard rows.count < limit else { throw .tooLong }
            let fields = line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            guard fields.count == 5, let time = thousandths(fields[0]), let response = thousandths(fields[3]),
                fields[1].isEmpty || DecimalText.millionths(fields[1]) != nil,
                fields[2].isEmpty || thousandths(fields[2]) != nil, fields[4].isEmpty || thousandths(fields[4]) != nil
            else { throw .badLine(number) }
            rows.append(
                Row(
                    time: .milliseconds(time), frequency: DecimalText.millionths(fields[1]).map { Microhertz($0) },
                    rocof: thousandths(fields[2]).map { Int32(clamping: $0 / 1000) },
                    response: Int32(clamping: response / 1000),
                    power: thousandths(fields[4]).map { Milliwatts(clamping: $0) }))
        }
        guard number > 0 else { throw .notARecord }
        return rows
    }

    private static func thousandths(_ field: ArraySlice<UInt8>) -> Int64? {
        var value: Int64 = 0
        var places: Int?
        let isNegative = field.first == UInt8(ascii: "-")
        let digits = isNegative ? field.dropFirst() : field
        guard !digits.isEmpty, digits.count <= 15 else { return nil }
        for byte in digits {
            if byte == UInt8(ascii: "."), places == nil {
                places = 0
                continue
            }
            guard (0x30...0x39).contains(byte) else { return nil }
            if let count = places {
                guard count < 3 else { continue }
                places = count + 1
            }
            value = value * 10 + Int64(byte - 0x30)
        }
        for _ in (places ?? 0)..<3 { value *= 10 }
        return isNegative ? -value : value
    }
}
