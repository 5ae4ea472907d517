import ASIC
import Base
import Testing

@testable import Rig

/// A board's life on its own, with a plan that remembers.
struct LifeCycleBench {
    var board = BoardLifeCycle(index: 1, startClock: .megahertz(100), now: LifeCycleBench.start)
    var plan = ControlPlan()
    var now = LifeCycleBench.start

    static let start = Instant(nanoseconds: 1_000_000_000_000)

    /// The actions since the last call.
    mutating func actions() -> [ControlAction] {
        var actions: [ControlAction] = []
        plan.drain(into: &actions)
        return actions
    }

    mutating func send(_ inputs: BoardInput...) {
        for input in inputs { board.handle(input, now: now, into: &plan) }
    }

    mutating func pass(_ duration: Duration, clock: ClockFrequency? = nil, hashes: Bool = true) {
        let end = now + duration
        while now < end {
            now = min(end, now + .seconds(1))
            board.tick(clock: clock ?? board.toldClock, hasHashed: hashes, now: now, into: &plan)
        }
    }

    /// Leads the board to `state` by the ordinary way.
    mutating func lead(to state: BoardState) {
        let way: [(BoardState, BoardInput)] = [
            (.detected, .plugged), (.powering, .run), (.inReset, .supplied), (.enumerating, .elapsed),
            (.ramping, .chainReady), (.hashing, .atTarget),
        ]
        for (next, input) in way where board.state != state {
            send(input)
            #expect(board.state == next)
        }
        _ = actions()
    }
}

@Suite struct ControlLifeCycleTests {
    static let running: [BoardState] = [.powering, .inReset, .enumerating, .ramping, .hashing]

