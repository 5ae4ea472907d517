import Base
import Buses

/// The host's end of the simulated SPI bus to a chain of A1 or T1 chips: mode 1, eight bits to a word.
public final class TwinSPIBus: SPIBus {
    public let name: BusName
    private let chain: SPIChainModel
    private let twinClock: any TwinClock
    private let exclusion: any Exclusion

    public init(
        name: BusName, chain: SPIChainModel, clock: any TwinClock, exclusion: any Exclusion = NoExclusion()
    ) {
        self.name = name
        self.chain = chain
        twinClock = clock
        self.exclusion = exclusion
    }

    /// What Linux moves at once unless it is configured otherwise.
    public var longestTransfer: Int { 4096 }

    public var clock: Hertz { chain.busClock }

    /// Any clock from 1 kHz to 50 MHz.
    public func setClock(_ clock: Hertz) throws(BusFault) {
        guard (1_000...50_000_000).contains(clock.value) else {
            throw BusFault(.unsupported, bus: name, operation: "set the clock")
        }
        exclusion.enter()
        defer { exclusion.leave() }
        chain.busClock = clock
    }

    /// Takes no time: the bus is done before the clock moves on.
    public func exchange(_ bytes: inout MutableSpan<UInt8>) throws(BusFault) {
        guard bytes.count <= longestTransfer else {
            throw BusFault(.tooLong(limit: Int32(longestTransfer)), bus: name, operation: "exchange")
        }
        exclusion.enter()
        defer { exclusion.leave() }
        chain.advance(to: twinClock.now)
        chain.exchange(&bytes)
    }

    /// An exchange of which nobody looks at what came in.
    public func write(_ bytes: Span<UInt8>) throws(BusFault) {
        var copy: [UInt8] = []
        copy.reserveCapacity(bytes.count)
        for index in 0..<bytes.count { copy.append(bytes[index]) }
        var span = copy.mutableSpan
        try exchange(&span)
    }

    /// An exchange of zeros.
    public func read(into bytes: inout MutableSpan<UInt8>) throws(BusFault) {
        for index in 0..<bytes.count { bytes[index] = 0 }
        try exchange(&bytes)
    }
}
