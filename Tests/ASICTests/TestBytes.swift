import Base

/// The bytes of hexadecimal text with blanks; text that is none gives no bytes, which no frame test accepts.
func bytes(_ hex: String) -> [UInt8] {
    Hex.decode(Array(hex.utf8.filter { $0 != 0x20 })) ?? []
}
