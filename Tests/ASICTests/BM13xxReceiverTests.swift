import ASIC
import Testing

@Suite struct BM13xxReceiverTests {
    let nonceFrame = bytes("AA 55 4C 03 52 75 0C D2 05 A2 9C")
    let nonce = Response.nonce(.init(wireNonce: 0x4C03_5275, excess: 0x0C, result: 0xD2, roll: 0x05A2))

    @Test func aLostByteCostsOneFrame() {
        for lost in nonceFrame.indices {
            var damaged = nonceFrame
            damaged.remove(at: lost)
            var receiver = ResponseReceiver(length: .eleven)
            let found = (damaged + nonceFrame + nonceFrame).compactMap { receiver.receive($0) }
            #expect(found == [nonce, nonce], "lost byte \(lost)")
            #expect(receiver.skippedByteCount == 10)
        }
    }

    @Test func aFlippedBitIsCountedAndSkipped() {
        for bit in 16..<88 {
            var damaged = nonceFrame
            damaged[bit / 8] ^= 1 << (bit % 8)
            var receiver = ResponseReceiver(length: .eleven)
            let found = (damaged + nonceFrame).compactMap { receiver.receive($0) }
            #expect(found == [nonce], "flipped bit \(bit)")
            #expect(receiver.checksumErrorCount == 1)
            #expect(receiver.frameCount == 1)
        }
    }

    @Test func addedBytesBetweenFramesAreSkipped() {
        var receiver = ResponseReceiver(length: .eleven)
        let stream = [0xAA] + nonceFrame + [0xAA, 0xAA, 0x55, 0x00] + nonceFrame + [0x55]
        // The false preamble swallows the start of the second frame until its checksum fails; nothing is lost.
        #expect(stream.compactMap { receiver.receive($0) } == [nonce, nonce])
    }

    @Test func bothLengthsAreFoundWhileTheLengthIsUnknown() {
        var receiver = ResponseReceiver(length: nil)
        let fresh = bytes("AA 55 00 00 C1 00 00 18 02")
        let found = (fresh + nonceFrame + fresh).compactMap { receiver.receive($0) }
        let register = Response.register(.init(value: 0xC100, chip: 0, register: .miscControl))
        #expect(found == [register, nonce, register])
    }

    @Test func aNineByteFrameInsideARefusedElevenByteWindowIsFound() {
        var receiver = ResponseReceiver(length: nil)
        let fresh = bytes("AA 55 00 00 C1 00 00 18 02")
        #expect(([0xAA, 0x55] + fresh).compactMap { receiver.receive($0) }.count == 1)
        #expect(([0xAA, 0x55, 0x00] + fresh + fresh).compactMap { receiver.receive($0) }.count == 2)
    }

    @Test func noBytesWhateverStopTheReceiver() {
        var random = SplitMix64(seed: 0xB13)
        var found = 0
        for length in [Response.Length.nine, .eleven, nil] {
            var receiver = ResponseReceiver(length: length)
            for round in 0..<2000 {
                // Noise that is rich in preambles, and a good frame now and then.
                for _ in 0..<Int(random.next() % 24) {
                    let byte: UInt8 = [0xAA, 0x55, UInt8(truncatingIfNeeded: random.next())][Int(random.next() % 3)]
                    _ = receiver.receive(byte)
                }
                receiver.discard()
                if round % 4 == 0, length != .nine {
                    found += nonceFrame.compactMap { receiver.receive($0) }.count
                }
            }
            #expect(receiver.frameCount < 2000)
        }
        #expect(found >= 990)
    }
}

/// A small seeded generator, so that a failing run can be repeated.
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}
