import Base
import Buses

/// Values that several parts of a board file have in common.
extension DocumentReader {
    /// Reads the name of something that the file describes elsewhere.
    mutating func name() throws(DocumentError) -> String {
        try string(EntryName.form) { EntryName.isName($0) ? $0 : nil }
    }

    /// Reads a 7-bit I2C address, written `"0x4c"`, which must be one that a `part` can have.
    mutating func address(
        for part: String, within ranges: [ClosedRange<UInt8>]
    ) throws(DocumentError) -> I2CAddress {
        let allowed = ranges.map { range in
            range.count == 1
                ? "\"0x\(Hex.text(range.lowerBound))\""
                : "\"0x\(Hex.text(range.lowerBound))\" to \"0x\(Hex.text(range.upperBound))\""
        }
        return try string("an address for \(part), \(allowed.joined(separator: " or "))") { text in
            guard text.utf8.count == 4, text.utf8.starts(with: "0x".utf8),
                let value = Hex.decode(Array(text.utf8.dropFirst(2)))?.first,
                ranges.contains(where: { $0.contains(value) })
            else {
                return nil
            }
            return I2CAddress(sevenBit: value)
        }
    }

    /// Reads a temperature in whole degrees.
    mutating func celsius(in range: ClosedRange<Int>) throws(DocumentError) -> Celsius {
        .degrees(Int32(try integer(in: range, unit: "°C")))
    }

    /// Reads a voltage in millivolts.
    mutating func millivolts(in range: ClosedRange<Int>) throws(DocumentError) -> Millivolts {
        Millivolts(Int32(try integer(in: range, unit: "mV")))
    }
}
