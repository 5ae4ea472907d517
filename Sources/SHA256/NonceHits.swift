/// A bounded list of nonces found by a scan, in the order found; storage is in place, nothing is allocated.
public struct NonceHits: Sendable {
    /// The most nonces it holds.
    public static let capacity = 64

    /// How many nonces it holds now.
    public private(set) var count = 0
    private var nonces = InlineArray<64, UInt32>(repeating: 0)

    public init() {}

    public var isFull: Bool { count == Self.capacity }

    /// Nonce number `index`, 0 ..< `count`, as the number stored little-endian in the header.
    public subscript(index: Int) -> UInt32 { nonces[index] }

    /// Makes room for `capacity` nonces again.
    public mutating func removeAll() { count = 0 }

    /// Adds a nonce; the caller has seen that there is room.
    mutating func append(_ nonce: UInt32) {
        nonces[count] = nonce
        count += 1
    }
}

extension NonceHits: Equatable {
    public static func == (a: NonceHits, b: NonceHits) -> Bool {
        guard a.count == b.count else { return false }
        for index in 0..<a.count where a[index] != b[index] { return false }
        return true
    }
}
