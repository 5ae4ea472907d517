/// SHA-256 written to be read next to FIPS 180-4, section by section.
///
/// It shares no line and no table with the agent's own implementation: its constants are computed from the primes
/// that define them. That is its value – a mistake would have to be made twice, in two different ways, for a wrong
/// share to be accepted.
enum TextbookSHA256 {
    /// The 32-byte hash of `message`.
    static func hash(_ message: [UInt8]) -> [UInt8] {
        let padded = pad(message)
        var state = initialState
        for block in stride(from: 0, to: padded.count, by: 64) {
            compress(padded[block..<block + 64], into: &state)
        }
        return state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (24 - 8 * UInt32($0))) } }
    }

    /// The hash of the hash, which Bitcoin uses for headers, transactions and merkle trees.
    static func doubleHash(_ message: [UInt8]) -> [UInt8] {
        hash(hash(message))
    }

    /// §5.1.1: a one bit, zeros up to 8 bytes short of a whole block, the length in bits as a big-endian 64-bit number.
    private static func pad(_ message: [UInt8]) -> [UInt8] {
        var padded = message
        padded.append(0x80)
        while padded.count % 64 != 56 { padded.append(0) }
        let bitCount = UInt64(message.count) * 8
        for shift in stride(from: UInt64(56), through: 0, by: -8) {
            padded.append(UInt8(truncatingIfNeeded: bitCount >> shift))
        }
        return padded
    }

    /// §6.2.2, one block.
    private static func compress(_ block: ArraySlice<UInt8>, into state: inout [UInt32]) {
        var w = InlineArray<64, UInt32>(repeating: 0)
        for (index, byte) in block.enumerated() { w[index / 4] = w[index / 4] << 8 | UInt32(byte) }
        for t in 16..<64 {
            let s0 = rotate(w[t - 15], 7) ^ rotate(w[t - 15], 18) ^ w[t - 15] >> 3
            let s1 = rotate(w[t - 2], 17) ^ rotate(w[t - 2], 19) ^ w[t - 2] >> 10
            w[t] = w[t - 16] &+ s0 &+ w[t - 7] &+ s1
        }
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        for t in 0..<64 {
            let sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
            let choice = e & f ^ ~e & g
            let t1 = h &+ sum1 &+ choice &+ roundConstants[t] &+ w[t]
            let sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
            let majority = a & b ^ a & c ^ b & c
            let t2 = sum0 &+ majority
            (h, g, f, e, d, c, b, a) = (g, f, e, d &+ t1, c, b, a, t1 &+ t2)
        }
        for (index, word) in [a, b, c, d, e, f, g, h].enumerated() { state[index] &+= word }
    }

    private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 {
        word >> count | word << (32 - count)
    }

    /// §5.3.3: the first 32 bits of the fractional parts of the square roots of the first 8 primes.
    private static let initialState = primes.prefix(8).map { prime in
        fraction { UInt128($0) * UInt128($0) <= UInt128(prime) << 64 }
    }

    /// §4.2.2: the first 32 bits of the fractional parts of the cube roots of the first 64 primes.
    private static let roundConstants = primes.map { prime in
        fraction { UInt128($0) * UInt128($0) * UInt128($0) <= UInt128(prime) << 96 }
    }

    /// The low 32 bits of the largest 37-bit number for which `isNotAboveRoot` holds: the fraction of a root in units of 2⁻³².
    private static func fraction(where isNotAboveRoot: (UInt64) -> Bool) -> UInt32 {
        var root: UInt64 = 0
        for bit in (0..<37).reversed() where isNotAboveRoot(root | 1 << UInt64(bit)) { root |= 1 << UInt64(bit) }
        return UInt32(truncatingIfNeeded: root)
    }

    private static let primes = (2...311).filter { candidate in !(2..<candidate).contains { candidate % $0 == 0 } }
}
