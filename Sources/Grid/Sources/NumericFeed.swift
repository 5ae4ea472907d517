import Base

/// A feed of numbers from a broker or a socket: each message, or each line, is `FREQUENCY` or `FREQUENCY VOLTAGE`, in hertz and
/// in parts of nominal, for example `49.987` or `49.987 1.013`. So a JSON number on an MQTT topic is one too.
public struct NumericFeed: Equatable, Sendable {
    /// What is wrong with a message.
    public enum Fault: Error, Equatable, Sendable {
        /// Longer than any such message.
        case tooLong
        /// Not one or two decimal numbers.
        case notANumber
        /// No mains has such a frequency or voltage.
        case outOfRange
    }

    /// Longest message in bytes.
    public static let limit = 64

    private var lines = LineBuffer(limit: NumericFeed.limit)
    /// Messages refused.
    public private(set) var refused: UInt64 = 0
    /// The last reason.
    public private(set) var lastFault: Fault?

    public init() {}

    /// Reads one message, received at `at`.
    public static func read(_ message: some BidirectionalCollection<UInt8>, at: Instant) throws(Fault) -> MeterSample {
        guard message.count <= limit else { throw .tooLong }
        let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A }
        var numbers: (Int32?, Int32?) = (nil, nil)
        var count = 0
        var rest = message[...]
        while true {
            rest = rest.drop(while: isSpace)
            if rest.isEmpty { break }
            let word = rest.prefix { !isSpace($0) }
            guard count < 2, let number = DecimalText.millionths(word) else { throw .notANumber }
            if count == 0 { numbers.0 = number } else { numbers.1 = number }
            count += 1
            rest = rest[word.endIndex...]
        }
        guard let frequency = numbers.0 else { throw .notANumber }
        guard frequency >= 0, frequency < 400_000_000, numbers.1.map({ (0...3_000_000).contains($0) }) ?? true else {
            throw .outOfRange
        }
        return MeterSample(frequency: Microhertz(frequency), voltage: numbers.1.map { $0 / 1000 }, at: at)
    }

    /// Takes bytes of a stream that came at `at`; each good line becomes a sample, bad ones are counted.
    public mutating func take(_ bytes: some Sequence<UInt8>, at: Instant, _ body: (MeterSample) -> Void) {
        var failed: Fault?
        var failures: UInt64 = 0
        let overlong = lines.overlong
        lines.take(bytes) { line in
            do throws(Fault) {
                body(try Self.read(line, at: at))
            } catch {
                failed = error
                failures += 1
            }
        }
        if lines.overlong > overlong { failed = .tooLong }
        refused += failures + (lines.overlong - overlong)
        lastFault = failed ?? lastFault
    }
}
