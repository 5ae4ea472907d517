import Base
import Mining
import Testing

/// A seeded generator (SplitMix64), so that a failure repeats.
private struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}

/// A stretch of nonces of one header.
private struct Stretch: Comparable {
    var extranonce2: UInt64
    var time: UInt32
    var version: UInt32
    var nonces: Range<UInt64>

    var header: [UInt64] { [extranonce2, UInt64(time), UInt64(version)] }

    static func of(_ work: Work) -> [Stretch] {
        (0..<Int(work.variantCount)).compactMap { slot in
            work.header(slot: slot).map {
                Stretch(
                    extranonce2: work.extranonce2.value, time: $0.time, version: $0.version,
                    nonces: UInt64($0.nonce)..<UInt64($0.nonce) + work.nonceCount)
            }
        }
    }

    static func < (a: Stretch, b: Stretch) -> Bool {
        a.header != b.header
            ? a.header.lexicographicallyPrecedes(b.header) : a.nonces.lowerBound < b.nonces.lowerBound
    }
}

@Suite struct WorkSourceTests {
    private let start = Instant(nanoseconds: 5_000_000_000)

    private func template(
        size: Int = 4, mask: VersionMask? = VersionMask(granted: 0x6000), timeWindow: UInt32 = 1
    ) throws -> WorkTemplate {
        try KnownJob.recorded.work(
            extranonce1: "4128064f", extranonce2Size: size, mask: mask, difficulty: Difficulty(1),
            timeWindow: timeWindow)
    }

    /// Deals out whole small spaces in pieces of random kind and size, with the clock standing still, until nothing
    /// is left: then every nonce of every header must have been dealt exactly once.
    @Test(arguments: 0..<60)
    func piecesCoverTheSpaceExactlyOnce(seed: Int) throws {
        var random = Seeded(state: UInt64(seed))
        let masks: [UInt32?] = [nil, 0, 0x2000, 0x1000_2000, 0x0101_4000]
        let mask = masks[Int.random(in: 0..<5, using: &random)].map { VersionMask(granted: $0) }
        let window = UInt32.random(in: 0...3, using: &random)
        let first = UInt64.random(in: 252...255, using: &random)
        let template = try template(size: 1, mask: mask, timeWindow: window)
        var source = WorkSource(template, receivedAt: start, firstExtranonce2: first)

        var stretches: [Stretch] = []
        var finished = [false, false, false]
        while finished.contains(false) {
            let kind = Int.random(in: 0...2, using: &random)
            do throws(WorkExhausted) {
                let work =
                    switch kind {
                    case 0: try source.nextVersionSpace(now: start)
                    case 1: try source.nextVersions(upTo: .random(in: 1...5, using: &random), now: start)
                    default: try source.nextNonces(upTo: .random(in: 1 << 30...1 << 33, using: &random), now: start)
                    }
                stretches += Stretch.of(work)
            } catch {
                finished[kind] = true
            }
        }

        stretches.sort()
        var headers: [[UInt64]] = []
        var end: UInt64 = 1 << 32
        for stretch in stretches {
            if stretch.header != headers.last {
                #expect(end == 1 << 32, "a header before \(stretch) has nonces left")
                headers.append(stretch.header)
                end = 0
            }
            #expect(stretch.nonces.lowerBound == end, "gap or overlap at \(stretch)")
            end = stretch.nonces.upperBound
        }
        #expect(end == 1 << 32)
        #expect(Set(headers).count == headers.count)
        #expect(UInt64(headers.count) == (256 - first) * UInt64(window + 1) * (mask?.variantCount ?? 1))
    }

    /// The clock moves on between draws: times are skipped, but still nothing is dealt twice, and no time leaves the
    /// window.
    @Test(arguments: 0..<20)
    func nothingIsDealtTwiceAsTimePasses(seed: Int) throws {
        var random = Seeded(state: 1000 + UInt64(seed))
        let template = try template(timeWindow: 20)
        var source = WorkSource(template, receivedAt: start)
        var now = start
        var stretches: [Stretch] = []
        for _ in 0..<400 {
            now = now + .milliseconds(Int.random(in: 0...150, using: &random))
            let work =
                switch Int.random(in: 0...2, using: &random) {
                case 0: try source.nextVersionSpace(now: now)
                case 1: try source.nextVersions(upTo: .random(in: 1...5, using: &random), now: now)
                default: try source.nextNonces(upTo: .random(in: 1 << 30...1 << 32, using: &random), now: now)
                }
            #expect(template.times.contains(work.header.time))
            stretches += Stretch.of(work)
        }
        stretches.sort()
        for (a, b) in zip(stretches, stretches.dropFirst()) where a.header == b.header {
            #expect(a.nonces.upperBound <= b.nonces.lowerBound, "\(a) and \(b) overlap")
        }
    }

