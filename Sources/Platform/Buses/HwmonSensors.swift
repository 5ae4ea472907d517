import Base
import Buses

/// A temperature that a driver of the kernel measures.
public final class HwmonTemperature {
    private let sensor: HwmonSensor

    /// Semiconductors are neither colder nor hotter; a value beyond stands for something else.
    private static let plausible = -100_000...200_000

    /// - Parameter channel: N of `tempN_input`.
    /// - Throws: `noBus` when the chip has no such channel, `permission`.
    public init(_ chip: HwmonChip, channel: UInt16) throws(BusFault) {
        sensor = try HwmonSensor(chip, "temp", channel)
    }

    /// The temperature, taken now. Drivers may repeat one measurement for up to a second or two.
    public func temperature(now: Instant) -> Reading<Celsius> {
        do throws(ReadingFailure) {
            let millidegrees = try sensor.read()
            guard Self.plausible.contains(millidegrees) else { return .failed(.implausible) }
            return .ok(Celsius(clamping: millidegrees), at: now)
        } catch {
            return .failed(error)
        }
    }
}

/// A fan whose speed a driver of the kernel measures.
public final class HwmonFan: Tachometer {
    private let sensor: HwmonSensor

    /// - Parameter channel: N of `fanN_input`.
    /// - Throws: `noBus` when the chip has no such channel, `permission`.
    public init(_ chip: HwmonChip, channel: UInt16) throws(BusFault) {
        sensor = try HwmonSensor(chip, "fan", channel)
    }

    /// The speed as the driver last measured it.
    public func speed(now: Instant) -> Reading<RPM> {
        do throws(ReadingFailure) {
            let speed = try sensor.read()
            guard speed != 0 else { return .failed(.stopped) }
            guard speed > 0 else { return .failed(.implausible) }
            return .ok(RPM(clamping: speed), at: now)
        } catch {
            return .failed(error)
        }
    }
}
