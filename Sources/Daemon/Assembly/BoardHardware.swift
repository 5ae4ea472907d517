import Base
import Buses
import Rig

/// Opens everything that a board file names. One for each thread that opens something; cheap to make.
protocol BoardHardware: PartsHardware {
    func uart(_ port: UARTDescription) throws(BusFault) -> any UARTPort
    func spi(_ bus: SPIDescription) throws(BusFault) -> any SPIBus
    /// Opens an output line for everybody, at this level.
    func open(_ line: LineDescription, initially isActive: Bool) throws(BusFault) -> any OutputLine
    /// Opens the line that shows the mains, for the relay.
    func mains(_ mains: MainsDescription) throws(BusFault) -> any RelayFeed
    func watchdog(_ watchdog: WatchdogDescription) throws(BusFault) -> any HardwareWatchdog
}