    @Test func goesUpInOrderAndTouchesNothingBeforeItIsWanted() {
        var bench = LifeCycleBench()
        bench.pass(.seconds(60))
        #expect(bench.actions() == [])
        bench.send(.plugged, .run)
        #expect(bench.board.state == .powering)
        #expect(bench.board.state.supplyNeed == .on)
        _ = bench.actions()
        bench.send(.supplied)
        #expect(bench.actions() == [.boardReset(1, true), .boardLine(1, enable: true)])
        bench.pass(.seconds(1))
        #expect(bench.board.state == .enumerating)
        #expect(
            bench.actions() == [
                .boardReset(1, false), .chain(1, .setFrequency(.megahertz(100))), .chain(1, .start),
            ])
    }

    @Test func theClockRisesInBoundedStepsAndFallsAtOnce() {
        var bench = LifeCycleBench()
        bench.board.setTarget(.megahertz(180), now: bench.now, into: &bench.plan)
        bench.lead(to: .ramping)
        bench.pass(.seconds(9))
        #expect(bench.board.state == .hashing)
        let steps: [UInt32] = [125, 150, 175, 180]
        #expect(bench.actions() == steps.map { .chain(1, .setFrequency(.megahertz($0))) })
        bench.board.setTarget(.megahertz(60), now: bench.now, into: &bench.plan)
        #expect(bench.board.state == .ramping)
        #expect(bench.actions() == [.chain(1, .setFrequency(.megahertz(60)))])
        bench.pass(.seconds(2))
        #expect(bench.board.state == .hashing)
    }

    @Test(arguments: running, [BoardInput.halt, .cut, .unplugged])
    func theWayOffBeginsWithTheLines(state: BoardState, input: BoardInput) {
        var bench = LifeCycleBench()
        bench.lead(to: state)
        bench.send(input)
        #expect(bench.board.state == .stopping)
        let actions = bench.actions()
        #expect(actions.prefix(2) == [.boardReset(1, true), .boardLine(1, enable: false)])
        #expect(actions.dropFirst(2) == (state == .powering ? [] : [.chain(1, .stop)]))
        #expect(bench.board.state.supplyNeed == .none)
    }

    @Test(arguments: running)
    func powerLossAtEveryStepCutsTheLinesAndLeadsToAPowerCycle(state: BoardState) {
        var bench = LifeCycleBench()
        bench.lead(to: state)
        bench.send(.unsupplied)
        if state == .powering {
            // Not there yet is no loss: the supply's own time decides.
            #expect(bench.board.state == .powering)
            bench.pass(.seconds(90))
        } else {
            #expect(bench.board.state == .faulted)
            #expect(bench.actions().prefix(2) == [.boardReset(1, true), .boardLine(1, enable: false)])
            bench.pass(.seconds(1))
        }
        #expect(bench.board.state == .recovering(.powerCycle))
        #expect(bench.board.lastFault == (state == .powering ? .notSupplied : .powerLost))
        bench.pass(.seconds(60))
        #expect(bench.board.state == .powering)
        // The grid's fault uses up none of the board's recoveries.
        #expect(bench.board.ladder.position == 0)
    }

    @Test func aBoardThatIsNotProvedOffIsLockedOut() {
        var bench = LifeCycleBench()
        bench.lead(to: .hashing)
        bench.send(.halt)
        bench.pass(.seconds(10))
        #expect(bench.board.lastFault == .notOff)
        #expect(bench.board.state == .lockedOut)
    }

    @Test func theLadderIsClimbedRungByRungAndEnds() {
        var bench = LifeCycleBench()
        bench.lead(to: .detected)
        var steps: [RecoveryStep] = []
        for _ in 0..<20 where bench.board.state != .lockedOut {
            bench.send(.run, .supplied)
            bench.pass(.seconds(1))
            bench.board.fail(.chain(.noChips), now: bench.now, into: &bench.plan)
            bench.pass(.seconds(1))
            guard case .recovering(let step) = bench.board.state else { continue }
            steps.append(step)
            bench.pass(.seconds(900))
            _ = bench.actions()
            // The supply never comes back in this test by itself.
            if bench.board.state != .powering { bench.send(.elapsed) }
        }
        #expect(bench.board.state == .lockedOut)
        #expect(steps.count <= RecoveryLadder.rungs.count)
        bench.send(.unlock)
        #expect(bench.board.state == .detected)
        #expect(bench.board.ladder.position == 0)
    }

    @Test func eachFaultBeginsAtTheRungThatCanCureIt() {
        func first(_ fault: BoardFault) -> RecoveryStep? {
            var ladder = RecoveryLadder()
            return ladder.climb(for: fault)?.step
        }
        #expect(first(.chain(.noChips)) == .reinitialise)
        #expect(first(.notReady) == .reinitialise)
        #expect(first(.busLost) == .reset)
        #expect(first(.noHashes) == .powerCycle)
        #expect(first(.chain(.overheated(chip: 3))) == .backOff)
        #expect(first(.notOff) == nil)
        #expect(first(.chain(.foreignChips(model: 0x1397))) == nil)
    }

    @Test func tenMinutesOfHashingForgetEarlierFaults() {
        var bench = LifeCycleBench()
        bench.lead(to: .hashing)
        bench.board.fail(.busLost, now: bench.now, into: &bench.plan)
        bench.pass(.seconds(11))
        bench.send(.supplied)
        bench.pass(.seconds(1))
        bench.send(.chainReady)
        bench.pass(.seconds(599))
        #expect(bench.board.ladder.position == 2)
        bench.pass(.seconds(10))
        #expect(bench.board.ladder.position == 0)
    }

    @Test func noHashesAtFullPowerLeadToAFullPowerCycle() {
        var bench = LifeCycleBench()
        bench.lead(to: .hashing)
        bench.pass(.seconds(119), hashes: false)
        #expect(bench.board.state == .hashing)
        bench.pass(.seconds(1), hashes: false)
        #expect(bench.board.lastFault == .noHashes)
        bench.pass(.seconds(1))
        #expect(bench.board.state == .recovering(.powerCycle))
        #expect(bench.board.state.supplyNeed == .none)
    }

    @Test func aClockThatDoesNotArriveIsAFault() {
        var bench = LifeCycleBench()
        bench.board.setTarget(.megahertz(500), now: bench.now, into: &bench.plan)
        bench.lead(to: .ramping)
        bench.pass(.seconds(301), clock: .megahertz(200))
        #expect(bench.board.lastFault == .clockStuck)
    }

    @Test func aChainThatRestartsByItselfIsWaitedFor() {
        var bench = LifeCycleBench()
        bench.lead(to: .hashing)
        bench.send(.chainRestarting)
        #expect(bench.board.state == .enumerating)
        // The chain holds its reset line and its clock itself: nothing is told to it.
        #expect(bench.actions() == [])
        bench.pass(.seconds(180))
        #expect(bench.board.lastFault == .notReady)
    }

    @Test func aLockedOutBoardStaysSoAcrossRestarts() {
        var board = BoardLifeCycle(
            index: 0, startClock: .megahertz(100), isLockedOut: true, now: LifeCycleBench.start)
        var plan = ControlPlan()
        let isPluggedTaken = board.handle(.plugged, now: LifeCycleBench.start, into: &plan)
        let isRunTaken = board.handle(.run, now: LifeCycleBench.start, into: &plan)
        #expect(!isPluggedTaken && !isRunTaken)
        #expect(board.state == .lockedOut)
    }
}
