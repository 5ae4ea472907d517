import Base
import Grid
import Testing

/// The example frames of IEEE C37.118.2 Annex D, as the tests of pypmu (BSD 3-clause, iicsys/pypmu) print them.
enum GoldenFrame {
    static let command = bytes("aa4100121e36448560300f0bbfd00002ce00")
    static let data = bytes(
        "aa0100341e3644853600000041b10000392b0000e36ace7ce36a31830444000009c4000042c80000447a0000461c40003c12d43f")
    static let header = bytes("aa1100271e36448560300f0bbfd048656c6c6f2049276d20486561646572204672616d652e17cc")
    static let configuration = bytes(
        "aa3101c61e36448527f056071098000f4240000153746174696f6e2041202020202020201e360004000400030001564120"
            + "20202020202020202020202020564220202020202020202020202020205643202020202020202020202020202049312020"
            + "202020202020202020202020414e414c4f4731202020202020202020414e414c4f4732202020202020202020414e414c4f"
            + "4733202020202020202020425245414b4552203120535441545553425245414b4552203220535441545553425245414b45"
            + "52203320535441545553425245414b4552203420535441545553425245414b4552203520535441545553425245414b4552"
            + "203620535441545553425245414b4552203720535441545553425245414b4552203820535441545553425245414b455220"
            + "3920535441545553425245414b4552204120535441545553425245414b4552204220535441545553425245414b45522043"
            + "20535441545553425245414b4552204420535441545553425245414b4552204520535441545553425245414b4552204620"
            + "535441545553425245414b4552204720535441545553000df847000df847000df8470100b2d00000000101000001020000"
            + "010000ffff00000016001ed5d1")

    static func bytes(_ hex: String) -> [UInt8] {
        stride(from: 0, to: hex.utf8.count, by: 2).compactMap { offset in
            let start = hex.index(hex.startIndex, offsetBy: offset)
            return UInt8(hex[start..<hex.index(start, offsetBy: 2)], radix: 16)
        }
    }
}

@Suite struct SynchrophasorFrameTests {
    private func configuration() throws -> SynchrophasorConfiguration {
        try SynchrophasorConfiguration.read(SynchrophasorFrame.read(GoldenFrame.configuration))
    }

    @Test func readsTheConfiguration() throws {
        let configuration = try configuration()
        #expect(configuration.timeBase == 1_000_000)
        #expect(configuration.dataRate == 30)
        #expect(configuration.units.count == 1)
        let unit = configuration.units[0]
        #expect(String(decoding: unit.station, as: UTF8.self) == "Station A")
        #expect(unit.idCode == 7734 && unit.nominal == Millihertz(60_000) && unit.changeCount == 22)
    }

    @Test func readsTheDataFrame() throws {
        let frame = try SynchrophasorFrame.read(GoldenFrame.data)
        #expect(frame.kind == .data && frame.idCode == 7734 && frame.second == 1_149_580_800)
        let measurement = try SynchrophasorMeasurement.read(frame, configuration(), unit: 7734)
        #expect(measurement.frequency == Microhertz(62_500_000))
        #expect(measurement.rocof == 0)
        #expect(measurement.validity == .good && measurement.isInSync && !measurement.hasNewConfiguration)
        #expect(measurement.time == .seconds(1_149_580_800) + .microseconds(16_817))
        #expect(abs(try #require(measurement.voltage) - 133_987) < 1)
        let sample = measurement.sample(at: Instant(nanoseconds: 5), nominalVoltage: 133_987)
        #expect(sample?.voltage == 1000)
        #expect(sample?.at == Instant(nanoseconds: 5))
    }

    @Test func readsFloatingNumbersAndTheWholeFraction() throws {
        // The golden frames with FREQ and DFREQ as floats: 49.975 Hz, −0.25 Hz/s, and a fraction above 2²³.
        var bytes = GoldenFrame.configuration
        bytes[39] |= 8
        let configuration = try SynchrophasorConfiguration.read(SynchrophasorFrame.read(signed(bytes)))
        var data = Array(GoldenFrame.data[..<32])
        for value in [Float(49.975), Float(-0.25)] {
            data += withUnsafeBytes(of: value.bitPattern.bigEndian, Array.init)
        }
        data += GoldenFrame.data[36...]
        data[3] = UInt8(data.count)
        data[11] = 0x8C
        let measurement = try SynchrophasorMeasurement.read(
            SynchrophasorFrame.read(signed(data)), configuration)
        #expect(abs(try #require(measurement.frequency).value - 49_975_000) < 5)
        #expect(measurement.rocof == -250)
        #expect(measurement.time > .seconds(1_149_580_809))
    }

