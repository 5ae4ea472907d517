import Base
import Buses
import CLinux
import Testing

@testable import Platform

/// Pseudo-terminals take every rate and never lose a byte; the rest of a serial port is the kernel's own code in both.
@Suite struct TermiosPortTests {
    private let name = BusName(.uart, 4)

    private func open(_ pair: borrowing PseudoTerminal) throws(BusFault) -> TermiosPort {
        try TermiosPort(pair.path, name: name, baud: 115_200)
    }

    private func received(_ port: TermiosPort) throws(BusFault) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 600)
        var span = bytes.mutableSpan
        let count = try port.read(into: &span)
        return Array(bytes[..<count])
    }

    @Test func everyByteArrivesAsItIs() throws {
        let pair = try PseudoTerminal()
        let port = try open(pair)
        #expect(try received(port) == [])
        let all = (0...255).map(UInt8.init)
        try pair.master.writeAll(all.span)
        #expect(try received(port) == all)
        #expect(try port.write(all.span) == 256)
        var echoed: [UInt8] = []
        while echoed.count < 256 { _ = try pair.master.read(appendingTo: &echoed, limit: 256) }
        #expect(echoed == all)
        #expect(try port.unsent() == 0)
    }

    @Test(arguments: [115_200, 1_041_667, 3_125_000, 6_250_000] as [UInt32])
    func anyRateIsSetAndReadBack(baud: UInt32) throws {
        let pair = try PseudoTerminal()
        #expect(try open(pair).setBaud(baud) == baud)
    }

    /// A pseudo-terminal has no line to hold low; the call goes through all the same, behind what was written before.
    @Test func aBreakCanBeAskedFor() throws {
        let pair = try PseudoTerminal()
        let port = try open(pair)
        #expect(try port.write([0x55, 0xAA].span) == 2)
        try port.sendBreak()
        #expect(try port.unsent() == 0)
        var echoed: [UInt8] = []
        while echoed.count < 2 { _ = try pair.master.read(appendingTo: &echoed, limit: 16) }
        #expect(echoed == [0x55, 0xAA])
    }

    @Test func noRateIsRefused() throws {
        let pair = try PseudoTerminal()
        let port = try open(pair)
        #expect(throws: BusFault(.unsupported, bus: name, operation: "")) { try port.setBaud(0) }
    }

    @Test func discardedInputIsGone() throws {
        let pair = try PseudoTerminal()
        let port = try open(pair)
        try pair.master.writeAll([1, 2, 3].span)
        try port.discardInput()
        try pair.master.writeAll([4].span)
        #expect(try received(port) == [4])
    }

    @Test func aPortHasOneOwner() throws {
        let pair = try PseudoTerminal()
        let port = try open(pair)
        #expect(throws: BusFault(.busy, bus: name, operation: "")) { try open(pair) }
        _ = port
    }

    @Test func aFullQueueTakesNothingMore() throws {
        let pair = try PseudoTerminal()
        let port = try open(pair)
        let chunk = [UInt8](repeating: 7, count: 4096)
        var taken: [Int] = []
        while taken.count < 1000, taken.last != 0 { taken.append(try port.write(chunk.span)) }
        #expect(taken.first == chunk.count)
        #expect(taken.last == 0)
    }

    @Test func aPortThatHasGoneIsUnplugged() throws {
        var port: TermiosPort?
        do {
            let pair = try PseudoTerminal()
            port = try open(pair)
        }
        let gone = try #require(port)
        let fault = BusFault(.unplugged, bus: name, operation: "")
        #expect(throws: fault) { try received(gone) }
        #expect(throws: fault) { try gone.write([1].span) }
    }

    @Test func aFileIsNoSerialPort() {
        #expect(throws: BusFault(.unsupported, bus: name, operation: "")) {
            try TermiosPort("/dev/null", name: name, baud: 115_200)
        }
    }
}
