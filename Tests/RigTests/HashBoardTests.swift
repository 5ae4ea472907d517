import ASIC
import Base
import Buses
import Mining
import Testing

@testable import Rig

/// A serial port that remembers what it was asked, and fails when it is told to.
private final class RecordingPort: UARTPort {
    var name: BusName { BusName(.uart, 1) }
    var written: [UInt8] = []
    var rates: [UInt32] = []
    var inbound: [UInt8] = []
    var fault: BusFault.Kind?
    /// What the port still has to send before it may change its rate.
    var unsentBytes = 0
    var roomPerWrite = Int.max
    var rateError: Int32 = 0

    func check(_ operation: StaticString) throws(BusFault) {
        if let fault { throw BusFault(fault, bus: name, operation: operation) }
    }

    func read(into bytes: inout MutableSpan<UInt8>) throws(BusFault) -> Int {
        try check("read")
        let count = min(bytes.count, inbound.count)
        for index in 0..<count { bytes[index] = inbound[index] }
        inbound.removeFirst(count)
        return count
    }

    func write(_ bytes: Span<UInt8>) throws(BusFault) -> Int {
        try check("write")
        let count = min(bytes.count, roomPerWrite)
        for index in 0..<count { written.append(bytes[index]) }
        return count
    }

    func unsent() throws(BusFault) -> Int { unsentBytes }

    func setBaud(_ baud: UInt32) throws(BusFault) -> UInt32 {
        rates.append(baud)
        return UInt32(Int64(baud) + Int64(rateError))
    }

    func discardInput() throws(BusFault) { inbound = [] }
    func sendBreak() throws(BusFault) {}
}

private final class RecordingLine: OutputLine {
    var states: [Bool] = []
    func set(_ active: Bool) throws(BusFault) { states.append(active) }
    func isActive() throws(BusFault) -> Bool { states.last ?? false }
}

@Suite struct UARTHashBoardTests {
    private let port = RecordingPort()
    private let reset = RecordingLine()

    func at(_ milliseconds: Int64) -> Instant { Instant(nanoseconds: 1_000_000_000) + .milliseconds(milliseconds) }

    func board() throws -> UARTHashBoard {
        let plan = try ChainPlan(
            family: .bm1362, chipCount: 3, maximumBaud: 3_125_000, maximumFrequency: .megahertz(525))
        return UARTHashBoard(plan: plan, port: port, resetLine: reset, now: at(0))
    }

    /// Steps the board every millisecond.
    func run(_ board: UARTHashBoard, from start: Int64, for milliseconds: Int64) -> [BoardReport] {
        var reports: [BoardReport] = []
        for millisecond in start..<start + milliseconds {
            board.step(now: at(millisecond))
            reports += board.takeReports()
        }
        return reports
    }

    @Test func holdsResetThenAsksForChips() throws {
        let board = try board()
        board.start(now: at(0))
        #expect(reset.states == [true])
        _ = run(board, from: 0, for: 1000)
        #expect(reset.states == [true, false])
        // Broadcast read of register 0, the chips' identity.
        let enumeration: [UInt8] = [0x55, 0xAA, 0x52, 0x05, 0x00, 0x00, 0x0A]
        #expect(port.written.indices.contains { port.written[$0...].starts(with: enumeration) })
        #expect(board.status(now: at(1000)).stage == .bringingUp)
    }

    @Test func aClockThatThePlanForbidsIsReportedAndChangesNothing() throws {
        let board = try board()
        board.setFrequency(.megahertz(400), now: at(0))
        #expect(board.takeReports().isEmpty)
        board.setFrequency(.megahertz(600), now: at(0))
        guard case .clockRefused(.frequency(let clock, _)) = board.takeReports().first else {
            Issue.record("the refusal is not reported")
            return
        }
        #expect(clock == .megahertz(600))
    }

    @Test func aBoardWithoutChipsIsRestartedALimitedNumberOfTimesAndEndsInReset() throws {
        let board = try board()
        board.start(now: at(0))
        let reports = run(board, from: 0, for: 200_000)
        let restarts = reports.filter { if case .event(.restarting(.noChips, _)) = $0 { true } else { false } }
        #expect(restarts.count == 5)
        #expect(reports.contains { if case .event(.faulted(.noChips)) = $0 { true } else { false } })
        #expect(reset.states.last == true)
        #expect(board.status(now: at(200_000)).stage == .faulted)
        #expect(board.pollInterval == nil)
    }

