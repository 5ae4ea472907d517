import Testing

@testable import Rig

/// The table of a board's life, written out a second time by hand: rows are states, and what is not named is refused.
@Suite struct ControlBoardStateTests {
    static let table: [BoardState: [BoardInput: BoardState]] = {
        let whileRunning: [BoardInput: BoardState] = [
            .halt: .stopping, .cut: .stopping, .unplugged: .stopping, .fault: .faulted, .elapsed: .faulted,
            .unsupplied: .faulted,
        ]
        let whileRecovering: [BoardInput: BoardState] = [
            .elapsed: .powering, .halt: .stopping, .cut: .stopping, .unplugged: .stopping, .fault: .faulted,
        ]
        func running(_ own: [BoardInput: BoardState], without left: BoardInput? = nil) -> [BoardInput: BoardState] {
            var row = whileRunning.merging(own) { $1 }
            if let left { row[left] = nil }
            return row
        }
        return [
            .absent: [.plugged: .detected],
            .detected: [.run: .powering, .unplugged: .absent, .fault: .faulted],
            .powering: running([.supplied: .inReset], without: .unsupplied),
            .inReset: running([.elapsed: .enumerating]),
            .enumerating: running([.chainReady: .ramping]),
            .ramping: running([.atTarget: .hashing, .chainRestarting: .enumerating]),
            .hashing: running([.retarget: .ramping, .chainRestarting: .enumerating], without: .elapsed),
            .stopping: [.isOff: .detected, .elapsed: .faulted, .fault: .faulted],
            .faulted: [
                .recover(.reinitialise): .recovering(.reinitialise), .recover(.reset): .recovering(.reset),
                .recover(.powerCycle): .recovering(.powerCycle), .recover(.backOff): .recovering(.backOff),
                .giveUp: .lockedOut, .unplugged: .absent,
            ],
            .recovering(.reinitialise): whileRecovering, .recovering(.reset): whileRecovering,
            .recovering(.powerCycle): whileRecovering, .recovering(.backOff): whileRecovering,
            .lockedOut: [.unlock: .detected, .unplugged: .absent],
        ]
    }()

    @Test(arguments: BoardState.all)
    func followsTheTableAndRefusesEverythingElse(state: BoardState) throws {
        let row = try #require(Self.table[state])
        for input in BoardInput.all {
            #expect(state.next(on: input) == row[input], "\(state) on \(input)")
        }
    }

    @Test func everyStateIsReachedFromAnEmptyConnector() {
        var reached: Set<BoardState> = [.absent]
        for _ in BoardState.all {
            for state in reached { reached.formUnion(BoardInput.all.compactMap(state.next(on:))) }
        }
        #expect(reached == Set(BoardState.all))
    }

    @Test(arguments: BoardState.all)
    func noStateWithItsEnableLineUpOutlivesAHaltACutOrAFault(state: BoardState) {
        guard state.isEnabled else { return }
        for input in [BoardInput.halt, .cut, .fault, .unplugged, .unsupplied] {
            #expect(state.next(on: input)?.isEnabled == false)
        }
    }

    @Test func aBoardIsEnabledOnlyAfterItsSupplyWasFoundRight() {
        for state in BoardState.all where !state.isEnabled {
            for input in BoardInput.all where state.next(on: input)?.isEnabled == true {
                #expect(state == .powering && input == .supplied)
            }
        }
    }

    @Test func onlyAPersonBringsBackALockedOutBoard() {
        for input in BoardInput.all where BoardState.lockedOut.next(on: input) != nil {
            #expect(input == .unlock || input == .unplugged)
        }
    }
}
