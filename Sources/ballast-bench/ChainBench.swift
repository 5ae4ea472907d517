import ASIC
import Base
import Buses
import Mining
import Platform
import Rig
import SHA256
import Twin

extension Benchmark {
    static var chain: Benchmark {
        Benchmark(
            name: "chain", options: "[--rounds N] [--json]",
            summary: "Hash boards: nonces and jobs a second on one thread, and the load of three boards of 126 chips."
        ) { (options: inout Options) throws(BenchmarkError) in
            let rounds = try options.takeNumber("--rounds", in: 1...1000) ?? 9
            let isJSON = options.takeFlag("--json")
            try options.finish()
            try ChainBench().run(rounds: rounds, isJSON: isJSON)
        }
    }

    static var chainCount: Benchmark {
        Benchmark(
            name: "chain-count", options: "nonces|jobs|polls NUMBER",
            summary: "Does so much on a hash board, for counting instructions and allocations from outside."
        ) { (options: inout Options) throws(BenchmarkError) in
            let part = try options.takeWord("what to do")
            let count = Int(try options.takeWord("how often"))
            try options.finish()
            guard let count, count > 0 else { throw .usage("how often must be a number above 0") }
            let bench = try ChainBench()
            switch part {
            case "nonces": try bench.handleNonces(count)
            case "jobs": bench.sendJobs(count)
            case "polls": bench.poll(count)
            default: throw .usage("unknown part \"\(part)\"")
            }
        }
    }
}

/// A board of 126 BM1362 chips that a simulated chain has brought up and found nonces for. These are played to the board
/// again and again: everything from the port's bytes to the decision what becomes of the nonce is the agent's own.
private final class ChainBench {
    private static let chipCount = 126
    /// Zero bits of the nonces that are played: easy ones are found in no time and cost as much to judge.
    private static let zeroBits = 4
    private static let recordedNonces = 2048

    private let clock = ManualClock(now: Instant(nanoseconds: 1_000_000_000))
    private let port: PlayedPort
    private let board: UARTHashBoard
    private let works: [Work]
    private var check = ShareCheck(shareTarget: .largest(withLeadingZeroBits: 64))
    private var judged = 0
    private var wrong = 0

    init() throws(BenchmarkError) {
        let shift = 28
        let model = BM13xxChainModel(
            .bm1362, chipCount: Self.chipCount, hashesPerSecond: 400_000, simulatedShift: shift, now: clock.now)
        model.setSupply(model.usualSupply)
        port = PlayedPort(TwinUART(name: BusName(.uart, 0), chain: model, clock: clock))
        works = try Self.makeWorks()
        do throws(ChainPlanError) {
            let plan = try ChainPlan(
                family: .bm1362, chipCount: Self.chipCount, maximumBaud: 3_125_000, maximumFrequency: .megahertz(525),
                ticketDifficulty: 1 << UInt64(Self.zeroBits + shift - 32 < 0 ? 0 : Self.zeroBits + shift - 32),
                simulatedShift: shift)
            board = UARTHashBoard(
                plan: plan, port: port, resetLine: ChipLine(.reset, of: model, clock: clock), now: clock.now)
        } catch {
            throw .failed("the board's plan is refused")
        }
        try record()
    }

    private static func makeWorks() throws(BenchmarkError) -> [Work] {
        guard let difficulty = Difficulty(1) else { throw .failed("no difficulty 1") }
        let job = JobTemplate(
            id: [0x31], previousHash: Digest(words: SIMD8(repeating: 0x1234_5678)),
            coinbasePrefix: [UInt8](repeating: 1, count: 60), coinbaseSuffix: [UInt8](repeating: 2, count: 90),
            merkleBranches: [], version: 0x2000_0000, bits: 0x1702_3A04, time: 1_750_000_000, isClean: true)
        let template: WorkTemplate
        do throws(WorkTemplateError) {
            template = try WorkTemplate(
                job: job, extranonce: Extranonce(prefix: [1, 2, 3, 4], size: 4),
                versionMask: VersionMask(granted: 0x1FFF_E000), difficulty: difficulty, generation: 1)
        } catch {
            throw .failed("the built-in job is refused")
        }
        var source = WorkSource(template, receivedAt: Instant(nanoseconds: 0))
        var works: [Work] = []
        do throws(WorkExhausted) {
            for _ in 0..<64 { works.append(try source.nextVersionSpace(now: Instant(nanoseconds: 0))) }
        } catch {
            throw .failed("the built-in job has no work left")
        }
        return works
    }