    @Test(
        arguments: [(0x4000, .unitError), (0x8000, .test), (0xC000, .error), (0x2000, .good)]
            as [(UInt16, SynchrophasorMeasurement.Validity)])
    func theUnitsOwnWordCounts(status: UInt16, validity: SynchrophasorMeasurement.Validity) throws {
        var bytes = GoldenFrame.data
        (bytes[14], bytes[15]) = (UInt8(status >> 8), UInt8(truncatingIfNeeded: status))
        let measurement = try SynchrophasorMeasurement.read(
            SynchrophasorFrame.read(signed(bytes)), configuration())
        #expect(measurement.validity == validity)
        let sample = measurement.sample(at: Instant(nanoseconds: 0), nominalVoltage: nil)
        #expect((sample == nil) == (validity != .good))
        if status == 0x2000 { #expect(sample?.timeQuality == .unlocked) }
    }

    @Test func writesTheCommand() {
        let command = SynchrophasorFrame.command(.start, idCode: 7734, second: 1_149_591_600, fraction: 770_000)
        #expect(command == GoldenFrame.command)
    }

    @Test func refusesWhatIsDamaged() throws {
        for index in GoldenFrame.data.indices {
            var bytes = GoldenFrame.data
            bytes[index] ^= 0x10
            #expect(throws: SynchrophasorFrame.Fault.self) { try SynchrophasorFrame.read(bytes) }
        }
        var short = GoldenFrame.data
        short.removeLast()
        #expect(throws: SynchrophasorFrame.Fault.size(52)) { try SynchrophasorFrame.read(short) }
        // Well framed, but shorter than its configuration says.
        let cut = signed(Array(GoldenFrame.data[..<20]) + [0, 0], size: 22)
        let frame = try SynchrophasorFrame.read(cut)
        #expect(throws: SynchrophasorFrame.Fault.truncated) {
            try SynchrophasorMeasurement.read(frame, configuration())
        }
    }

    @Test func randomBytesNeverCrashAnything() {
        var random = SystemRandom(state: 3)
        var stream = SynchrophasorStream()
        for _ in 0..<300 {
            var bytes = Bool.random(using: &random) ? GoldenFrame.configuration : GoldenFrame.data
            for _ in 0..<8 { bytes[Int(random.next() % UInt64(bytes.count - 2))] = UInt8(random.next() & 0xFF) }
            let sealed = signed(bytes)
            stream.take(sealed) { frame in
                _ = try? SynchrophasorConfiguration.read(frame)
                if let configuration = try? configuration() {
                    _ = try? SynchrophasorMeasurement.read(frame, configuration)
                }
            }
        }
        #expect(stream.skipped > 0)
    }

    @Test func findsFramesInAStreamHoweverItIsCut() {
        let noise: [UInt8] = [0xAA, 0, 0xAA, 1, 2, 3]
        let bytes =
            noise + GoldenFrame.configuration + GoldenFrame.data + [0xAA, 0xFF, 3] + GoldenFrame.header
            + GoldenFrame.data
        for piece in [1, 7, 64, 5000] {
            var stream = SynchrophasorStream()
            var kinds: [SynchrophasorFrame.Kind] = []
            for start in stride(from: 0, to: bytes.count, by: piece) {
                stream.take(bytes[start..<min(bytes.count, start + piece)]) { kinds.append($0.kind) }
            }
            #expect(kinds == [.configuration2, .data, .header, .data])
        }
        var stream = SynchrophasorStream()
        var count = 0
        stream.takeDatagram(GoldenFrame.data.dropLast(3)) { _ in count += 1 }
        stream.takeDatagram(GoldenFrame.data) { _ in count += 1 }
        #expect(count == 1)
    }
}

