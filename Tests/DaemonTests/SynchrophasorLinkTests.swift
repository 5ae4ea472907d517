import Base
import Grid
import Platform
import Rig
import Testing

@testable import Daemon

/// The link to a phasor measurement unit, against one on the loopback that answers as IEEE C37.118.2 says.
@Suite struct SynchrophasorLinkTests {
    /// A unit with one voltage in integers, 50 Hz nominal and 10 frames a second.
    struct Unit {
        static let idCode: [UInt8] = [0x00, 0x07]

        /// Frame with everything between FRACSEC and the check word.
        static func frame(_ kind: UInt8, second: UInt32 = 1_149_580_800, _ body: [UInt8]) -> [UInt8] {
            let size = UInt16(16 + body.count)
            var bytes: [UInt8] = [0xAA, kind, UInt8(size >> 8), UInt8(size & 0xFF)] + idCode
            bytes += [UInt8(second >> 24), UInt8(second >> 16 & 0xFF), UInt8(second >> 8 & 0xFF), UInt8(second & 0xFF)]
            bytes += [0, 0, 0, 0] + body
            let check = CRC16.ccittFalse(bytes)
            return bytes + [UInt8(check >> 8), UInt8(check & 0xFF)]
        }

        static var configuration: [UInt8] {
            func name(_ text: String) -> [UInt8] {
                Array(text.utf8) + Array(repeating: 0x20, count: 16 - text.utf8.count)
            }
            var body: [UInt8] = [0x00, 0x0F, 0x42, 0x40, 0x00, 0x01] + name("Station") + idCode
            // Rectangular integers; one phasor, no analog, no digital.
            body += [0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00] + name("VA")
            // A voltage in units of 10⁻⁵ · 100,000; 50 Hz; no change; 10 frames a second.
            body += [0x00, 0x01, 0x86, 0xA0, 0x00, 0x01, 0x00, 0x00, 0x00, 0x0A]
            return frame(0x31, body)
        }

        /// - Parameter millihertz: from nominal.
        static func data(_ millihertz: Int16) -> [UInt8] {
            let offset = UInt16(bitPattern: millihertz)
            return frame(0x01, [0x00, 0x00, 0x00, 0xE6, 0x00, 0x00, UInt8(offset >> 8), UInt8(offset & 0xFF), 0, 0])
        }
    }

    /// The commands in what a unit has received, by their number.
    static func commands(_ bytes: [UInt8]) -> [UInt8] {
        stride(from: 0, to: bytes.count - 17, by: 18).compactMap { bytes[$0 + 1] == 0x41 ? bytes[$0 + 15] : nil }
    }

    @Test func asksForTheConfigurationStartsTheDataAndGivesSamples() throws {
        let listener = try Listener(at: .internet(.loopback, port: 0))
        let port = try #require(try listener.localAddress()?.port)
        let link = SynchrophasorLink(.internet(.loopback, port: port), .tcp, stream: 7, now: Clock.now)
        var samples: [MeterSample] = []
        var events: [Event] = []
        var server: Socket?
        var heard: [UInt8] = []
        var answered = 0
        let limit = Clock.now + .seconds(20)
        while samples.count < 3, Clock.now < limit {
            link.take(now: Clock.now, into: &events) { samples.append($0) }
            if server == nil { server = try listener.accept() }
            _ = try server?.receive(appendingTo: &heard, limit: 4096)
            for command in Self.commands(heard).dropFirst(answered) {
                answered += 1
                let reply = command == 5 ? Unit.configuration : Unit.data(-250) + Unit.data(-251) + Unit.data(-252)
                _ = try server?.send(reply.span)
            }
            Thread.sleep(.milliseconds(5))
        }
        #expect(Self.commands(heard) == [5, 2], "configuration 2, then the data")
        #expect(samples.map(\.frequency) == [49_750_000, 49_749_000, 49_748_000].map { Microhertz($0) }, "\(events)")
        #expect(samples.allSatisfy { $0.voltage == 1000 })
    }

    /// A unit that goes away is told of and called again; nothing is made of its silence here.
    @Test func aUnitThatGoesAwayIsToldOfAndCalledAgain() throws {
        let listener = try Listener(at: .internet(.loopback, port: 0))
        let port = try #require(try listener.localAddress()?.port)
        let link = SynchrophasorLink(.internet(.loopback, port: port), .tcp, stream: 7, now: Clock.now)
        var events: [Event] = []
        var calls = 0
        let limit = Clock.now + .seconds(20)
        while calls < 2, Clock.now < limit {
            link.take(now: Clock.now, into: &events) { _ in }
            // Each call is taken and dropped at once.
            if try listener.accept() != nil { calls += 1 }
            Thread.sleep(.milliseconds(5))
        }
        #expect(calls == 2)
        #expect(events.contains { $0.text.contains("connection is closed") }, "\(events)")
    }
}
