import Base
import Grid
import Testing

@Suite struct NumericFeedTests {
    private let now = Instant(nanoseconds: 7)

    @Test func readsFrequencyAndVoltage() throws {
        #expect(try NumericFeed.read(Array("49.987".utf8), at: now).frequency == Microhertz(49_987_000))
        #expect(try NumericFeed.read(Array("50\n".utf8), at: now).voltage == nil)
        let both = try NumericFeed.read(Array(" 59.9871239 1.013 ".utf8), at: now)
        #expect(both == MeterSample(frequency: Microhertz(59_987_123), voltage: 1013, at: now))
    }

    @Test(
        arguments: [
            ("", .notANumber), ("nan", .notANumber), ("49,98", .notANumber), ("50 1 1", .notANumber),
            ("5.", .notANumber),
            ("1e2", .notANumber), ("-50", .outOfRange), ("50 9.5", .outOfRange), ("1000", .outOfRange),
            (String(repeating: "5", count: 65), .tooLong),
        ] as [(String, NumericFeed.Fault)])
    func refuses(text: String, fault: NumericFeed.Fault) {
        #expect(throws: fault) { try NumericFeed.read(Array(text.utf8), at: now) }
    }

    @Test func cutsAStreamIntoLinesAndCountsBadOnes() {
        var feed = NumericFeed()
        var values: [Int32] = []
        let text = "49.9\r\n50.1\nwhat\n" + String(repeating: "1", count: 500) + "\n50.2\n50."
        for byte in text.utf8 { feed.take([byte], at: now) { values.append($0.frequency.value) } }
        #expect(values == [49_900_000, 50_100_000, 50_200_000])
        #expect(feed.refused == 2 && feed.lastFault == .tooLong)
    }
}

@Suite struct TraceReaderTests {
    private func read(_ text: String, piece: Int = 1000) -> ([TraceReader.Row], TraceReader.Fault?) {
        var reader = TraceReader(nominalVoltage: 230)
        var rows: [TraceReader.Row] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: piece) {
            reader.take(bytes[start..<min(bytes.count, start + piece)]) { rows.append($0) }
        }
        reader.finish { rows.append($0) }
        return (rows, reader.fault)
    }

    @Test func readsTimesOfBothKindsAndVoltages() {
        let text =
            "utc,f_hz,v_l1_n_volt,v_l2_n_volt,basis\n2024-02-28T23:59:59.5Z,49.9,230,115.0,\"a\"\n"
            + "2024-03-01T00:00:00Z,50.001,231,232,b\n2024-03-01T00:00:01Z,,1,1,no frequency\n2024-03-01T00:00:02Z,NaN,NaN,NaN,"
        for piece in [1, 9, 1000] {
            let (rows, fault) = read(text, piece: piece)
            #expect(fault == nil)
            #expect(
                rows == [
                    .init(time: .zero, frequency: Microhertz(49_900_000), voltage: 500),
                    // Over a leap day.
                    .init(time: .milliseconds(86_400_500), frequency: Microhertz(50_001_000), voltage: 1004),
                ])
        }
        #expect(read("f_hz,t,v_pu\n50,3,1\n50.1,3.02,0.95").0.last?.time == .milliseconds(20))
    }

    @Test(
        arguments: [
            ("t,hz\n1,2", .missingColumn("f_hz")), ("f_hz\n50", .missingColumn("utc or t")),
            ("", .missingColumn("f_hz")),
            ("t,f_hz\nx,50", .badTime(line: 2)), ("t,f_hz\n1,50\n2,5o", .badNumber(line: 3)),
            ("t,f_hz\n1,50\n1,50", .notLater(line: 3)), ("utc,f_hz\n2024-13-01T00:00:00Z,50", .badTime(line: 2)),
            ("t,f_hz\n" + String(repeating: "1", count: 600) + "\n", .lineTooLong),
        ] as [(String, TraceReader.Fault)])
    func saysWhatIsWrong(text: String, fault: TraceReader.Fault) {
        #expect(read(text).1 == fault)
    }

    @Test func replaysAtAnySpeed() {
        let rows = read("t,f_hz\n0,50\n2,49.9\n4,49.8").0
        let start = Instant(nanoseconds: 1_000_000_000)
        var replay = Replay(rows, start: start, speed: 4)
        #expect(replay.take(now: start)?.frequency == Microhertz(50_000_000))
        #expect(replay.take(now: start) == nil)
        #expect(replay.wakeAt == start + .milliseconds(500))
        let second = replay.take(now: start + .milliseconds(500))
        #expect(second?.at == start + .seconds(2))
        #expect(replay.take(now: start + .seconds(9)) != nil)
        #expect(replay.wakeAt == nil)
    }
}

@Suite struct WaveReaderTests {
    private func wave(format: UInt16 = 1, channels: UInt16 = 2, bits: UInt16 = 16, samples: [Int16]) -> [UInt8] {
        func word(_ value: UInt16) -> [UInt8] { [UInt8(value & 0xFF), UInt8(value >> 8)] }
        let data = samples.flatMap { word(UInt16(bitPattern: $0)) }
        return Array("RIFF".utf8) + [0, 0, 0, 0] + Array("WAVELIST".utf8) + [3, 0, 0, 0, 9, 9, 9, 0]
            + Array("fmt ".utf8) + [16, 0, 0, 0] + word(format) + word(channels) + word(400) + word(0)
            + word(0) + word(0) + word(4) + word(bits) + Array("data".utf8)
            + word(UInt16(data.count)) + [0, 0] + data + [1, 2, 3]
    }

    @Test func readsTheFirstChannel() {
        var reader = WaveReader()
        var samples: [Int16] = []
        for byte in wave(samples: [1, -1, -300, 5, 32767, 0]) { reader.take([byte]) { samples.append($0) } }
        #expect(samples == [1, -300, 32767])
        #expect(reader.sampleRate == 400 && reader.fault == nil)
    }

    @Test func refusesOtherFormats() {
        var reader = WaveReader()
        reader.take(wave(format: 3, samples: [1, 2])) { _ in }
        #expect(reader.fault == .unsupported(format: 3, bits: 16))
        var text = WaveReader()
        text.take(Array("utc,f_hz,volt\n".utf8)) { _ in }
        #expect(text.fault == .notWave)
    }
}

@Suite struct SourcePolicyTests {
    @Test func silenceOfOnesOwnSensorHoldsAndOfAContractCurtails() {
        let local = SourcePolicy.standard(.localSensing)
        let contract = SourcePolicy.standard(.contract)
        let heard = Instant(nanoseconds: 1_000_000_000)
        #expect(local.verdict(heard: heard, now: heard + .milliseconds(50)) == nil)
        #expect(local.verdict(heard: heard, now: heard + .milliseconds(51)) == .holdAndDisarm)
        #expect(contract.verdict(heard: heard, now: heard + .seconds(240)) == nil)
        #expect(contract.verdict(heard: heard, now: heard + .seconds(241)) == .curtail)
        #expect(contract.verdict(heard: nil, now: heard) == .curtail)
    }
}
