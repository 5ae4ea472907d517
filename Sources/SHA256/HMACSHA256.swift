/// HMAC-SHA-256 (RFC 2104, FIPS 198-1): authenticates a message with a shared key.
public struct HMACSHA256: Sendable {
    private var inner = SHA256()
    private var outer = SHA256()

    /// Any key length is allowed; a key longer than 64 bytes is hashed first, as the RFC says.
    public init(key: some Collection<UInt8>) {
        var padded = InlineArray<64, UInt8>(repeating: 0)
        if key.count > 64 {
            let hashed = SHA256.hash(key)
            for index in 0..<32 { padded[index] = hashed[index] }
        } else {
            var index = 0
            for byte in key {
                padded[index] = byte
                index += 1
            }
        }
        for index in 0..<64 {
            inner.update(padded[index] ^ 0x36)
            outer.update(padded[index] ^ 0x5C)
        }
    }

    /// Appends `bytes` to the message.
    @inlinable
    public mutating func update(_ bytes: some Sequence<UInt8>) {
        let contiguous: Void? = bytes.withContiguousStorageIfAvailable { update($0) }
        if contiguous != nil { return }
        for byte in bytes { update(byte) }
    }

    /// Appends `bytes` to the message.
    public mutating func update(_ bytes: UnsafeBufferPointer<UInt8>) {
        inner.update(bytes)
    }

    /// Appends one byte to the message.
    public mutating func update(_ byte: UInt8) {
        inner.update(byte)
    }

    /// The code of the message so far.
    public func finalize() -> Digest {
        var last = outer
        let digest = inner.finalize()
        for index in 0..<32 { last.update(digest[index]) }
        return last.finalize()
    }

    /// The code of `message` under `key`.
    public static func authenticationCode(
        for message: some Sequence<UInt8>, key: some Collection<UInt8>
    ) -> Digest {
        var code = HMACSHA256(key: key)
        code.update(message)
        return code.finalize()
    }

    /// Whether `code` authenticates `message` under `key`; takes the same time whatever byte differs.
    ///
    /// A code that is not 32 bytes long is refused: truncated codes are not accepted.
    public static func isValid(
        _ code: some Collection<UInt8>, for message: some Sequence<UInt8>, key: some Collection<UInt8>
    ) -> Bool {
        guard let claimed = Digest(bytes: code) else { return false }
        return claimed.isEqualInConstantTime(to: authenticationCode(for: message, key: key))
    }
}

extension Digest {
    /// Equality in a time that does not depend on where the digests differ, for comparing authentication codes.
    public func isEqualInConstantTime(to other: Digest) -> Bool {
        var difference: UInt32 = 0
        for index in 0..<8 { difference |= words[index] ^ other.words[index] }
        return difference == 0
    }
}
