import Base
import Buses

/// The host's end of the simulated serial line to a chain of BM13xx chips.
public final class TwinUART: UARTPort {
    public let name: BusName
    private let chain: BM13xxChainModel
    private let clock: any TwinClock
    private let exclusion: any Exclusion

    public init(
        name: BusName, chain: BM13xxChainModel, clock: any TwinClock, exclusion: any Exclusion = NoExclusion()
    ) {
        self.name = name
        self.chain = chain
        self.clock = clock
        self.exclusion = exclusion
    }

    /// Bytes whose stop bit is over by now; garbled where chip and host do not run at the same rate.
    /// - Throws: `overrun` once after more than 4096 bytes had waited.
    public func read(into bytes: inout MutableSpan<UInt8>) throws(BusFault) -> Int {
        exclusion.enter()
        defer { exclusion.leave() }
        chain.advance(to: clock.now)
        if chain.hasOverrun {
            chain.hasOverrun = false
            throw BusFault(.overrun, bus: name, operation: "read")
        }
        var count = 0
        while count < bytes.count, let passing = chain.toHost.take(by: clock.now) {
            let isUnderstood = SerialWire.understands(passing.baud, chain.hostBaud)
            bytes[count] = isUnderstood ? passing.byte : UInt8(truncatingIfNeeded: chain.faults.random.next())
            count += 1
        }
        return count
    }

    /// Takes what its queue of 4096 bytes has room for.
    public func write(_ bytes: Span<UInt8>) throws(BusFault) -> Int {
        exclusion.enter()
        defer { exclusion.leave() }
        chain.advance(to: clock.now)
        let count = min(bytes.count, chain.toChips.room)
        for index in 0..<count { chain.toChips.send(bytes[index], ready: clock.now, baud: chain.hostBaud) }
        return count
    }

    /// Bytes whose stop bit is still to come.
    public func unsent() throws(BusFault) -> Int {
        exclusion.enter()
        defer { exclusion.leave() }
        chain.advance(to: clock.now)
        return chain.toChips.count
    }

    /// Any rate from 1200 baud to 12.5 Mbaud, exactly. Bytes that wait still go out at the rate before.
    public func setBaud(_ baud: UInt32) throws(BusFault) -> UInt32 {
        guard (1_200...12_500_000).contains(baud) else {
            throw BusFault(.unsupported, bus: name, operation: "set the line rate")
        }
        exclusion.enter()
        defer { exclusion.leave() }
        chain.advance(to: clock.now)
        chain.hostBaud = baud
        return baud
    }

    /// Drops what has arrived; answers that are still on the line arrive later.
    public func discardInput() throws(BusFault) {
        exclusion.enter()
        defer { exclusion.leave() }
        chain.advance(to: clock.now)
        while chain.toHost.take(by: clock.now) != nil {}
    }

    /// Chips take no notice of a break.
    public func sendBreak() throws(BusFault) {}
}
