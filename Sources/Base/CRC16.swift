/// The two 16-bit CRCs met on a rig: CCITT-FALSE protects BM13xx job frames, the Modbus one protects RTU meters.
public enum CRC16 {
    /// CRC-16/CCITT-FALSE: polynomial 0x1021, initial value 0xFFFF, most significant bit first, no final inversion.
    @inlinable
    public static func ccittFalse(_ bytes: some Sequence<UInt8>) -> UInt16 {
        var register: UInt16 = 0xFFFF
        for byte in bytes {
            register ^= UInt16(byte) << 8
            for _ in 0..<8 {
                register = register & 0x8000 == 0 ? register << 1 : register << 1 ^ 0x1021
            }
        }
        return register
    }

    /// CRC-16/MODBUS: polynomial 0x8005 reflected (0xA001), initial value 0xFFFF, least significant bit first.
    /// On the wire the low byte goes first (Modbus over Serial Line V1.02, §2.5.1.2).
    @inlinable
    public static func modbus(_ bytes: some Sequence<UInt8>) -> UInt16 {
        var register: UInt16 = 0xFFFF
        for byte in bytes {
            register ^= UInt16(byte)
            for _ in 0..<8 {
                register = register & 1 == 0 ? register >> 1 : register >> 1 ^ 0xA001
            }
        }
        return register
    }
}
