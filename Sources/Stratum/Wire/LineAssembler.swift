/// Cuts a byte stream, which arrives torn and merged at will, into lines.
struct LineAssembler: Sendable {
    /// Longest line accepted, without its newline. A `mining.notify` with a payout to hundreds of addresses takes some 30 KiB.
    static let limit = 65_536

    enum Line {
        case text([UInt8])
        /// A line passed the limit; all of it is dropped, whenever its end may come.
        case tooLong
    }

    private var partial: [UInt8] = []
    private var isSkipping = false

    /// Takes bytes from the front of `input` up to and including the end of a line; nil when it has no further line.
    mutating func next(_ input: inout ArraySlice<UInt8>) -> Line? {
        while !input.isEmpty {
            let newline = input.firstIndex(of: 0x0A)
            let piece = input[..<(newline ?? input.endIndex)]
            input = newline.map { input[($0 + 1)...] } ?? []
            if isSkipping {
                isSkipping = newline == nil
                continue
            }
            guard partial.count + piece.count <= Self.limit else {
                partial = []
                isSkipping = newline == nil
                return .tooLong
            }
            partial.append(contentsOf: piece)
            if newline != nil {
                let line = partial
                partial.removeAll(keepingCapacity: true)
                return .text(line)
            }
        }
        return nil
    }
}