    @Test func anUnpluggedPortIsolatesTheBoardWithItsChipsInReset() throws {
        let board = try board()
        board.start(now: at(0))
        _ = run(board, from: 0, for: 500)
        port.fault = .unplugged
        let reports = run(board, from: 500, for: 2)
        guard case .fault(let fault, .retry(after: let delay)) = reports.first else {
            Issue.record("the fault is not reported: \(reports)")
            return
        }
        #expect(fault.kind == .unplugged)
        #expect(delay == .seconds(1))
        #expect(reset.states.last == true)
        #expect(board.status(now: at(502)).stage == .isolated)

        // Plugged in again, it comes up by itself.
        port.fault = nil
        port.written = []
        _ = run(board, from: 502, for: 2000)
        #expect(reset.states.last == false)
        #expect(!port.written.isEmpty)
    }

    @Test func aBusThatNeverWorksIsGivenUpInTheEnd() throws {
        let board = try board()
        port.fault = .unplugged
        board.start(now: at(0))
        let reports = run(board, from: 0, for: 400_000)
        let isolations = reports.compactMap { report -> BoardReport.Isolation? in
            if case .fault(_, let isolation) = report { isolation } else { nil }
        }
        #expect(isolations.count == BusIsolation.limit + 1)
        guard case .givenUp = isolations.last else {
            Issue.record("never given up")
            return
        }
        #expect(board.wakeAt == nil)
        #expect(reset.states.last == true)
        // The operator's start begins anew.
        port.fault = nil
        board.start(now: at(400_000))
        _ = run(board, from: 400_000, for: 500)
        #expect(reset.states.last == false)
    }

    @Test func aPassingFaultIsBorne() throws {
        let board = try board()
        board.start(now: at(0))
        _ = run(board, from: 0, for: 500)
        let resets = reset.states.count
        port.fault = .overrun
        let reports = run(board, from: 500, for: 2)
        port.fault = nil
        #expect(reports.count == 2)
        for case .fault(_, let isolation?) in reports { Issue.record("isolated: \(isolation)") }
        _ = run(board, from: 502, for: 50)
        #expect(reset.states.count == resets)
    }
}

@Suite struct OutgoingQueueTests {
    /// Takes what is next, a few bytes at a time: letters for bytes, numbers for rates.
    func drain(_ queue: inout OutgoingQueue, atMost: Int) -> [String] {
        var order: [String] = []
        while let next = queue.next {
            switch next {
            case .bytes(let range):
                let count = min(atMost, range.count)
                order += queue.bytes[range].prefix(count).map { String(UnicodeScalar($0)) }
                queue.drop(bytes: count)
            case .rate(let rate):
                order.append("\(rate)")
                queue.dropRate()
            }
        }
        return order
    }

    func append(_ bytes: ArraySlice<UInt8>, to queue: inout OutgoingQueue, fits: Bool) {
        let result = queue.append(bytes)
        #expect(result == fits)
    }

    @Test func ratesChangeExactlyBetweenTheBytesAroundThem() {
        var queue = OutgoingQueue()
        append(Array("ab".utf8)[...], to: &queue, fits: true)
        queue.appendRateChange(1)
        queue.appendRateChange(2)
        append(Array("cde".utf8)[...], to: &queue, fits: true)
        let first = drain(&queue, atMost: 2)
        #expect(first == ["a", "b", "1", "2", "c", "d", "e"])
        append(Array("f".utf8)[...], to: &queue, fits: true)
        let second = drain(&queue, atMost: 1)
        #expect(second == ["f"])
    }

    @Test func refusesWhatIsBeyondItsBound() {
        var queue = OutgoingQueue()
        let block = [UInt8](repeating: 0x61, count: UARTHashBoard.outgoingLimit)
        append(block[...], to: &queue, fits: true)
        append([1], to: &queue, fits: false)
        queue.drop(bytes: 1)
        append([1], to: &queue, fits: true)
    }
}
