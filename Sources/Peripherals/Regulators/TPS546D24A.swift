import Base
import Buses

/// TPS546D24A and D24S buck regulators over PMBus, at 0x24 (TI SLUSDN0): the core supply of Bitaxe boards.
///
/// There is no way to a value of this type but through `Startup`, which identified the part and programmed its limits.
public struct TPS546D24A {
    /// Latched and present conditions, STATUS_WORD.
    public struct Status: OptionSet, Sendable {
        public let rawValue: UInt16

        public init(rawValue: UInt16) {
            self.rawValue = rawValue
        }

        /// A communication, memory or logic fault: also set by a command the part does not take.
        public static let communication = Status(rawValue: 0x0002)
        public static let temperature = Status(rawValue: 0x0004)
        public static let inputUndervoltage = Status(rawValue: 0x0008)
        public static let outputOvercurrent = Status(rawValue: 0x0010)
        public static let outputOvervoltage = Status(rawValue: 0x0020)
        public static let off = Status(rawValue: 0x0040)
        public static let busy = Status(rawValue: 0x0080)

        /// What means that the load is not supplied as commanded.
        public static let faults: Status = [
            .off, .outputOvervoltage, .outputOvercurrent, .inputUndervoltage, .temperature,
        ]
    }

    /// After switching on, `off` is not yet a fault for this long.
    public static let powerGoodGrace = Duration.milliseconds(250)

    public let profile: TPS546Profile
    public let exponent: ULINEAR16.Exponent
    let link: SMBusDevice

    /// Asks for an output voltage.
    /// - Throws: `outOfRange` outside the profile's limits, `notKept` when the part holds another value afterwards.
    public func setVoltage(_ voltage: Millivolts) throws(ChipFault) {
        guard (profile.minimum...profile.maximum).contains(voltage) else {
            throw ChipFault(
                .tps546d24a,
                .outOfRange(requested: voltage.value, allowed: profile.minimum.value...profile.maximum.value))
        }
        guard let code = ULINEAR16(milli: voltage.value, exponent: exponent) else {
            throw ChipFault(.tps546d24a, .notRepresentable(requested: voltage.value))
        }
        try link.set(.word(TPS546Command.voutCommand, code.bits))
    }

    /// Switches the output on or off. Off is immediate, without the programmed fall time.
    public func setOutput(_ on: Bool) throws(ChipFault) {
        try link.set(.byte(TPS546Command.operation, on ? 0x80 : 0x00))
    }

    /// What the part reports, latched conditions included.
    public func status() throws(ChipFault) -> Status {
        do throws(BusFault) { return Status(rawValue: try link.readWord(TPS546Command.statusWord)) } catch {
            throw ChipFault(.tps546d24a, .bus(error))
        }
    }

    /// Forgets latched conditions; those that persist come back at once.
    public func clearFaults() throws(ChipFault) {
        do throws(BusFault) { try link.sendCommand(TPS546Command.clearFaults) } catch {
            throw ChipFault(.tps546d24a, .bus(error))
        }
    }

    /// The input voltage.
    public func inputVoltage(now: Instant) -> Reading<Millivolts> {
        Reading(at: now) { () throws(ReadingFailure) -> Millivolts in
            Millivolts(clamping: SLINEAR11(bits: try sample(TPS546Command.readVin)).milli)
        }
    }

    /// The output voltage as measured by the part: 0 is a possible value and means that the load is not supplied.
    public func outputVoltage(now: Instant) -> Reading<Millivolts> {
        Reading(at: now) { () throws(ReadingFailure) -> Millivolts in
            Millivolts(ULINEAR16(bits: try sample(TPS546Command.readVout)).milli(exponent: exponent))
        }
    }

    /// The output current, of all phases together.
    public func outputCurrent(now: Instant) -> Reading<Milliamperes> {
        Reading(at: now) { () throws(ReadingFailure) -> Milliamperes in
            Milliamperes(clamping: SLINEAR11(bits: try sample(TPS546Command.readIout)).milli)
        }
    }

    /// The part's own temperature; exactly 0 °C is `failed(.allZeros)`.
    public func temperature(now: Instant) -> Reading<Celsius> {
        Reading(at: now) { () throws(ReadingFailure) -> Celsius in
            let raw = try sample(TPS546Command.readTemperature)
            if raw == 0 { throw .allZeros }
            return Celsius(clamping: SLINEAR11(bits: raw).milli)
        }
    }

    private func sample(_ command: UInt8) throws(ReadingFailure) -> UInt16 {
        let raw: UInt16
        do throws(BusFault) { raw = try link.readWord(command) } catch { throw .bus(error) }
        if raw == 0xFFFF { throw .allOnes }
        return raw
    }

    /// Powers the part's PMBus side up, identifies it and programs it, with the output off throughout.
    public struct Startup: TimedSequence {
        /// From input voltage to a responsive PMBus, with reserve: the part needs about 8 ms.
        static let guardTime = Duration.milliseconds(15)
        static let retryPause = Duration.milliseconds(3)
        static let attempts = 6
        /// IC_DEVICE_ID: "TI", "Tm$" and the variant A or S.
        static let identity: [UInt8] = [0x54, 0x49, 0x54, 0x6D, 0x24]
        static let variants: [UInt8] = [0x41, 0x62]

