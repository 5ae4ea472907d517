import Base
import Buses
import Rig
import Testing

/// A line that remembers how it was driven, and lets somebody else act between a write and the look after it.
private final class WatchedLine: OutputLine {
    var states: [Bool] = []
    var isBroken = false
    var afterWrite: (() -> Void)?

    func set(_ active: Bool) throws(BusFault) {
        if isBroken { throw BusFault(.unplugged, bus: BusName(.gpio, 0), operation: "set") }
        states.append(active)
        let action = afterWrite
        afterWrite = nil
        action?()
    }

    func isActive() throws(BusFault) -> Bool { states.last ?? false }
}

@Suite struct BoardLinesTests {
    private let reset = WatchedLine()
    private let enable = WatchedLine()
    private let lines: BoardLines

    init() { lines = BoardLines(reset: reset, enable: enable) }

    private func at(_ seconds: UInt64) -> Instant { Instant(nanoseconds: seconds * 1_000_000_000) }

    @Test func chipsLeaveResetOnlyWhenBothTheChainAndTheControllerLetThemGo() throws {
        try lines.chainReset.set(false)
        #expect(reset.states.last == true)
        try lines.hold(false)
        #expect(reset.states.last == false)
        try lines.chainReset.set(true)
        #expect(reset.states.last == true)
        try lines.chainReset.set(false)
        try lines.hold(true)
        #expect(reset.states.last == true)
    }

    @Test func enablingIsALeaseThatEndsByItself() throws {
        try lines.hold(false)
        try lines.chainReset.set(false)
        try lines.enable(until: at(3))
        #expect(enable.states == [true])
        #expect(try !lines.expire(now: at(2)))
        try lines.enable(until: at(4))
        #expect(try !lines.expire(now: at(3)))
        #expect(lines.expiry == at(4))
        #expect(try lines.expire(now: at(4)))
        #expect(enable.states.last == false)
        #expect(reset.states.last == true)
        #expect(lines.expiry == nil)
        #expect(try !lines.expire(now: at(5)))
    }

    /// The other thread changes its wish right after this one's write: the line ends as all wishes demand.
    @Test func aWishThatComesInBetweenIsNotLost() throws {
        try lines.hold(false)
        reset.afterWrite = { [lines] in #expect(throws: Never.self) { try lines.hold(true) } }
        try lines.chainReset.set(false)
        #expect(reset.states.last == true)

        enable.afterWrite = { [lines] in #expect(throws: Never.self) { try lines.disable() } }
        try lines.enable(until: at(9))
        #expect(enable.states.last == false)
    }

    @Test func aLineThatCannotBeDrivenIsToldAndTriedAgain() throws {
        try lines.enable(until: at(3))
        enable.isBroken = true
        #expect(throws: BusFault.self) { try lines.disable() }
        enable.isBroken = false
        try lines.disable()
        #expect(enable.states.last == false)
    }
}
