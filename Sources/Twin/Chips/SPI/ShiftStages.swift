/// The two stages of every chip of a daisy chain, one toward the far end and one back: what chip k hands on at the next
/// word. Words stand still and the chain moves along them.
struct ShiftStages {
    /// More than any chain has chips.
    private static let size = 128

    private var down = InlineArray<128, UInt16>(repeating: 0)
    private var up = InlineArray<128, UInt16>(repeating: 0)
    private var downStart = 0
    private var upStart = 0
    /// Chips before which a word other than 0 stands on its way to the far end.
    private(set) var meets: UInt128 = 0

    init() {}

    /// One word further: `sent` comes to the first chip, and what the first chip says to the host. What leaves the last of
    /// `reach` chips is sent back by it, if it is the end of the chain.
    mutating func shift(_ sent: UInt16, reach: Int, isWhole: Bool) -> UInt16 {
        let received = up[upStart]
        downStart = (downStart + Self.size - 1) % Self.size
        down[downStart] = sent
        meets = (meets << 1 | (sent == 0 ? 0 : 1)) & ((1 << UInt128(reach)) - 1)
        upStart = (upStart + 1) % Self.size
        up[(upStart + reach - 1) % Self.size] = isWhole ? down[(downStart + reach) % Self.size] : 0
        return received
    }

    /// The word that has come to the chip.
    func word(at chip: Int) -> UInt16 { down[(downStart + chip) % Self.size] }

    /// Lets the chip hand on another word than it got.
    mutating func forward(_ word: UInt16, from chip: Int) {
        down[(downStart + chip) % Self.size] = word
        let bit: UInt128 = 1 << UInt128(chip)
        meets = word == 0 ? meets & ~bit : meets | bit
    }

    /// Lets the chip say a word instead of passing on what chips behind it say.
    mutating func answer(_ word: UInt16, from chip: Int) {
        up[(upStart + chip) % Self.size] = word
    }
}
