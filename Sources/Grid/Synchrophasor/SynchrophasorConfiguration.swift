import Base

/// What a stream's data frames hold, from its configuration frame 2.
public struct SynchrophasorConfiguration: Equatable, Sendable {
    /// One phasor measurement unit of the stream.
    public struct Unit: Equatable, Sendable {
        /// 16 bytes as sent, with the spaces at the end taken off.
        public var station: [UInt8]
        public var idCode: UInt16
        var format: UInt16
        var phasors: Int
        var analogs: Int
        var digitals: Int
        /// Unit words of the phasors: in the top byte 0 is a voltage, below it 10 µV or 10 µA a bit.
        var phasorUnits: [UInt32]
        /// 50 or 60 Hz.
        public var nominal: Millihertz
        /// Counts the changes of the configuration.
        public var changeCount: UInt16

        // FORMAT bits.
        var isPolar: Bool { format & 1 != 0 }
        var hasFloatPhasors: Bool { format & 2 != 0 }
        var hasFloatAnalogs: Bool { format & 4 != 0 }
        var hasFloatFrequency: Bool { format & 8 != 0 }

        /// Bytes of this unit in a data frame.
        var length: Int {
            2 + phasors * (hasFloatPhasors ? 8 : 4) + (hasFloatFrequency ? 8 : 4) + analogs * (hasFloatAnalogs ? 4 : 2)
                + digitals * 2
        }
    }

    /// Most units in a stream that are read.
    public static let unitLimit = 64
    /// Most phasors, analogs or digital words of a unit.
    public static let channelLimit = 256

    /// Parts of a second that FRACSEC counts.
    public var timeBase: UInt32
    public var units: [Unit]
    /// Frames a second if positive, seconds a frame if negative.
    public var dataRate: Int16

    /// Reads a configuration frame 2 (or 1, which has the same form).
    public static func read(
        _ frame: SynchrophasorFrame
    ) throws(SynchrophasorFrame.Fault) -> SynchrophasorConfiguration {
        guard frame.kind == .configuration2 || frame.kind == .configuration1 else { throw .kind(frame.kind) }
        var cursor = SynchrophasorCursor(frame.payload)
        let timeBase = try cursor.long() & 0xFF_FFFF
        let count = Int(try cursor.word())
        guard (1...unitLimit).contains(count), timeBase > 0 else { throw .tooMany }
        var units: [Unit] = []
        for _ in 0..<count { units.append(try unit(&cursor)) }
        return SynchrophasorConfiguration(timeBase: timeBase, units: units, dataRate: try cursor.signed())
    }

    private static func unit(_ cursor: inout SynchrophasorCursor) throws(SynchrophasorFrame.Fault) -> Unit {
        var station = Array(try cursor.bytes(16))
        while station.last == 0x20 || station.last == 0 { station.removeLast() }
        var unit = Unit(
            station: station, idCode: try cursor.word(), format: try cursor.word(), phasors: Int(try cursor.word()),
            analogs: Int(try cursor.word()), digitals: Int(try cursor.word()), phasorUnits: [], nominal: .zero,
            changeCount: 0)
        guard max(unit.phasors, unit.analogs, unit.digitals) <= channelLimit else { throw .tooMany }
        // A digital word has a name for each of its 16 bits.
        try cursor.skip(16 * (unit.phasors + unit.analogs + 16 * unit.digitals))
        for _ in 0..<unit.phasors { unit.phasorUnits.append(try cursor.long()) }
        try cursor.skip(4 * (unit.analogs + unit.digitals))
        unit.nominal = Millihertz(try cursor.word() & 1 == 1 ? 50_000 : 60_000)
        unit.changeCount = try cursor.word()
        return unit
    }
}
