/// Temperatures that the kernel's own drivers measure: the control board's processor, and sensors bound to a driver.
public enum KernelTemperatures {
    /// What one sensor says.
    public struct Reading: Sendable {
        /// The driver's name for the chip and the sensor: `cpu_thermal`, `lm75/temp1`.
        public let name: String
        /// Thousandths of a degree Celsius, as the kernel gives them; why there are none otherwise. EIO when the driver
        /// itself calls the sensor faulty (`temp1_fault`).
        public let millidegrees: Result<Int, FileError>
    }

    /// No more sensors than these are read.
    public static var limit: Int { 64 }

    /// Reads them all: `temp*_input` of the hwmon chips and `temp` of the thermal zones (sysfs-class-hwmon, sysfs-class-thermal in
    /// the kernel's ABI documents). A class that the kernel does not have has no sensors.
    /// - Parameter root: where sysfs is mounted.
    public static func read(root: String = "/sys") -> [Reading] {
        var readings: [Reading] = []
        for chip in names(in: "\(root)/class/hwmon") {
            let path = "\(root)/class/hwmon/\(chip)"
            let chipName = text("\(path)/name") ?? chip
            for file in names(in: path) where file.utf8.starts(with: "temp".utf8) {
                guard let sensor = sensorName(ofInput: file), readings.count < limit else { continue }
                readings.append(Reading(name: "\(chipName)/\(sensor)", millidegrees: input(path, sensor)))
            }
        }
        for zone in names(in: "\(root)/class/thermal") where zone.utf8.starts(with: "thermal_zone".utf8) {
            guard readings.count < limit else { break }
            let path = "\(root)/class/thermal/\(zone)"
            readings.append(Reading(name: text("\(path)/type") ?? zone, millidegrees: number("\(path)/temp")))
        }
        return readings
    }

    /// `temp1` for `temp1_input`.
    private static func sensorName(ofInput file: String) -> String? {
        let suffix = "_input".utf8
        let bytes = Array(file.utf8)
        guard bytes.count > suffix.count, bytes.suffix(suffix.count).elementsEqual(suffix) else { return nil }
        return String(decoding: bytes.dropLast(suffix.count), as: UTF8.self)
    }

    private static func input(_ path: String, _ sensor: String) -> Result<Int, FileError> {
        let file = "\(path)/\(sensor)_input"
        // Most drivers have no fault attribute: then the input is all there is.
        if case .success(let fault) = number("\(path)/\(sensor)_fault"), fault != 0 {
            return .failure(FileError(path: file, cause: SystemError(call: "read", errno: .inputOutput)))
        }
        return number(file)
    }

    private static func number(_ path: String) -> Result<Int, FileError> {
        do throws(FileError) {
            guard let value = Process.decimal(try File.read(path, limit: 64)) else {
                throw FileError(path: path, cause: SystemError(call: "read", errno: .badMessage))
            }
            return .success(value)
        } catch {
            return .failure(error)
        }
    }

    private static func text(_ path: String) -> String? {
        do throws(FileError) {
            let line = try File.read(path, limit: 64).prefix { $0 != UInt8(ascii: "\n") }
            return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
        } catch {
            return nil
        }
    }

    private static func names(in path: String) -> [String] {
        do throws(FileError) { return try File.names(in: path, limit: 256) } catch { return [] }
    }
}
