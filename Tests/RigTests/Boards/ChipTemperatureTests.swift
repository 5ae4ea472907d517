import Base
import Buses
import Testing

@testable import Rig

@Suite struct ChipTemperatureTests {
    private let limit = Duration.seconds(6)

    private func at(_ seconds: Int64) -> Instant { Instant(nanoseconds: 100_000_000_000) + .seconds(seconds) }

    private func reading(
        of chips: [(millicelsius: Int32, at: Instant)?], now: Instant
    ) -> Reading<Celsius> {
        var temperatures = ChipTemperatures(now: now, limit: limit)
        for chip in chips { temperatures.add(chip) }
        return temperatures.reading(orElse: .settling)
    }

    @Test func theHottestChipCounts() {
        #expect(
            reading(of: [(61_000, at(0)), (74_500, at(1)), (70_000, at(2))], now: at(2))
                == .ok(Celsius(millidegrees: 74_500), at: at(2)))
    }

    @Test func aChipThatSaysNothingIsLeftOutWhileHalfOfThemSpeak() {
        #expect(reading(of: [(61_000, at(0)), nil], now: at(1)) == .ok(Celsius(millidegrees: 61_000), at: at(0)))
        #expect(reading(of: [(61_000, at(0)), nil, nil], now: at(1)) == .stale(since: at(0)))
    }

    @Test func oldValuesAreNoNumberButAnAge() {
        #expect(reading(of: [(61_000, at(0)), (62_000, at(1))], now: at(8)) == .stale(since: at(1)))
    }

    @Test func withoutAnyValueTheReasonIsTold() {
        #expect(reading(of: [nil, nil], now: at(0)) == .failed(.settling))
        #expect(reading(of: [], now: at(0)) == .failed(.settling))
    }

    @Test func whatABoardsChipsMeasureReachesItsThermalChannelAsItIs() throws {
        let board = try BoardFiles.board("sim-t1")
        let clearance = try Clearance(board, confirmed: [])
        let assembly = try ControlAssembly(board, clearance: clearance, running: [0, 1, 2])
        let power = try #require(PowerSettings(rated: assembly.rated, minimum: assembly.minimum))
        var loop = ControlLoop(
            assembly.configuration, wiring: assembly.wiring, power: power,
            memory: ControlMemory(supplyCount: assembly.configuration.supplies.count, boardCount: 3), seed: 1,
            now: at(0))
        let channels = loop.controller.configuration.thermal.channels
        let channel = try #require(channels.firstIndex { $0.name == "board2_chips" })
        #expect(loop.observation.temperatures[channel] == .failed(.settling))
        for reading in [
            Reading<Celsius>.ok(Celsius(millidegrees: 74_500), at: at(1)), .stale(since: at(1)), .failed(.implausible),
        ] {
            var status = BoardStatus()
            status.chipTemperature = reading
            loop.take(status, ofBoard: 1, now: at(9))
            #expect(loop.observation.temperatures[channel] == reading)
            #expect(loop.observation.temperatures.filter { $0 == reading }.count == 1)
        }
    }
}
