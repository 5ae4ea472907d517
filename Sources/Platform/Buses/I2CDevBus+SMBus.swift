import Buses
import CI2C
import CLinux

extension I2CDevBus {
    /// Makes the transfer by the SMBus call that puts the same bytes on the wire; false when there is none, or the adapter
    /// does not have it. The target is selected.
    func smbusCall(_ write: Span<UInt8>, _ read: inout MutableSpan<UInt8>) throws(SystemError) -> Bool {
        switch (write.count, read.count) {
        case (0, 1): try receiveByte(&read)
        case (1, 1): try readByte(write[0], &read)
        case (1, 2): try readWord(write[0], &read)
        case (1, 3...): try readBlock(write[0], &read)
        case (1, 0): try call(I2C_FUNC_SMBUS_WRITE_BYTE) { i2c_smbus_write_byte(file.rawValue, write[0]) }
        case (2, 0):
            try call(I2C_FUNC_SMBUS_WRITE_BYTE_DATA) {
                i2c_smbus_write_byte_data(file.rawValue, write[0], write[1])
            }
        case (3, 0):
            try call(I2C_FUNC_SMBUS_WRITE_WORD_DATA) {
                i2c_smbus_write_word_data(file.rawValue, write[0], UInt16(write[2]) << 8 | UInt16(write[1]))
            }
        case (4..., 0): try writeBlock(write)
        default: false
        }
    }

    private func has(_ function: Int32) -> Bool { ci2c_has(functions, UInt(UInt32(bitPattern: function))) }

    /// Makes a call that libi2c answers with a count or a negated error number.
    private func call(_ function: Int32, _ body: () -> Int32) throws(SystemError) -> Bool {
        guard has(function) else { return false }
        _ = try valueOrErrno("I2C_SMBUS") { ci2c_result(body()) }
        return true
    }

    private func receiveByte(_ read: inout MutableSpan<UInt8>) throws(SystemError) -> Bool {
        guard has(I2C_FUNC_SMBUS_READ_BYTE) else { return false }
        let byte = try valueOrErrno("I2C_SMBUS") { ci2c_result(i2c_smbus_read_byte(file.rawValue)) }
        read[0] = UInt8(truncatingIfNeeded: byte)
        return true
    }

    private func readByte(_ command: UInt8, _ read: inout MutableSpan<UInt8>) throws(SystemError) -> Bool {
        guard has(I2C_FUNC_SMBUS_READ_BYTE_DATA) else { return false }
        let byte = try valueOrErrno("I2C_SMBUS") { ci2c_result(i2c_smbus_read_byte_data(file.rawValue, command)) }
        read[0] = UInt8(truncatingIfNeeded: byte)
        return true
    }

    private func readWord(_ command: UInt8, _ read: inout MutableSpan<UInt8>) throws(SystemError) -> Bool {
        guard has(I2C_FUNC_SMBUS_READ_WORD_DATA) else { return false }
        let word = try valueOrErrno("I2C_SMBUS") { ci2c_result(i2c_smbus_read_word_data(file.rawValue, command)) }
        read[0] = UInt8(truncatingIfNeeded: word)
        read[1] = UInt8(truncatingIfNeeded: word >> 8)
        return true
    }

    /// Reads plain bytes; where the adapter only has blocks behind a length byte, one of exactly the length asked for.
    private func readBlock(_ command: UInt8, _ read: inout MutableSpan<UInt8>) throws(SystemError) -> Bool {
        var block = InlineArray<32, UInt8>(repeating: 0)
        var bytes = block.mutableSpan
        let count = read.count
        guard count <= bytes.count else { return false }
        let isPlain = has(I2C_FUNC_SMBUS_READ_I2C_BLOCK)
        guard isPlain || has(I2C_FUNC_SMBUS_READ_BLOCK_DATA) else { return false }
        let got = try bytes.withUnsafeMutableBufferPointer { (buffer) throws(SystemError) in
            try valueOrErrno("I2C_SMBUS") {
                ci2c_result(
                    isPlain
                        ? i2c_smbus_read_i2c_block_data(file.rawValue, command, UInt8(count), buffer.baseAddress)
                        : i2c_smbus_read_block_data(file.rawValue, command, buffer.baseAddress))
            }
        }
        // The length byte is the first of the bytes asked for, unless it was asked for as part of a plain read.
        let skipped = isPlain ? 0 : 1
        guard Int(got) == count - skipped else { throw SystemError(call: "I2C_SMBUS", errno: .badMessage) }
        if !isPlain { read[0] = UInt8(truncatingIfNeeded: got) }
        for index in skipped..<count { read[index] = block[index - skipped] }
        return true
    }

    /// Writes plain bytes; where the adapter only has blocks behind a length byte, one that begins with its own length.
    private func writeBlock(_ write: Span<UInt8>) throws(SystemError) -> Bool {
        let payload = write.count - 1
        if has(I2C_FUNC_SMBUS_WRITE_I2C_BLOCK) {
            guard payload <= 32 else { return false }
            return try write.withUnsafeBufferPointer { (buffer) throws(SystemError) in
                try call(I2C_FUNC_SMBUS_WRITE_I2C_BLOCK) {
                    i2c_smbus_write_i2c_block_data(
                        file.rawValue, buffer[0], UInt8(payload), buffer.baseAddress.map { $0 + 1 })
                }
            }
        }
        guard Int(write[1]) == payload - 1 else { return false }
        return try write.withUnsafeBufferPointer { (buffer) throws(SystemError) in
            try call(I2C_FUNC_SMBUS_WRITE_BLOCK_DATA) {
                i2c_smbus_write_block_data(
                    file.rawValue, buffer[0], UInt8(payload - 1), buffer.baseAddress.map { $0 + 2 })
            }
        }
    }
}
