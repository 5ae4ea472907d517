import Base
import Buses

/// A serial port that is opened when it is first used, and anew after it has gone: one that is missing at start, or is pulled,
/// concerns its board only.
final class LazyUARTPort: UARTPort {
    let name: BusName
    private let opener: () throws(BusFault) -> any UARTPort
    private var opened: (any UARTPort)?

    init(_ name: BusName, _ opener: @escaping () throws(BusFault) -> any UARTPort) {
        self.name = name
        self.opener = opener
    }

    func read(into bytes: inout MutableSpan<UInt8>) throws(BusFault) -> Int {
        let port = try port()
        do throws(BusFault) { return try port.read(into: &bytes) } catch { throw judge(error) }
    }

    func write(_ bytes: Span<UInt8>) throws(BusFault) -> Int {
        let port = try port()
        do throws(BusFault) { return try port.write(bytes) } catch { throw judge(error) }
    }

    func unsent() throws(BusFault) -> Int {
        let port = try port()
        do throws(BusFault) { return try port.unsent() } catch { throw judge(error) }
    }

    func setBaud(_ baud: UInt32) throws(BusFault) -> UInt32 {
        let port = try port()
        do throws(BusFault) { return try port.setBaud(baud) } catch { throw judge(error) }
    }

    func discardInput() throws(BusFault) {
        let port = try port()
        do throws(BusFault) { try port.discardInput() } catch { throw judge(error) }
    }

    func sendBreak() throws(BusFault) {
        let port = try port()
        do throws(BusFault) { try port.sendBreak() } catch { throw judge(error) }
    }

    private func port() throws(BusFault) -> any UARTPort {
        if let opened { return opened }
        let port = try opener()
        opened = port
        return port
    }

    /// A port that has gone is closed, so that the next use looks for it again.
    private func judge(_ fault: BusFault) -> BusFault {
        if fault.kind == .unplugged || fault.kind == .noBus { opened = nil }
        return fault
    }
}

/// An SPI device that is opened when it is first used, and anew after it has gone.
final class LazySPIBus: SPIBus {
    let name: BusName
    private let opener: () throws(BusFault) -> any SPIBus
    private var opened: (any SPIBus)?

    init(_ name: BusName, _ opener: @escaping () throws(BusFault) -> any SPIBus) {
        self.name = name
        self.opener = opener
    }

    /// Before it is open: short enough for every controller.
    var longestTransfer: Int { opened?.longestTransfer ?? 32 }

    var clock: Hertz { opened?.clock ?? Hertz(390_625) }

    func setClock(_ clock: Hertz) throws(BusFault) {
        let bus = try bus()
        do throws(BusFault) { try bus.setClock(clock) } catch { throw judge(error) }
    }

    func exchange(_ bytes: inout MutableSpan<UInt8>) throws(BusFault) {
        let bus = try bus()
        do throws(BusFault) { try bus.exchange(&bytes) } catch { throw judge(error) }
    }

    func write(_ bytes: Span<UInt8>) throws(BusFault) {
        let bus = try bus()
        do throws(BusFault) { try bus.write(bytes) } catch { throw judge(error) }
    }

    func read(into bytes: inout MutableSpan<UInt8>) throws(BusFault) {
        let bus = try bus()
        do throws(BusFault) { try bus.read(into: &bytes) } catch { throw judge(error) }
    }

    private func bus() throws(BusFault) -> any SPIBus {
        if let opened { return opened }
        let bus = try opener()
        opened = bus
        return bus
    }

    private func judge(_ fault: BusFault) -> BusFault {
        if fault.kind == .unplugged || fault.kind == .noBus { opened = nil }
        return fault
    }
}
