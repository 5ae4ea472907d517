import Rig
import Testing

@Suite struct ClearanceTests {
    func configuration(_ confirm: String) throws -> Configuration {
        try Configuration.read(file: "c.json", bytes: Array("{\"confirm\": [\(confirm)]}".utf8))
    }

    @Test func confirmingEverythingLetsAChainRun() throws {
        let board = try BoardFiles.board("bitaxe-gamma")
        let chain = try #require(board.chipChains.first)
        let none = try Clearance(board, confirmed: [])
        #expect(none.obstacles(to: chain).contains("lines.reset is unverified"))
        #expect(none.obstacles(to: chain).contains("no fan may be driven"))
        let confirmed = try configuration(#""i2c.asic", "uart.asic", "lines.reset""#)
        let clearance = try Clearance(board, confirmed: confirmed.confirmations)
        #expect(clearance.untouched.isEmpty && clearance.obstacles(to: chain).isEmpty)
        #expect(clearance.allowsLine("reset"))
    }

    @Test func aPartNeedsItsBus() throws {
        let board = try BoardFiles.board("bitaxe-gamma")
        let clearance = try Clearance(board, confirmed: try configuration(#""lines.reset""#).confirmations)
        #expect(board.fans.allSatisfy { !clearance.allows($0) })
        #expect(board.sensors.allSatisfy { !clearance.allows($0) })
        #expect(board.supplies.allSatisfy { !clearance.allows($0) })
    }

    @Test(arguments: [
        (
            #""lines.rest""#,
            #"c.json:1:14: confirm[0]: found "lines.rest"; expected something unverified of board bitaxe-gamma: did you mean "lines.reset"?"#
        ),
        (
            #""i2c.asic", "everything""#,
            #"c.json:1:26: confirm[1]: found "everything"; expected something unverified of board bitaxe-gamma: it has i2c.asic, uart.asic, lines.reset"#
        ),
    ])
    func unknownNamesAreTold(confirm: String, message: String) throws {
        let board = try BoardFiles.board("bitaxe-gamma")
        let confirmations = try configuration(confirm).confirmations
        #expect {
            try Clearance(board, confirmed: confirmations)
        } throws: { ($0 as? DocumentError)?.message == message }
    }
}
