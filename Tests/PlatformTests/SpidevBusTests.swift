import Base
import Buses
import CLinux
import Testing

@testable import Platform

@Suite struct SpidevBusTests {
    private let name = BusName(.spi, 1)

    /// A bus whose every call the kernel refuses, unless the test forces another error.
    private func bus() throws -> SpidevBus {
        SpidevBus(try File.open("/dev/null", O_RDWR), name, 2, longestTransfer: 64)
    }

    @Test(arguments: [
        (Errno.timedOut, BusFault.Kind.timeout), (.transportShutDown, .unplugged), (.invalidArgument, .unsupported),
        (.inputOutput, .other(errno: 5)),
    ])
    func aFailedTransferSaysWhere(errno: Errno, kind: BusFault.Kind) throws {
        let bus = try bus()
        var bytes: [UInt8] = [1, 2, 3]
        let fault = #expect(throws: BusFault.self) {
            try ForcedFault(call: "SPI_IOC_MESSAGE", errno: errno).during { () throws(BusFault) in
                var span = bytes.mutableSpan
                try bus.exchange(&span)
            }
        }
        #expect(fault == BusFault(kind, bus: name, address: 2, operation: ""))
        #expect(fault?.description.hasPrefix("spi1.2 exchange: ") == true)
    }

    @Test func whatIsTooLongIsNotTried() throws {
        let fault = BusFault(.tooLong(limit: 64), bus: name, address: 2, operation: "")
        #expect(throws: fault) { try bus().write([UInt8](repeating: 0, count: 65).span) }
    }

    @Test func nothingToMoveIsNoTransfer() throws {
        try bus().write([UInt8]().span)
    }

    @Test func aFileThatIsNoBusIsRefused() throws {
        let fault = BusFault(.unsupported, bus: name, address: 2, operation: "")
        #expect(throws: fault) { try bus().setClock(Hertz(1_000_000)) }
        #expect(throws: fault) { try bus().setClock(Hertz(0)) }
    }
}
