import CLinux

/// The devices that the checks talk to.
final class CheckDevices: SimbusDevices {
    /// I2C addresses.
    enum Device {
        /// 256 bytes behind an 8-bit register number.
        static let memory: UInt16 = 0x10
        /// Never answers.
        static let silent: UInt16 = 0x11
        static let arbitrationLost: UInt16 = 0x12
        static let noAcknowledge: UInt16 = 0x13
        static let stuckBus: UInt16 = 0x14
        /// A temperature sensor at 25 °C, for the kernel's own driver.
        static let lm75: UInt16 = 0x48
    }

    /// SPI chip selects.
    enum ChipSelect {
        /// Answers the complement of every byte sent, and counts upwards where nothing is.
        static let complement: UInt8 = 0
        static let silent: UInt8 = 1
        static let broken: UInt8 = 2
        static let unplugged: UInt8 = 3
    }

    private var memory = [UInt8](repeating: 0, count: 256)
    private var register: UInt8 = 0
    private var temperatureRegister: UInt8 = 0

    func exchange(_ bytes: inout [UInt8], chipSelect: UInt8, hertz: UInt32, isSending: Bool) -> CInt? {
        switch chipSelect {
        case ChipSelect.silent: return nil
        case ChipSelect.broken: return -EIO
        default: break
        }
        for index in bytes.indices { bytes[index] = isSending ? ~bytes[index] : UInt8(truncatingIfNeeded: index) }
        return 0
    }

    func transfer(_ address: UInt16, write: [UInt8], read: inout [UInt8]) -> CInt? {
        switch address {
        case Device.memory: accessMemory(write, &read)
        case Device.lm75:
            temperatureRegister = write.first ?? temperatureRegister
            let word: UInt16 = temperatureRegister == 0 ? 25 << 8 : temperatureRegister == 1 ? 0 : 0x5000
            for index in read.indices { read[index] = UInt8(truncatingIfNeeded: index == 0 ? word >> 8 : word) }
        case Device.silent: return nil
        case Device.arbitrationLost: return -EAGAIN
        case Device.noAcknowledge: return -EREMOTEIO
        case Device.stuckBus: return -EBUSY
        default: return -ENXIO
        }
        return 0
    }

    private func accessMemory(_ write: [UInt8], _ read: inout [UInt8]) {
        register = write.first ?? register
        for byte in write.dropFirst() {
            memory[Int(register)] = byte
            register &+= 1
        }
        for index in read.indices {
            read[index] = memory[Int(register)]
            register &+= 1
        }
    }
}
