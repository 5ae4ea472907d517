import Base
import Buses

/// A chip's registers as its driver uses them: identity checks and settings that throw `ChipFault`, and samples that
/// throw `ReadingFailure`.
struct ChipRegisters {
    let chip: Chip
    let device: I2CDevice

    init(_ chip: Chip, on bus: any I2CBus, at address: I2CAddress) {
        self.chip = chip
        device = I2CDevice(bus, at: address)
    }

    func byte(_ register: UInt8) throws(ChipFault) -> UInt8 {
        do throws(BusFault) { return try device.readByte(register) } catch { throw ChipFault(chip, .bus(error)) }
    }

    /// A 16-bit register, high byte first.
    func word(_ register: UInt8) throws(ChipFault) -> UInt16 {
        do throws(BusFault) { return try device.readBigEndianWord(register) } catch {
            throw ChipFault(chip, .bus(error))
        }
    }

    /// Writes a register and reads it back, from `readRegister` where the part has separate ones. Only the bits of
    /// `mask` count: others may be status or clear themselves.
    func set(
        _ register: UInt8, to value: UInt8, readRegister: UInt8? = nil, mask: UInt8 = 0xFF
    ) throws(ChipFault) {
        do throws(BusFault) { try device.writeByte(value, to: register) } catch { throw ChipFault(chip, .bus(error)) }
        let readRegister = readRegister ?? register
        let found = try byte(readRegister)
        guard found & mask == value & mask else {
            throw ChipFault(chip, .notKept(register: readRegister, wrote: UInt32(value), found: UInt32(found)))
        }
    }

    /// Writes a 16-bit register, high byte first, and reads it back.
    func setWord(_ register: UInt8, to value: UInt16) throws(ChipFault) {
        do throws(BusFault) { try device.writeBigEndianWord(value, to: register) } catch {
            throw ChipFault(chip, .bus(error))
        }
        let found = try word(register)
        guard found == value else {
            throw ChipFault(chip, .notKept(register: register, wrote: UInt32(value), found: UInt32(found)))
        }
    }

    /// Requires an 8-bit identity register to hold `expected` or `alternative`.
    func require(_ register: UInt8, _ expected: UInt8, or alternative: UInt8? = nil) throws(ChipFault) {
        let found = try byte(register)
        guard found == expected || found == alternative else {
            throw ChipFault(
                chip, .wrongPart(register: register, found: UInt32(found), expected: UInt32(expected)))
        }
    }

    /// Requires a 16-bit identity register, high byte first, to hold `expected` in the bits of `mask`.
    func requireWord(_ register: UInt8, _ expected: UInt16, mask: UInt16 = 0xFFFF) throws(ChipFault) {
        let found = try word(register)
        guard found & mask == expected else {
            throw ChipFault(
                chip, .wrongPart(register: register, found: UInt32(found), expected: UInt32(expected)))
        }
    }

    func sample(_ register: UInt8) throws(ReadingFailure) -> UInt8 {
        do throws(BusFault) { return try device.readByte(register) } catch { throw .bus(error) }
    }

    /// A 16-bit measurement, high byte first.
    func sampleWord(_ register: UInt8) throws(ReadingFailure) -> UInt16 {
        do throws(BusFault) { return try device.readBigEndianWord(register) } catch { throw .bus(error) }
    }

    /// A 16-bit measurement of which 0 and 0xFFFF are possible values: those are only believed when the identity
    /// register still answers as it should.
    func sampleWord(
        _ register: UInt8, ifExtreme identityRegister: UInt8, holds identity: UInt16
    ) throws(ReadingFailure) -> UInt16 {
        let raw = try sampleWord(register)
        if raw == 0 || raw == 0xFFFF {
            let found = try sampleWord(identityRegister)
            if found != identity { throw raw == 0 ? .allZeros : .allOnes }
        }
        return raw
    }

    /// Requires the bits of `mask` of a configuration register to be as they were set: a part that was reset measures
    /// on, but its numbers mean something else.
    func requireSetting(_ register: UInt8, mask: UInt8, equals expected: UInt8) throws(ReadingFailure) {
        let found = try sample(register)
        guard found & mask == expected & mask else { throw .deviceReset }
    }
}

extension Reading {
    /// The outcome of one attempt to measure, at `now`.
    init(at now: Instant, _ measure: () throws(ReadingFailure) -> Value) {
        do throws(ReadingFailure) { self = .ok(try measure(), at: now) } catch { self = .failed(error) }
    }
}
