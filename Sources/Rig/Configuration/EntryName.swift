/// Names that authors of board files give to what they describe.
enum EntryName {
    static let form = "a name of 1 to 32 lower-case letters, digits, hyphens and underscores"

    static func isName(_ text: String) -> Bool {
        (1...32).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D || $0 == 0x5F
            }
    }
}
