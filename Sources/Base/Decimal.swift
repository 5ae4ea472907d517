/// Decimal text for people: fixed-point numbers and quantities with an SI prefix, without a formatting library.
public enum Decimal {
    /// `value` with exactly `places` (0–9) digits after the point, rounded to nearest; `-` or `inf`-like values that
    /// cannot be printed in 18 digits come out as `?`.
    public static func fixed(_ value: Double, places: Int) -> String {
        var scale = 1.0
        for _ in 0..<max(0, min(9, places)) { scale *= 10 }
        let scaled = value.magnitude * scale + 0.5
        guard scaled < 1e18 else { return "?" }
        let units = UInt64(scaled)
        let sign = value < 0 && units > 0 ? "-" : ""
        guard places > 0 else { return sign + String(units) }
        let whole = units / UInt64(scale)
        let fraction = String(units % UInt64(scale))
        return sign + String(whole) + "." + String(repeating: "0", count: min(9, places) - fraction.utf8.count)
            + fraction
    }

    /// `value` with three significant digits or more and an SI prefix, for example `31.4 MH/s` for 31.4e6 and `H/s`.
    public static func quantity(_ value: Double, unit: String) -> String {
        let prefixes: [(Double, String)] = [(1e18, "E"), (1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")]
        for (factor, prefix) in prefixes where value.magnitude >= factor {
            let scaled = value / factor
            return fixed(scaled, places: scaled.magnitude < 10 ? 2 : scaled.magnitude < 100 ? 1 : 0) + " " + prefix
                + unit
        }
        return fixed(value, places: value.magnitude < 10 ? 2 : value.magnitude < 100 ? 1 : 0) + " " + unit
    }

    /// A time span in its two largest units, for example `3d 04h`, `5m 02s`, `12s`.
    public static func span(_ duration: Duration) -> String {
        let seconds = max(0, duration.nanoseconds / 1_000_000_000)
        func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
        if seconds >= 86_400 { return "\(seconds / 86_400)d \(two(seconds / 3600 % 24))h" }
        if seconds >= 3600 { return "\(seconds / 3600)h \(two(seconds / 60 % 60))m" }
        if seconds >= 60 { return "\(seconds / 60)m \(two(seconds % 60))s" }
        return "\(seconds)s"
    }
}
