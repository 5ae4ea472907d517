import Base

/// One device on an SPI bus: a controller with a fixed chip select, mode and word size of 8 bits.
///
/// Each call is one message: chip select is asserted before the first clock and released after the last.
public protocol SPIBus: AnyObject {
    var name: BusName { get }

    /// The most bytes one message moves; longer ones throw `tooLong`. (spidev's `bufsiz`, 4096 unless configured.)
    var longestTransfer: Int { get }

    /// The clock asked for; controllers run at this rate or the next lower one they can divide down to.
    var clock: Hertz { get }

    /// Changes the clock for the messages to come.
    /// - Throws: `unsupported` when the controller cannot run that slowly or refuses the rate.
    func setClock(_ clock: Hertz) throws(BusFault)

    /// Clocks `bytes` out and replaces each by the byte that came in at the same time.
    func exchange(_ bytes: inout MutableSpan<UInt8>) throws(BusFault)

    /// Clocks `bytes` out and drops what comes in.
    func write(_ bytes: Span<UInt8>) throws(BusFault)

    /// Clocks zeros out and fills `bytes` with what comes in.
    func read(into bytes: inout MutableSpan<UInt8>) throws(BusFault)
}
