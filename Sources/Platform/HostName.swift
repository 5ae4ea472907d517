/// A name of the Domain Name System, checked and in lower case.
struct HostName: Hashable, Sendable {
    /// ASCII without a dot at the end.
    let bytes: [UInt8]

    /// Takes 1–253 bytes in labels of 1–63 letters, digits, hyphens and underscores (RFC 1035 §2.3.4, RFC 2181 §11);
    /// nil for anything else.
    init?(_ text: [UInt8]) {
        let name = text.last == UInt8(ascii: ".") ? text.dropLast() : text[...]
        guard (1...253).contains(name.count) else { return nil }
        var label = 0
        for character in name {
            switch character {
            case UInt8(ascii: "."):
                guard label > 0 else { return nil }
                label = 0
                continue
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                label += 1
                guard label <= 63 else { return nil }
            default:
                return nil
            }
        }
        guard label > 0 else { return nil }
        bytes = name.map(HostName.lowercased)
    }

    static func lowercased(_ character: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(character) ? character | 0x20 : character
    }
}