/// Gives changed bytes a size and a check word that fit.
func signed(_ bytes: [UInt8], size: Int? = nil) -> [UInt8] {
    var bytes = bytes
    if let size { (bytes[2], bytes[3]) = (UInt8(size >> 8), UInt8(size & 0xFF)) }
    let check = CRC16.ccittFalse(bytes[..<(bytes.count - 2)])
    (bytes[bytes.count - 2], bytes[bytes.count - 1]) = (UInt8(check >> 8), UInt8(check & 0xFF))
    return bytes
}

struct SystemRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 29
    }
}

@Suite struct SynchrophasorSessionTests {
    private let ask = SynchrophasorFrame.command(.sendConfiguration2, idCode: 7734, second: 9)
    private let begin = SynchrophasorFrame.command(.start, idCode: 7734, second: 9)

    private func instant(_ seconds: Int64) -> Instant { Instant(nanoseconds: 0) + .seconds(seconds) }

    @Test(arguments: [SynchrophasorSession.Transport.tcp, .udp])
    func asksStartsAndListens(transport: SynchrophasorSession.Transport) {
        var session = SynchrophasorSession(transport: transport, stream: 7734)
        var actions: [SynchrophasorSession.Action] = []
        session.start(now: instant(0), into: &actions)
        session.connected(second: 9, now: instant(0), into: &actions)
        #expect(actions == [.connect, .send(ask)])
        actions = []
        // Data before the configuration cannot be read.
        session.receive(GoldenFrame.data, second: 9, now: instant(1), into: &actions)
        #expect(actions.isEmpty)
        session.receive(GoldenFrame.configuration, second: 9, now: instant(1), into: &actions)
        #expect(actions == [.send(begin), .note(.configured(rate: 30))])
        actions = []
        session.receive(GoldenFrame.data, second: 9, now: instant(2), into: &actions)
        #expect(actions.count == 1 && session.isStreaming)
        actions = []
        session.stop(second: 9, into: &actions)
        #expect(actions == [.send(SynchrophasorFrame.command(.stop, idCode: 7734, second: 9)), .close])
    }

    @Test func asksAgainWhenTheConfigurationChanges() {
        var session = streaming()
        var actions: [SynchrophasorSession.Action] = []
        var changed = GoldenFrame.data
        changed[14] = 0x04
        session.receive(signed(changed) + GoldenFrame.data, second: 9, now: instant(3), into: &actions)
        #expect(actions.dropFirst() == [.note(.configurationChanged), .send(ask)])
        actions = []
        session.receive(GoldenFrame.configuration + GoldenFrame.data, second: 9, now: instant(3), into: &actions)
        #expect(actions.count == 3 && session.isStreaming)
    }

    @Test func waitsLongerEachTimeAndNotForeverForASilentUnit() {
        var session = SynchrophasorSession(transport: .tcp, stream: 7734)
        var actions: [SynchrophasorSession.Action] = []
        var now = instant(0)
        session.start(now: now, into: &actions)
        var pauses: [Int64] = []
        for _ in 0..<9 {
            session.closed(now: now, into: &actions)
            let wake = session.wakeAt ?? now
            pauses.append((wake - now).nanoseconds / 1_000_000_000)
            now = wake
            session.timer(now: now, into: &actions)
        }
        #expect(pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60])

        var silent = streaming()
        actions = []
        silent.timer(now: instant(3), into: &actions)
        #expect(actions.isEmpty)
        silent.timer(now: instant(8), into: &actions)
        #expect(actions == [.note(.silent), .close])
        actions = []
        silent.timer(now: instant(9), into: &actions)
        #expect(actions == [.connect])
    }

    private func streaming() -> SynchrophasorSession {
        var session = SynchrophasorSession(transport: .tcp, stream: 7734)
        var actions: [SynchrophasorSession.Action] = []
        session.start(now: instant(0), into: &actions)
        session.connected(second: 9, now: instant(0), into: &actions)
        session.receive(GoldenFrame.configuration + GoldenFrame.data, second: 9, now: instant(2), into: &actions)
        return session
    }
}
