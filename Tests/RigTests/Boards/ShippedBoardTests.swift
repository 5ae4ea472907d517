import Foundation
import Rig
import Testing

/// What the shipped board files say.
@Suite struct ShippedBoardTests {
    @Test(arguments: BoardFiles.names)
    func eachFileIsNamedAfterItsBoardAndStatesItsSources(name: String) throws {
        let board = try BoardFiles.board(name)
        #expect(board.name == name)
        #expect(!board.description.isEmpty)
        #expect((board.simulation != nil) == name.hasPrefix("sim-"))
        for item in board.items {
            #expect((item.provenance == .simulated) == (board.simulation != nil), "\(item.path)")
        }
    }

    @Test func everyBoardOfTheListIsThere() {
        let wanted = [
            "antminer-am335x-v1", "antminer-am335x-v2", "antminer-cv1835", "antminer-s19-zynq", "antminer-s21-amlogic",
            "antminer-s9", "bitaxe-gamma", "cpu", "dragonmint-t1", "raspberry-pi-cm4", "raspberry-pi-cm5", "sim-a1",
            "sim-bitaxe", "sim-s19", "sim-s21", "sim-t1", "stm32mp157",
        ]
        #expect(BoardFiles.names == wanted)
    }

    /// Promise 1: what nobody has verified moves nothing.
    @Test(arguments: BoardFiles.names)
    func noRealBoardRunsChipsUnconfirmed(name: String) throws {
        let board = try BoardFiles.board(name)
        let clearance = try Clearance(board, confirmed: [])
        for chain in board.chipChains {
            #expect(clearance.obstacles(to: chain).isEmpty == (board.simulation != nil), "\(chain.name)")
        }
    }

    @Test func sourcesThatDisagreeLeaveTheSupplyLineAlone() throws {
        let board = try BoardFiles.board("antminer-s19-zynq")
        let line = try #require(board.lines.first { $0.name == "psu_enable" })
        #expect(line.pinProvenance.isVerified && !line.polarityProvenance.isVerified && !line.provenance.isVerified)
        #expect(try !Clearance(board, confirmed: []).allowsLine("psu_enable"))
    }

    @Test func chainsBecomePlans() throws {
        let s19 = try #require(try BoardFiles.board("sim-s19").chipChains.first)
        let plan = try #require(try s19.uartPlan(maximumBaud: 3_125_000))
        #expect(plan.family.model == 0x1362 && plan.chipCount == 126 && plan.minimumChipCount == 100)
        #expect(plan.chipsPerDomain == nil && plan.frequency.hertz == 525_000_000)
        let a1 = try #require(try BoardFiles.board("sim-a1").chipChains.first)
        let a1Plan = try #require(try a1.a1Plan())
        #expect(a1Plan.chipCount == 8 && a1Plan.target == .difficulty16)
        let t1 = try #require(try BoardFiles.board("sim-t1").chipChains.last)
        let t1Plan = try #require(try t1.t1Plan())
        #expect(t1Plan.chipCount == 63 && t1Plan.frequencies.upperBound == .megahertz(1392))
        #expect(t1Plan.target == .difficulty128)
    }
}
