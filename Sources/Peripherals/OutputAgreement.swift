import Base

/// Whether a supply's measured voltage is the one it was told to make. A regulator that reports no fault and makes 0 V
/// is broken all the same.
public enum OutputAgreement: Equatable, Sendable {
    case agrees
    /// Less than a tenth of what was commanded: not supplying at all.
    case absent
    case low
    case high

    /// - Parameter tolerance: the deviation that is accepted, either way.
    public init(measured: Millivolts, commanded: Millivolts, tolerance: Millivolts) {
        if measured + tolerance >= commanded {
            self = measured - tolerance > commanded ? .high : .agrees
        } else {
            self = Int64(measured.value) * 10 < Int64(commanded.value) ? .absent : .low
        }
    }
}
