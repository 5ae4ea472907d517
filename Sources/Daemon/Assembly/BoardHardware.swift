import Base
import Buses
import Rig

/// Opens everything that a board file names. One for each thread that opens something; cheap to make.
protocol BoardHardware: PartsHardware {
    func uart(_ port: UARTDescription) throws(BusFault) -> any UARTPort
    func spi(_ bus: SPIDescription) throws(BusFault) -> any SPIBus
    func watchdog(_ watchdog: WatchdogDescription) throws(BusFault) -> any HardwareWatchdog
}
