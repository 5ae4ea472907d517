import Base
import Buses
import Platform

enum SPIChecks {
    private static func open(_ chipSelect: UInt8, clock: Int32 = 1_000_000) throws(BusFault) -> SpidevBus {
        try SpidevBus(bus: 0, chipSelect: UInt16(chipSelect), mode: .mode1, clock: Hertz(clock))
    }

    private static func exchange(_ bus: SpidevBus, _ bytes: [UInt8]) throws(BusFault) -> [UInt8] {
        var bytes = bytes
        var span = bytes.mutableSpan
        try bus.exchange(&span)
        return bytes
    }

    static func run(_ report: inout Report) {
        guard let bus = report.run("spidev opens in mode 1", { () throws(BusFault) in try open(0) }) else { return }
        transfers(bus, &report)
        limits(bus, &report)
        faults(&report)
        measure(bus, &report)
    }

    private static func transfers(_ bus: SpidevBus, _ report: inout Report) {
        let sent = (0..<100).map { UInt8($0) }
        let answer = report.run("exchange") { () throws(BusFault) in try exchange(bus, sent) }
        report.expect("every byte came back complemented", answer == sent.map { ~$0 })
        var bytes = [UInt8](repeating: 9, count: 5)
        _ = report.run("read") { () throws(BusFault) in
            var span = bytes.mutableSpan
            try bus.read(into: &span)
        }
        report.expect("a read sends nothing", bytes == [0, 1, 2, 3, 4])
        _ = report.run("write") { () throws(BusFault) in try bus.write(sent.span) }
        _ = report.run("a clock of 390 kHz") { () throws(BusFault) in try bus.setClock(Hertz(390_000)) }
        report.expect("the clock is the one asked for", bus.clock == Hertz(390_000))
    }

    private static func limits(_ bus: SpidevBus, _ report: inout Report) {
        report.expect("the limit is spidev's", bus.longestTransfer == 4096)
        let longest = [UInt8](repeating: 0x55, count: bus.longestTransfer)
        let answer = report.run("the longest transfer") { () throws(BusFault) in try exchange(bus, longest) }
        report.expect("all of it came back", answer == longest.map { ~$0 })
        report.expectFault("a longer one", .tooLong(limit: 4096)) { () throws(BusFault) in
            try exchange(bus, longest + [0])
        }
        report.expectFault("a clock below the controller's", .unsupported) { () throws(BusFault) in
            try bus.setClock(Hertz(500))
            _ = try exchange(bus, [1])
        }
        _ = report.run("the clock goes back up") { () throws(BusFault) in try bus.setClock(Hertz(6_000_000)) }
    }

    private static func faults(_ report: inout Report) {
        report.expectFault("a silent controller", .timeout) { () throws(BusFault) in
            try exchange(open(CheckDevices.ChipSelect.silent), [1])
        }
        report.expectFault("a controller that fails (EIO)", .other(errno: 5)) { () throws(BusFault) in
            try exchange(open(CheckDevices.ChipSelect.broken), [1])
        }
        report.expectFault("no such bus", .noBus) { () throws(BusFault) in try open(9) }
        let gone = report.run("the device to be unplugged") { () throws(BusFault) in
            try open(CheckDevices.ChipSelect.unplugged)
        }
        report.write("spi0.3", to: "/sys/bus/spi/drivers/spidev/unbind")
        guard let gone else { return }
        report.expectFault("an unplugged device", .unplugged) { () throws(BusFault) in try exchange(gone, [1]) }
        report.expectFault("opening it again", .noBus) { () throws(BusFault) in
            try open(CheckDevices.ChipSelect.unplugged)
        }
    }

    private static func measure(_ bus: SpidevBus, _ report: inout Report) {
        let rounds = 500
        var bytes = [UInt8](repeating: 1, count: 2048)
        let start = Clock.now
        _ = report.run("500 exchanges of 2048 bytes") { () throws(BusFault) in
            for _ in 0..<rounds {
                var span = bytes.mutableSpan
                try bus.exchange(&span)
            }
        }
        report.note("spi: 2048 bytes in \((Clock.now - start).nanoseconds / 1000 / Int64(rounds)) us")
    }

    static func runWithoutServer(_ report: inout Report) {
        report.expectFault("a controller that has gone (ENODEV)", .unplugged) { () throws(BusFault) in
            try exchange(open(0), [1])
        }
    }
}
