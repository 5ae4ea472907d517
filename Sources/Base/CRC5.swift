/// The CRC of BM13xx command and response frames: polynomial x⁵ + x² + 1, initial value 0x1F, most significant bit
/// first, no reflection and no final inversion (Docs/chips-uart.md, "Checksums").
public enum CRC5 {
    /// The remainder, 0…31, of `bytes`.
    ///
    /// A frame whose last five bits hold the remainder of everything before them has remainder 0 itself.
    @inlinable
    public static func checksum(of bytes: some Sequence<UInt8>) -> UInt8 {
        var register = initialValue
        for byte in bytes { register = update(register, with: byte, bits: 8) }
        return register
    }

    /// The register before the first bit.
    public static let initialValue: UInt8 = 0x1F

    /// The register after the upper `bits` bits of `byte`, for frames whose checksum shares a byte with data.
    @inlinable
    public static func update(_ register: UInt8, with byte: UInt8, bits: Int) -> UInt8 {
        var register = register
        for position in 0..<bits {
            let feedback = (register >> 4) ^ (byte >> UInt8(7 - position)) & 1
            register = register << 1 & 0x1F
            if feedback & 1 == 1 { register ^= 0x05 }
        }
        return register
    }
}
