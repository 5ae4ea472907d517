/// The setting of a DragonMint chain's supply: 0 is the highest voltage, 31 the lowest (Docs/chips-spi.md, "Supply").
public struct SupplyVID: Comparable, Hashable, Sendable {
    public let number: UInt8

    public static let highest = SupplyVID(unchecked: 0)
    public static let lowest = SupplyVID(unchecked: 31)

    private init(unchecked number: UInt8) {
        self.number = number
    }

    /// Nil outside 0–31.
    public init?(_ number: Int) {
        guard (0...31).contains(number) else { return nil }
        self.number = UInt8(number)
    }

    /// One step down in voltage; nil at the lowest.
    public var lower: SupplyVID? { SupplyVID(Int(number) + 1) }

    /// One step up in voltage; nil at the highest.
    public var higher: SupplyVID? { SupplyVID(Int(number) - 1) }

    /// Orders by voltage, lowest first.
    public static func < (a: SupplyVID, b: SupplyVID) -> Bool { a.number > b.number }

    /// The output that a PSU on I2C is set to.
    public var millivolts: UInt16 { 1608 - 9 * UInt16(number) }

    /// The level that a regulator on a UART takes: 54 for VID 0, 255 for VID 31, in 31 equal steps
    public var uartLevel: UInt8 { UInt8(54 + (201 * UInt(number) + 14) / 31) }

    /// The five bytes for a regulator on a UART.
    public var uartFrame: [UInt8] {
        let body: [UInt8] = [0x02, 0x01, uartLevel]
        return [0xAA] + body + [0 &- body.reduce(0, &+)]
    }
}

/// What a DragonMint's PSU is told over I2C, at address 0x01 on a bus where it does not acknowledge
/// (Docs/chips-spi.md, "Supply"). Chains count from 1 on the wire and from 0 here.
public enum SupplyMessage: Hashable, Sendable {
    case setVoltage(SupplyVID, chain: UInt8)
    case power(on: Bool, chain: UInt8)
    /// Seconds without a message after which the PSU switches off, in steps of 30 up to 7650.
    case watchdog(seconds: UInt16)

    /// The message's bytes.
    public var bytes: [UInt8] {
        switch self {
        case .setVoltage(let vid, let chain):
            let millivolts = vid.millivolts
            return Self.frame(
                0x83, [chain &+ 1, 0, UInt8(truncatingIfNeeded: millivolts), UInt8(millivolts >> 8)])
        case .power(let on, let chain): return Self.frame(0x85, [chain &+ 1, on ? 1 : 2])
        case .watchdog(let seconds): return Self.frame(0x70, [UInt8(clamping: seconds / 30)]) + [0]
        }
    }

    private static func frame(_ command: UInt8, _ payload: [UInt8]) -> [UInt8] {
        let body = [0x00, 0xAB, 0x00, command, 0x00, UInt8(truncatingIfNeeded: payload.count)] + payload
        return body + [body.reduce(0, &+), 0xCD]
    }
}
