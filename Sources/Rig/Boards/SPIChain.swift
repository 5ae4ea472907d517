import ASIC
import Base
import Buses
import Mining

/// What the chains on SPI buses have in common for whoever holds the bus.
public protocol SPIChain {
    var stage: ChainStage { get }
    var wakeAt: Instant? { get }
    var ledger: WorkLedger { get }
    /// Chips that take work, and chips that there should be.
    var workingCount: Int { get }
    var expectedCount: Int { get }
    /// What the chips were last told to run at.
    var currentFrequency: ClockFrequency? { get }
    /// The hottest that the chips measure themselves.
    func hottestChip(now: Instant) -> Reading<Celsius>

    mutating func start(now: Instant, into output: inout SPIOutput)
    mutating func stop(now: Instant, into output: inout SPIOutput)
    mutating func setFrequency(_ frequency: ClockFrequency) throws(ChainPlanError)
    mutating func assign(_ work: Work, id: UInt64, isClean: Bool) throws(WorkRefusal)
    mutating func complete(_ number: UInt32, received: ArraySlice<UInt8>, now: Instant, into output: inout SPIOutput)
    mutating func failed(_ number: UInt32, now: Instant, into output: inout SPIOutput)
    mutating func supplyDone(now: Instant, into output: inout SPIOutput)
    mutating func supplyFailed(now: Instant, into output: inout SPIOutput)
    mutating func timer(now: Instant, into output: inout SPIOutput)
    mutating func record(_ found: FoundNonce, isValid: Bool, now: Instant, into output: inout SPIOutput)
}

extension A1Chain: SPIChain {
    public var expectedCount: Int { plan.chipCount }
    public var currentFrequency: ClockFrequency? { clock?.frequency }
    /// A1 chips measure no temperature.
    public func hottestChip(now: Instant) -> Reading<Celsius> { .failed(.settling) }
    /// A1 boards have no supply of their own to set: nothing asks for it.
    public mutating func supplyDone(now: Instant, into output: inout SPIOutput) {}
    /// A1 boards have no supply of their own to set: nothing asks for it.
    public mutating func supplyFailed(now: Instant, into output: inout SPIOutput) {}
}

extension T1Chain: SPIChain {
    public var expectedCount: Int { plan.chipCount }
    public var currentFrequency: ClockFrequency? { level?.frequency }
}
