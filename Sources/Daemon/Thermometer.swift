import Platform
import Rig

/// The control board's own temperature, as the kernel's drivers measure it.
enum Thermometer {
    /// Names of processor sensors in the kernel; the first that exists is taken, otherwise the first sensor of all.
    private static let preferred = ["cpu", "soc", "coretemp", "k10temp"]

    static func read() -> RigStatus.Temperature {
        let readings = KernelTemperatures.read()
        var chosen = readings.first
        search: for name in preferred {
            for reading in readings where reading.name.utf8.starts(with: name.utf8) {
                chosen = reading
                break search
            }
        }
        guard let chosen else { return .none }
        switch chosen.millidegrees {
        case .success(let value): return .measured(source: chosen.name, decicelsius: value / 100)
        case .failure: return .failed(source: chosen.name)
        }
    }
}
