import Base
import Grid
import Testing

@Suite struct WaveReplayTests {
    private let start = Instant(nanoseconds: 5_000_000_000)

    /// A WAV file of 16-bit PCM in one channel.
    private func wave(rate: UInt16, samples: [Int16] = [1, 2], format: UInt16 = 1) -> [UInt8] {
        func word(_ value: UInt16) -> [UInt8] { [UInt8(value & 0xFF), UInt8(value >> 8)] }
        let data = samples.flatMap { word(UInt16(bitPattern: $0)) }
        return Array("RIFF".utf8) + [0, 0, 0, 0] + Array("WAVEfmt ".utf8) + [16, 0, 0, 0] + word(format) + word(1)
            + word(rate) + word(0) + word(0) + word(0) + word(2) + word(16) + Array("data".utf8)
            + word(UInt16(data.count)) + [0, 0] + data
    }

    private func fault(_ bytes: [UInt8], speed: Int = 1) -> WaveReplay.Fault? {
        var replay = WaveReplay(.init(nominal: Millihertz(50_000)), start: start, speed: speed)
        replay.take(bytes) { _ in Issue.record("a reading of nothing") }
        return replay.fault
    }

    /// The Wuhan recording, 482 s at 400 samples a second, a hundred times as fast: what is due is read, and no more.
    @Test func aRecordingIsPlayedAsItComesDueWithItsOwnTimes() throws {
        let file = try Recording.bytes("wuhan-mains-400Hz.wav")
        var replay = WaveReplay(.init(nominal: Millihertz(50_000)), start: start, speed: 100)
        var place = 0
        var readings: [MainsReading] = []
        var largest = 0
        for tick in 0...60 {
            let now = start + .milliseconds(100) * tick
            while !replay.isOver {
                let due = replay.due(now: now)
                guard due > 0, place < file.count else { break }
                let piece = file[place..<min(place + due, file.count)]
                largest = max(largest, piece.count)
                place += piece.count
                replay.take(piece) { readings.append($0) }
            }
            // Ten seconds of the recording in a tenth: 4000 samples of two bytes behind a header of 44.
            if tick == 10 { #expect(abs(place - (44 + 2 * 40_000)) <= 2) }
        }
        #expect(replay.isOver && replay.fault == nil)
        #expect(largest <= 8000)
        #expect(readings.count > 48_000)
        let last = try #require(readings.last?.slow)
        #expect(last.at > start + .seconds(481) && last.at < start + .seconds(482))
        #expect(
            readings.allSatisfy { ($0.slow?.frequency.hertz ?? 50) > 49.9 && ($0.slow?.frequency.hertz ?? 50) < 50.1 })
        #expect(readings.contains { if case .flaw(.offset) = $0.event { true } else { false } })
    }

    @Test func whatCannotBePlayedIsNamed() {
        #expect(fault(Array("t,f_hz\n0,50.01\n".utf8)) == .unreadable(.notWave))
        #expect(fault(wave(rate: 400, format: 3)) == .unreadable(.unsupported(format: 3, bits: 16)))
        #expect(fault(wave(rate: 199)) == .tooCoarse(sampleRate: 199))
        #expect(fault(wave(rate: 200)) == nil)
        #expect(fault(wave(rate: 48_000), speed: 2) == nil)
        #expect(fault(wave(rate: 48_000), speed: 3) == .tooFast(sampleRate: 48_000))
    }

    @Test func aFileWithoutSamplesNeverBegins() {
        var replay = WaveReplay(.init(nominal: Millihertz(50_000)), start: start)
        replay.take(wave(rate: 400, samples: [])) { _ in }
        #expect(!replay.hasBegun && replay.isOver && replay.due(now: start + .seconds(9)) == 0)
    }
}
