import Testing

@testable import Platform

@Suite struct AddressTests {
    @Test(arguments: [
        ("0.0.0.0", IPAddress.v4(0)),
        ("192.0.2.1", .v4(0xC000_0201)),
        ("255.255.255.255", .v4(.max)),
        ("::", .v6(high: 0, low: 0)),
        ("::1", .loopback6),
        ("2001:db8::ff00:42:8329", .v6(high: 0x2001_0db8_0000_0000, low: 0x0000_ff00_0042_8329)),
        ("1:2:3:4:5:6:7:8", .v6(high: 0x0001_0002_0003_0004, low: 0x0005_0006_0007_0008)),
        ("fe80::1", .v6(high: 0xfe80_0000_0000_0000, low: 1)),
        ("1:0:0:2::3", .v6(high: 0x0001_0000_0000_0002, low: 3)),
        ("1::", .v6(high: 0x0001_0000_0000_0000, low: 0)),
    ])
    func literalsAreReadAndWrittenBack(text: String, address: IPAddress) {
        #expect(IPAddress(text.utf8) == address)
        #expect(IPAddress(address.description.utf8) == address)
        #expect(address.description == text || text == "1:0:0:2::3")
    }

    @Test(arguments: [
        ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"), ("::ffff:192.0.2.1", "::ffff:c000:201"),
        ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("1:0:0:2:0:0:0:3", "1:0:0:2::3"),
        ("1:0:0:2:3:0:0:4", "1::2:3:0:0:4"),
    ])
    func otherSpellingsMeanTheSame(text: String, canonical: String) {
        #expect(IPAddress(text.utf8)?.description == canonical)
    }

    @Test(arguments: [
        "", "1", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1..2.3", "1.2.3.4 ", " 1.2.3.4", "1.2.3.-4", ":",
        ":::",
        "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "g::", "1:2:3:4:5:6:7::8", ":1:2:3:4:5:6:7",
        "::1%eth0",
        "1.2.3.4::", "::1.2.3", "pool.example.com", String(repeating: "1:", count: 40),
    ])
    func anythingElseIsNoAddress(text: String) {
        #expect(IPAddress(text.utf8) == nil)
    }

    @Test func socketAddressesAreWrittenAsPeopleDo() {
        #expect(SocketAddress.internet(.loopback, port: 3333).description == "127.0.0.1:3333")
        #expect(SocketAddress.internet(.loopback6, port: 1).description == "[::1]:1")
        #expect(SocketAddress.local(Array("/run/x".utf8)).description == "/run/x")
    }

    @Test func loopbackIsRecognised() {
        #expect(IPAddress.v4(0x7F01_0203).isLoopback && IPAddress.loopback6.isLoopback)
        #expect(!IPAddress.v4(0x0A00_0001).isLoopback)
    }
}