        private enum State {
            case fresh
            case identify(attempt: Int, notBefore: Instant)
            case over
        }

        public let profile: TPS546Profile
        private let link: SMBusDevice
        private var state = State.fresh

        public init(
            on bus: any I2CBus, at address: I2CAddress = 0x24, profile: TPS546Profile, usesPEC: Bool = false
        ) {
            self.profile = profile
            link = SMBusDevice(I2CDevice(bus, at: address), usesPEC: usesPEC)
        }

        /// Gives the regulator, programmed and off.
        /// - Throws: `wrongPart` for another device id or output format, `notKept` for a setting that did not stick.
        public mutating func advance(now: Instant) throws(ChipFault) -> Progress<TPS546D24A> {
            switch state {
            case .fresh, .over:
                let start = now + Startup.guardTime
                state = .identify(attempt: 1, notBefore: start)
                return .wait(until: start)
            case .identify(let attempt, let notBefore):
                if now < notBefore { return .wait(until: notBefore) }
                do throws(ChipFault) { try identify() } catch {
                    state = .over
                    guard attempt < Startup.attempts else { throw error }
                    let next = now + Startup.retryPause
                    state = .identify(attempt: attempt + 1, notBefore: next)
                    return .wait(until: next)
                }
                state = .over
                return .done(try program())
            }
        }

        private func identify() throws(ChipFault) {
            let id: [UInt8]
            do throws(BusFault) { id = try link.readBlock(TPS546Command.deviceID, count: 6) } catch {
                throw ChipFault(.tps546d24a, .bus(error))
            }
            if Array(id[..<5]) == Startup.identity, Startup.variants.contains(id[5]) { return }
            // The last four bytes tell the family and the variant.
            func number(_ bytes: some Sequence<UInt8>) -> UInt32 { bytes.reduce(0) { $0 << 8 | UInt32($1) } }
            throw ChipFault(
                .tps546d24a,
                .wrongPart(
                    register: TPS546Command.deviceID, found: number(id[2...]),
                    expected: number(Startup.identity[2...] + [Startup.variants[0]])))
        }

        private func program() throws(ChipFault) -> TPS546D24A {
            // The output goes off before anything else is asked of the part.
            try link.set(.byte(TPS546Command.operation, 0x00))
            let mode: UInt8
            do throws(BusFault) { mode = try link.readByte(TPS546Command.voutMode) } catch {
                throw ChipFault(.tps546d24a, .bus(error))
            }
            guard let exponent = ULINEAR16.Exponent(voutMode: mode) else {
                throw ChipFault(
                    .tps546d24a, .wrongPart(register: TPS546Command.voutMode, found: UInt32(mode), expected: 0x17))
            }
            guard let settings = profile.settings(exponent: exponent) else {
                throw ChipFault(.tps546d24a, .notRepresentable(requested: profile.maximum.value))
            }
            for setting in settings { try link.set(setting) }
            let part = TPS546D24A(profile: profile, exponent: exponent, link: link)
            try part.clearFaults()
            return part
        }
    }
}

extension SMBusDevice {
    /// Writes a setting and judges what reads back.
    func set(_ setting: TPS546Setting) throws(ChipFault) {
        let fault: (wrote: UInt32, found: UInt32)?
        do throws(BusFault) { fault = try mismatch(afterWriting: setting) } catch {
            throw ChipFault(.tps546d24a, .bus(error))
        }
        if let fault {
            throw ChipFault(
                .tps546d24a, .notKept(register: setting.command, wrote: fault.wrote, found: fault.found))
        }
    }

    private func mismatch(
        afterWriting setting: TPS546Setting
    ) throws(BusFault) -> (wrote: UInt32, found: UInt32)? {
        switch setting {
        case .byte(let command, let value):
            try writeByte(value, to: command)
            let found = try readByte(command)
            return found == value ? nil : (UInt32(value), UInt32(found))
        case .word(let command, let value):
            try writeWord(value, to: command)
            let found = try readWord(command)
            return found == value ? nil : (UInt32(value), UInt32(found))
        case .limit(let command, let value):
            try writeWord(value.bits, to: command)
            let found = SLINEAR11(bits: try readWord(command))
            let deviation = (found.milli - value.milli).magnitude
            return deviation <= value.milli.magnitude / 20 ? nil : (UInt32(value.bits), UInt32(found.bits))
        case .wordForNextPowerUp(let command, let value):
            try writeWord(value, to: command)
            return nil
        case .block(let command, let value):
            try writeBlock(value, to: command)
            let found = try readBlock(command, count: value.count)
            // The first byte that differs says enough.
            for (wrote, read) in zip(value, found) where wrote != read { return (UInt32(wrote), UInt32(read)) }
            return nil
        }
    }
}
