/// Paths of devices, and names of simulated ones.
enum DeviceNode {
    /// What hangs behind a device node.
    enum Kind {
        case i2c, uart, spi, gpio, pwm, watchdog

        /// What the path begins with, what the name of a simulated one begins with, and how many numbers end the path.
        fileprivate var shape: (path: String, simulated: String, numbers: ClosedRange<Int>) {
            switch self {
            case .i2c: ("/dev/i2c-", "twin:i2c-", 1...1)
            case .uart: ("/dev/", "twin:uart", 0...1)
            case .spi: ("/dev/spidev", "twin:spi", 2...2)
            case .gpio: ("/dev/gpiochip", "twin:gpiochip", 1...1)
            case .pwm: ("/sys/class/pwm/pwmchip", "twin:pwmchip", 1...1)
            case .watchdog: ("/dev/watchdog", "twin:watchdog", 0...1)
            }
        }

        fileprivate var form: String {
            let (path, simulated, numbers) = shape
            let ending =
                switch (self, numbers) {
                case (.uart, _): "NAME"
                case (_, 2...2): "N.N"
                case (_, 0...1): "[N]"
                default: "N"
                }
            return "\(path)\(ending), or \(simulated)N on a simulated board"
        }
    }

    static func read(_ kind: Kind, from reader: inout DocumentReader) throws(DocumentError) -> String {
        try reader.string(kind.form, limit: 64) { isDevice($0, kind) ? $0 : nil }
    }

    static func isSimulated(_ device: String) -> Bool { device.utf8.starts(with: "twin:".utf8) }

    /// The numbers behind the last letter or hyphen, separated by dots; none when anything else is there.
    static func numbers(_ device: String) -> [UInt16] {
        let tail = device.utf8.reversed().prefix { (0x30...0x39).contains($0) || $0 == 0x2E }.reversed()
        let parts = tail.split(separator: 0x2E, omittingEmptySubsequences: false)
        var numbers: [UInt16] = []
        for part in parts {
            guard (1...5).contains(part.count) else { return [] }
            var value: UInt32 = 0
            for digit in part { value = value * 10 + UInt32(digit - 0x30) }
            guard let number = UInt16(exactly: value) else { return [] }
            numbers.append(number)
        }
        return numbers
    }

    private static func isDevice(_ text: String, _ kind: Kind) -> Bool {
        let (path, simulated, counts) = kind.shape
        if isSimulated(text) { return matches(text, simulated, 1...1) }
        if kind == .uart { return text.utf8.starts(with: path.utf8) && text.utf8.count > path.utf8.count }
        return matches(text, path, counts)
    }

    /// Whether `text` is `prefix` followed by so many numbers and nothing else.
    private static func matches(_ text: String, _ prefix: String, _ counts: ClosedRange<Int>) -> Bool {
        guard text.utf8.starts(with: prefix.utf8) else { return false }
        let tail = text.utf8.dropFirst(prefix.utf8.count)
        guard tail.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2E }) else { return false }
        return tail.isEmpty ? counts.contains(0) : counts.contains(numbers(text).count) && !numbers(text).isEmpty
    }
}
