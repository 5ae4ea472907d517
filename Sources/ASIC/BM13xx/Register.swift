/// The address of a BM13xx register. Values are 32 bits, most significant byte first on the wire.
///
/// One map serves all families; what differs per family is noted with the word's type
/// (Docs/chips-uart.md, "Registers").
public struct Register: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8

    @inlinable
    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// Chip model, core count byte and assigned address: `ChipIdentity`.
    public static let chipIdentity = Register(rawValue: 0x00)
    /// Hash rate as the BM1397 measures it: `HashRateReading`.
    public static let hashRate = Register(rawValue: 0x04)
    /// Core clock: `PLLWord`.
    public static let pll0 = Register(rawValue: 0x08)
    /// Where the nonce counter starts, BM1370: `NonceOffset`.
    public static let nonceOffset = Register(rawValue: 0x0C)
    /// Deadline of one nonce sweep in ticks of the 25 MHz input clock; 0 stops hashing. Not on the BM1397.
    public static let hashCountingNumber = Register(rawValue: 0x10)
    /// Reporting difficulty: `TicketMask`.
    public static let ticketMask = Register(rawValue: 0x14)
    /// `MiscControl` on the BM1397; a report-enable word on newer chips.
    public static let miscControl = Register(rawValue: 0x18)
    /// Clock enables of the cores, BM1397.
    public static let orderedClockEnable = Register(rawValue: 0x20)
    /// Line rate: `FastUART`.
    public static let fastUART = Register(rawValue: 0x28)
    /// Signal relays between voltage domains: `UARTRelay`.
    public static let uartRelay = Register(rawValue: 0x2C)
    /// Mailbox to the registers inside the cores: `CoreCommand`.
    public static let coreMailbox = Register(rawValue: 0x3C)
    /// What a read through the core mailbox returned.
    public static let coreValue = Register(rawValue: 0x40)
    /// Hashes that failed the chip's own check, in units of 2³².
    public static let errorCounter = Register(rawValue: 0x4C)
    /// Selects what the analog pin shows; 2 is the temperature diode on the BM1370.
    public static let analogMux = Register(rawValue: 0x54)
    /// Drive strength of the chip's outputs.
    public static let ioDriveStrength = Register(rawValue: 0x58)
    /// Clock of the fast UART on the BM1397; on the BM1370 a guard that switches the ring-oscillator pads off.
    public static let pll3 = Register(rawValue: 0x68)
    /// User dividers of PLL0, written before each clock change on the BM1397.
    public static let pll0Divider = Register(rawValue: 0x70)
    /// Clock order of the cores, BM1397.
    public static let clockOrder0 = Register(rawValue: 0x80)
    /// Clock order of the cores, BM1397.
    public static let clockOrder1 = Register(rawValue: 0x84)
    /// Hashes of the chip's four voltage domains, in units of 2³²: this register and the three after it.
    public static let domainCounter0 = Register(rawValue: 0x88)
    public static let domainCounter1 = Register(rawValue: 0x89)
    public static let domainCounter2 = Register(rawValue: 0x8A)
    public static let domainCounter3 = Register(rawValue: 0x8B)
    /// Hashes of the whole chip, in units of 2³².
    public static let totalCounter = Register(rawValue: 0x8C)
    /// Rolled version bits: `VersionRolling`.
    public static let versionRolling = Register(rawValue: 0xA4)
    /// Soft resets of the chip's parts.
    public static let softReset = Register(rawValue: 0xA8)
    /// On-chip thermometer of the BM1368: control.
    public static let temperatureControl = Register(rawValue: 0xB0)
    /// On-chip thermometer of the BM1368: `TemperatureResult`.
    public static let temperatureResult = Register(rawValue: 0xB4)
    /// Control of the analog-to-digital converter.
    public static let converterControl = Register(rawValue: 0xB9)
}

/// A value on its way to a register.
public struct RegisterWrite: Hashable, Sendable {
    public let register: Register
    public let value: UInt32

    @inlinable
    public init(_ register: Register, _ value: UInt32) {
        self.register = register
        self.value = value
    }

    /// A write of `value` to register `coreRegister` (0–31) of every core.
    @inlinable
    public init(core coreRegister: UInt8, _ value: UInt8) {
        self.init(.coreMailbox, CoreCommand(recipient: .allCores, operation: .write(coreRegister, value)).word)
    }
}
