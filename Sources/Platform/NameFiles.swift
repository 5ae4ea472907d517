/// What the two files say that a machine's name resolution starts from.
enum NameFiles {
    /// Name servers that are asked, as in resolv.conf(5).
    static var serverLimit: Int { 3 }

    /// The addresses of `name` in a file like /etc/hosts: an address and its names per line, `#` before comments.
    /// Lines that make no sense are left out.
    static func addresses(of name: HostName, inHosts text: [UInt8]) -> [IPAddress] {
        var addresses: [IPAddress] = []
        for words in lines(of: text) where addresses.count < NameQuestion.addressLimit {
            guard let first = words.first, let address = IPAddress(first),
                words.dropFirst().contains(where: { HostName(Array($0)) == name })
            else { continue }
            addresses.append(address)
        }
        return addresses
    }

    /// The addresses after `nameserver` in a file like /etc/resolv.conf, the first `serverLimit` of them; the machine itself
    /// when there is none, as the C library has it. Everything else in the file, search domains included, is left out.
    static func servers(inResolverSettings text: [UInt8]) -> [IPAddress] {
        var servers: [IPAddress] = []
        for words in lines(of: text) where servers.count < serverLimit {
            guard words.count >= 2, words[0].elementsEqual("nameserver".utf8), let address = IPAddress(words[1]) else {
                continue
            }
            servers.append(address)
        }
        return servers.isEmpty ? [.loopback] : servers
    }

    /// The words of each line before any comment.
    private static func lines(of text: [UInt8]) -> [[ArraySlice<UInt8>]] {
        text.split(separator: UInt8(ascii: "\n")).map { line in
            let content = line.prefix { $0 != UInt8(ascii: "#") && $0 != UInt8(ascii: ";") }
            return content.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }
        }
    }
}
