import Base
import Buses

/// The I2C supply of the DragonMint T1, at address 0x01, with one output per chain.
///
/// It acknowledges nothing and answers nothing: what is sent here is only known to work from the voltages the chips
/// report. The controller must support ignoring the missing acknowledge.
public struct T1Supply {
    /// Frames end in the low byte of the sum of everything before, and 0xCD.
    public enum Command: Equatable, Sendable {
        /// A chain's voltage in millivolts. Chains count from 1.
        case setVoltage(chain: UInt8, Millivolts)
        case setPower(chain: UInt8, on: Bool)
        /// The supply switches off when it hears nothing for this many half minutes.
        case setTimeout(halfMinutes: UInt8)

        public var frame: [UInt8] {
            switch self {
            case .setVoltage(let chain, let voltage):
                let level = UInt16(clamping: voltage.value)
                return Command.closed([
                    0x00, 0xAB, 0x00, 0x83, 0x00, 0x04, chain, 0x00, UInt8(truncatingIfNeeded: level),
                    UInt8(truncatingIfNeeded: level >> 8),
                ])
            case .setPower(let chain, let on):
                return Command.closed([0x00, 0xAB, 0x00, 0x85, 0x00, 0x02, chain, on ? 0x01 : 0x02])
            case .setTimeout(let halfMinutes):
                return Command.closed([0x00, 0xAB, 0x00, 0x70, 0x00, 0x01, halfMinutes]) + [0x00]
            }
        }

        private static func closed(_ body: [UInt8]) -> [UInt8] {
            body + [body.reduce(0) { $0 &+ $1 }, 0xCD]
        }
    }

    /// Chains a control board can carry.
    public static let chains: ClosedRange<UInt8> = 1...8

    private let device: I2CDevice

    public init(on bus: any I2CBus, at address: I2CAddress = 0x01) {
        device = I2CDevice(bus, at: address)
    }

    /// Sets a chain's voltage to one of the 32 levels there are.
    public func setVoltage(_ level: InnosiliconVID, chain: UInt8) throws(ChipFault) {
        try require(chain)
        try send(.setVoltage(chain: chain, level.supplyVoltage))
    }

    /// Switches a chain's supply, 1–8, on or off.
    public func setPower(_ on: Bool, chain: UInt8) throws(ChipFault) {
        try require(chain)
        try send(.setPower(chain: chain, on: on))
    }

    /// Sets after how long without a command the supply switches off by itself, rounded up to half minutes.
    /// - Throws: `outOfRange` (in seconds) unless the time is longer than 0 and at most 127.5 minutes.
    public func setTimeout(_ timeout: Duration) throws(ChipFault) {
        let seconds = timeout.nanoseconds / 1_000_000_000
        guard (1...7650).contains(seconds) else {
            throw ChipFault(.t1Supply, .outOfRange(requested: Int32(clamping: seconds), allowed: 1...7650))
        }
        try send(.setTimeout(halfMinutes: UInt8((seconds + 29) / 30)))
    }

    private func require(_ chain: UInt8) throws(ChipFault) {
        guard T1Supply.chains.contains(chain) else { throw ChipFault(.t1Supply, .unsupported(chain)) }
    }

    private func send(_ command: Command) throws(ChipFault) {
        let frame = command.frame
        do throws(BusFault) { try device.write(frame.span, options: .ignoreNAK, operation: "send frame") } catch {
            throw ChipFault(.t1Supply, .bus(error))
        }
    }
}