    @Test func theOrderIsNonceVersionTimeExtranonce() throws {
        var source = WorkSource(try template(mask: VersionMask(granted: 0x2000)), receivedAt: start)
        var dealt: [String] = []
        for _ in 0..<9 {
            let work = try source.nextNonces(upTo: 1 << 31, now: start)
            let seconds = work.header.time - source.template.times.lowerBound
            let half = work.header.nonce >> 31
            dealt.append("\(work.extranonce2.value) \(seconds) \(work.header.version & 0x2000) \(half)")
        }
        #expect(
            dealt == [
                "0 0 0 0", "0 0 0 1", "0 0 8192 0", "0 0 8192 1", "0 1 0 0", "0 1 0 1", "0 1 8192 0", "0 1 8192 1",
                "1 0 0 0",
            ])
    }

    @Test func theLastNonceOfAHeaderIsDealtToo() throws {
        var source = WorkSource(try template(), receivedAt: start)
        #expect(try source.nextNonces(upTo: 0xFFFF_FFFF, now: start).nonceCount == 0xFFFF_FFFF)
        let last = try source.nextNonces(upTo: 1000, now: start)
        #expect(last.header.nonce == 0xFFFF_FFFF)
        #expect(last.nonceCount == 1)
        #expect(try source.nextNonces(upTo: 1000, now: start).header.nonce == 0)
    }

    @Test func headerTimesFollowTheClockWithinTheWindow() throws {
        let jobTime = KnownJob.recorded.time
        var source = WorkSource(try template(timeWindow: 600), receivedAt: start)
        func time(after age: Duration) throws -> UInt32 {
            try source.nextVersionSpace(now: start + age).header.time - jobTime
        }
        #expect(try time(after: .seconds(-3)) == 0)
        #expect(try time(after: .zero) == 1)
        #expect(try time(after: .milliseconds(30_900)) == 30)
        #expect(try time(after: .seconds(31)) == 31)
        #expect(try time(after: .seconds(31)) == 32)
        #expect(try time(after: .seconds(600)) == 600)
        #expect(source.nextExtranonce2 == 1)
        #expect(try time(after: .seconds(7000)) == 600)
        #expect(try time(after: .seconds(7000)) == 600)
        #expect(source.nextExtranonce2 == 3)
    }

    @Test func theEndOfTimeIsNoTrap() throws {
        var job = KnownJob.recorded
        job.time = .max - 1
        let template = try job.work(extranonce1: "", mask: nil, difficulty: Difficulty(1))
        #expect(template.times == UInt32.max - 1...UInt32.max)
        var source = WorkSource(template, receivedAt: start)
        let times = try (0..<3).map { _ in try source.nextVersionSpace(now: start).header.time }
        #expect(times == [.max - 1, .max, .max - 1])
        #expect(try source.nextVersionSpace(now: start + .seconds(10_000_000_000)).header.time == .max)
    }

    @Test func aSourceThatReplacesAnotherTakesUpUnusedExtranonces() throws {
        let template = try template()
        var source = WorkSource(template, receivedAt: start, firstExtranonce2: 7)
        #expect(source.nextExtranonce2 == 7)
        _ = try source.nextNonces(upTo: 1, now: start)
        #expect(source.nextExtranonce2 == 8)
        for _ in 0..<8 { _ = try source.nextVersionSpace(now: start) }
        #expect(source.nextExtranonce2 == 12)
    }

    @Test func anExtranonceThatIsUsedUpIsReported() throws {
        let template = try template(size: 1, mask: nil, timeWindow: 0)
        var source = WorkSource(template, receivedAt: start, firstExtranonce2: 255)
        #expect(try source.nextVersionSpace(now: start).extranonce2.text == "ff")
        #expect(source.nextExtranonce2 == nil)
        #expect(throws: WorkExhausted.self) { try source.nextNonces(upTo: 1, now: start) }
        var beyond = WorkSource(template, receivedAt: start, firstExtranonce2: 256)
        #expect(throws: WorkExhausted.self) { try beyond.nextVersionSpace(now: start) }
    }

    @Test func aChipThatRollsVersionsGetsThemAll() throws {
        let template = try template(mask: VersionMask(granted: 0x1FFF_E000))
        var source = WorkSource(template, receivedAt: start)
        _ = try source.nextNonces(upTo: 1000, now: start)
        let work = try source.nextVersionSpace(now: start)
        #expect(work.firstVariant == 0)
        #expect(work.variantCount == 65536)
        #expect(work.nonceCount == 1 << 32)
        #expect(work.header.version == 0x2000_0000)
        #expect(try source.nextNonces(upTo: .max, now: start).header.nonce == 1000)
    }
}
