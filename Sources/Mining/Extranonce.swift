/// The part of the coinbase that a pool leaves to one connection (Stratum: extranonce1 and extranonce2_size).
public struct Extranonce: Hashable, Sendable {
    /// Sizes of extranonce2 that pools are known to hand out, in bytes (Docs/mining.md).
    public static let supportedSizes = 1...16

    /// Bytes chosen by the pool, 0–32 of them, constant for the session unless `mining.set_extranonce` changes them.
    public var prefix: [UInt8]
    /// How many bytes the miner chooses, within `supportedSizes`.
    public var size: Int

    public init(prefix: [UInt8], size: Int) {
        self.prefix = prefix
        self.size = size
    }
}
