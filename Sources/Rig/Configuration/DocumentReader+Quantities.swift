import Base
import JSON

extension DocumentReader {
    /// Reads a whole number from 0 to `limit`, which may be more than an `Int` of 32 bits holds.
    mutating func count(upTo limit: UInt64, unit: String = "") throws(DocumentError) -> UInt64 {
        try number("a whole number from 0 to \(limit)" + (unit.isEmpty ? "" : " \(unit)")) { number in
            number.uint64.flatMap { $0 <= limit ? $0 : nil }
        }
    }

    /// Reads whole seconds.
    mutating func seconds(in range: ClosedRange<Int>) throws(DocumentError) -> Duration {
        .seconds(try integer(in: range, unit: "seconds"))
    }

    /// Reads whole watts, at most 2 MW.
    mutating func watts(from least: Int = 0) throws(DocumentError) -> Milliwatts {
        Milliwatts(clamping: Int64(try integer(in: least...2_000_000, unit: "watts")) * 1000)
    }
}