    /// Brings the chips up and lets them find nonces of one job.
    private func record() throws(BenchmarkError) {
        board.start(now: clock.now)
        board.assign(works[0], id: 0, isClean: true, now: clock.now)
        for _ in 0..<60_000 where port.recordedCount < Self.recordedNonces {
            clock.advance(by: .milliseconds(1))
            board.step(now: clock.now)
            for report in board.takeReports() { if case .found(let nonce) = report { judge(nonce) } }
            if port.mode == .live, board.status(now: clock.now).stage == .hashing {
                port.mode = .recording
                board.assign(works[0], id: 0, isClean: true, now: clock.now)
            }
        }
        guard port.recordedCount >= Self.recordedNonces, wrong == 0 else { throw .failed("the chips found nothing") }
        port.mode = .playing
        judged = 0
    }

    private func judge(_ nonce: FoundNonce) {
        judged += 1
        let isValid: Bool
        switch check.check(nonce.solution, of: works[0], ticket: nonce.ticket) {
        case .hardwareError:
            isValid = false
            wrong += 1
        case .belowPool, .duplicate, .share, .block: isValid = true
        }
        board.record(nonce, isValid: isValid, now: clock.now)
    }

    // MARK: Parts

    /// Nonces from bytes to a decision, as they come in at the port.
    func handleNonces(_ count: Int) throws(BenchmarkError) {
        let goal = judged + count
        while judged < goal {
            let before = judged
            port.offer(min(32, goal - judged))
            board.step(now: clock.now)
            for report in board.takeReports() { if case .found(let nonce) = report { judge(nonce) } }
            guard judged > before, wrong == 0 else { throw .failed("a nonce was lost or found wrong") }
        }
    }

    /// Jobs, from the work to the bytes of the frame at the port.
    func sendJobs(_ count: Int) {
        for index in 0..<count {
            // An id rests until its results cannot be on their way any more.
            clock.advance(by: .milliseconds(300))
            board.assign(works[index % works.count], id: UInt64(index), isClean: true, now: clock.now)
        }
    }

    /// Looks at a port that has nothing to say.
    func poll(_ count: Int) {
        for _ in 0..<count {
            board.step(now: clock.now)
            _ = board.takeReports()
        }
    }

    // MARK: Report

    func run(rounds: Int, isJSON: Bool) throws(BenchmarkError) {
        var nonce: [Int] = []
        var hash: [Int] = []
        var poll: [Int] = []
        var job: [Int] = []
        for _ in 0..<rounds {
            nonce.append(try Self.nanoseconds(20_000) { (count) throws(BenchmarkError) in try handleNonces(count) })
            hash.append(try Self.nanoseconds(20_000) { (count) throws(BenchmarkError) in doubleHash(count) })
            poll.append(try Self.nanoseconds(20_000) { (count) throws(BenchmarkError) in self.poll(count) })
        }
        // Jobs last: they replace the one that the nonces are of.
        for _ in 0..<rounds {
            job.append(try Self.nanoseconds(2_000) { (count) throws(BenchmarkError) in sendJobs(count) })
        }
        var output = try Output(
            "chain", columns: ["part", "median_ns", "min_ns", "max_ns", "per_second", "ratio", "rounds"], isJSON: isJSON
        )
        let bound = Self.median(hash)
        for (name, times) in [("nonce", nonce), ("double hash", hash), ("job", job), ("poll", poll)] {
            let time = Self.median(times)
            try output.row([
                .text(name), .integer(time), .integer(times.min() ?? 0), .integer(times.max() ?? 0),
                .integer(1_000_000_000 / max(1, time)), .thousandths(time * 1000 / max(1, bound)), .integer(rounds),
            ])
        }
        let load = Load(nonce: Self.median(nonce), job: Self.median(job), poll: Self.median(poll))
        try output.row([
            .text("3 x 126 chips"), .integer(load.nanosecondsPerSecond), .integer(load.nanosecondsPerSecond),
            .integer(load.nanosecondsPerSecond), .integer(Load.noncesPerSecond),
            .thousandths(load.nanosecondsPerSecond / 1_000_000), .integer(rounds),
        ])
        try output.note(load.verdict)
    }

