/// What a nonce response says, taken apart by a family's rules.
public struct DecodedNonce: Hashable, Sendable {
    /// The header's nonce.
    public var nonce: UInt32
    /// The job's id, as it was sent.
    public var jobID: UInt8
    /// Engine within the core; on the BM1397 also the midstate's slot.
    public var subCore: UInt8
    /// Bits 31–25 of the wire nonce. The BM1397 has more cores than these seven bits tell apart.
    public var core: UInt8
    /// Position of the chip, counted from the host; nil when the nonce does not tell.
    public var chip: Int?
    /// The version bits that the chip chose, in their place in the header; 0 from chips that do not roll.
    public var versionBits: UInt32
    /// Zero bits of the hash beyond the ticket, by the chip's account; nil on the BM1397, where that byte's meaning is
    /// disputed. The hash itself is always made again, so nothing rests on this.
    public var excessZeroBits: Int?
}

extension ChipFamily {
    /// Takes a nonce response of a chip in a chain with these addresses apart.
    public func decode(_ reply: Response.NonceReply, in addresses: ChainAddresses) -> DecodedNonce {
        let result = jobIDs.split(reply.result)
        return DecodedNonce(
            nonce: reply.wireNonce.byteSwapped, jobID: result.id, subCore: result.subCore,
            core: UInt8(reply.wireNonce >> 25), chip: nonceLayout.chip(of: reply.wireNonce, in: addresses),
            versionBits: rollsVersions ? UInt32(reply.roll) << 13 : 0,
            // The byte counts half bits.
            excessZeroBits: rollsVersions ? Int(reply.excess) / 2 : nil)
    }
}
