import Base
import Buses

/// Opens what a board file names: on Linux, in the simulated rig, or in a test. Names are those of the board file.
public protocol PartsHardware: AnyObject {
    func i2c(_ bus: I2CDescription) throws(BusFault) -> any I2CBus
    func pwm(_ output: PWMDescription) throws(BusFault) -> any PWMChannel
    /// An output line, inactive from the start.
    func output(_ line: LineDescription) throws(BusFault) -> any OutputLine
    func input(_ line: LineDescription) throws(BusFault) -> any InputLine
    func tachometer(_ line: LineDescription, pulsesPerRevolution: Int) throws(BusFault) -> any Tachometer
    /// A temperature that a kernel driver reads.
    func temperature(chip: String, channel: Int) throws(BusFault) -> any TemperatureSource
    /// A fan that a kernel driver runs: its duty, and its speed.
    func fan(chip: String, channel: Int) throws(BusFault) -> (pwm: any PWMChannel, speed: any Tachometer)
}

/// Something that knows a temperature.
public protocol TemperatureSource: AnyObject {
    /// The temperature with the instant it was measured at, or why there is none.
    func temperature(now: Instant) -> Reading<Celsius>
}