    /// What three boards cost in a second, by the medians of the parts. The ratio is the share of one processor.
    private struct Load {
        let nonce: Int
        let job: Int
        let poll: Int

        /// S21-class: 126 chips of 0.54 TH/s each, as BM1368 chips do at 425 MHz, report one nonce in 2^40 hashes.
        static let noncesPerSecond = Int(3 * 126 * (540_000_000_000 as Int64) / (1 << 40))
        /// Two jobs a second and board, a look at the port every two milliseconds, and every ten seconds five questions to
        /// every chip, whose answers cost less than nonces.
        var nanosecondsPerSecond: Int {
            (Self.noncesPerSecond + 3 * 126 * 5 / 10) * nonce + 3 * 2 * job + 3 * 500 * poll
        }

        /// The most of one processor that this may take, in percent.
        static let goal = 20

        var verdict: String {
            let share = Decimal.fixed(Double(nanosecondsPerSecond) / 1e7, places: 3)
            let isMet = nanosecondsPerSecond < Self.goal * 10_000_000
            return
                "\(isMet ? "met" : "MISSED"): 3 boards of 126 chips at \(Self.noncesPerSecond) nonces/s take \(share) % of "
                + "one core, goal \(Self.goal) %"
        }
    }

    private func doubleHash(_ count: Int) {
        var header = works[0].header
        for _ in 0..<count {
            let hash = header.hash
            header.nonce = hash.words[0]
        }
        sink = header.nonce
    }

    /// Where results go that nobody wants.
    private var sink: UInt32 = 0

    private static func nanoseconds(
        _ count: Int, _ body: (Int) throws(BenchmarkError) -> Void
    ) throws(BenchmarkError) -> Int {
        let start = Clock.threadProcessorTime
        try body(count)
        return Int((Clock.threadProcessorTime - start).nanoseconds) / count
    }

    private static func median(_ values: [Int]) -> Int { values.sorted()[values.count / 2] }
}

/// A port that passes on what another one says, remembers the nonces, and says them again later.
private final class PlayedPort: UARTPort {
    enum Mode {
        case live, recording, playing
    }

    /// Bytes of a response with a rolled version.
    private static let frameLength = 11

    var mode = Mode.live
    private let live: TwinUART
    private var recorded: [UInt8] = []
    /// The next byte to be played, and how many may be.
    private var next = 0
    private var offered = 0

    init(_ live: TwinUART) {
        self.live = live
    }

    var name: BusName { live.name }
    var recordedCount: Int { recorded.count / Self.frameLength }

    /// Lets the board read so many more nonces.
    func offer(_ count: Int) {
        offered += count * Self.frameLength
    }

    func read(into bytes: inout MutableSpan<UInt8>) throws(BusFault) -> Int {
        guard mode == .playing else {
            let count = try live.read(into: &bytes)
            guard mode == .recording else { return count }
            for index in 0..<count { recorded.append(bytes[index]) }
            dropPartialFrames()
            return count
        }
        let count = min(bytes.count, offered)
        let whole = recorded.count / Self.frameLength * Self.frameLength
        for index in 0..<count {
            bytes[index] = recorded[next]
            next = next + 1 == whole ? 0 : next + 1
        }
        offered -= count
        return count
    }

    /// The recording begins with a nonce, not with the end of something else.
    private func dropPartialFrames() {
        while recorded.count >= Self.frameLength, recorded[0] != 0xAA || recorded[1] != 0x55 || recorded[10] & 0x80 == 0
        {
            recorded.removeFirst()
        }
    }

    func write(_ bytes: Span<UInt8>) throws(BusFault) -> Int {
        mode == .playing ? bytes.count : try live.write(bytes)
    }

    func unsent() throws(BusFault) -> Int { mode == .playing ? 0 : try live.unsent() }

    func setBaud(_ baud: UInt32) throws(BusFault) -> UInt32 { try live.setBaud(baud) }

    func discardInput() throws(BusFault) { try live.discardInput() }

    func sendBreak() throws(BusFault) {}
}
