import Base
import Buses
import CGpiod
import CLinux

/// The resistor that the chip connects to a line.
public enum GPIOBias: Sendable {
    /// As the boot loader or the device tree left it; the only choice on kernels before 5.5.
    case asIs
    case disabled, pullUp, pullDown

    var code: cgpiod_bias {
        switch self {
        case .asIs: CGPIOD_BIAS_AS_IS
        case .disabled: CGPIOD_BIAS_DISABLED
        case .pullUp: CGPIOD_BIAS_PULL_UP
        case .pullDown: CGPIOD_BIAS_PULL_DOWN
        }
    }
}

/// A line that is requested from the kernel as long as this value lives.
struct GPIOLine: ~Copyable {
    let bus: BusName
    let offset: UInt16
    let handle: OpaquePointer

    init(
        _ place: GPIOPlace, isActiveLow: Bool, bias: GPIOBias, use: cgpiod_use
    ) throws(BusFault) {
        let found = try place.find()
        var requested: OpaquePointer?
        try BusFault.opening(found.bus, found.offset) { () throws(SystemError) in
            _ = try valueOrErrno("gpiod_line_request") { () -> CInt in
                requested = cgpiod_request(
                    GPIOPlace.path(of: found.bus), UInt32(found.offset), isActiveLow, use, bias.code, "ballast")
                return requested == nil ? -1 : 0
            }
        }
        guard let requested else { throw BusFault(.noBus, bus: found.bus, operation: "open") }
        bus = found.bus
        offset = found.offset
        handle = requested
    }

    deinit { cgpiod_release(handle) }

    func isActive() throws(BusFault) -> Bool {
        try BusFault.naming("get", on: bus, offset) { () throws(SystemError) in
            try valueOrErrno("gpiod_line_get_value") { cgpiod_get(handle) }
        } == 1
    }
}

/// A digital output through libgpiod.
///
/// It stays requested, because the kernel may reset a line that nobody holds any more: one value for one function, for as
/// long as the function is needed.
public final class GPIOOutput: OutputLine {
    private let line: GPIOLine

    /// Requests the line and drives it to `isActive` in the same step, so that it never shows another level.
    /// - Throws: `noBus`, `permission`; `busy` when a driver or another process has it; `unsupported` for the bias.
    public init(
        _ place: GPIOPlace, isActiveLow: Bool, bias: GPIOBias = .asIs, initially isActive: Bool
    ) throws(BusFault) {
        line = try GPIOLine(
            place, isActiveLow: isActiveLow, bias: bias,
            use: isActive ? CGPIOD_OUTPUT_ACTIVE : CGPIOD_OUTPUT_INACTIVE)
    }

    /// Drives the line; one system call.
    public func set(_ active: Bool) throws(BusFault) {
        try BusFault.naming("set", on: line.bus, line.offset) { () throws(SystemError) in
            _ = try valueOrErrno("gpiod_line_set_value") { cgpiod_set(line.handle, active) }
        }
    }

    /// The level at the pin, as its meaning.
    public func isActive() throws(BusFault) -> Bool { try line.isActive() }
}

/// A digital input through libgpiod.
public final class GPIOInput: InputLine {
    private let line: GPIOLine

    /// - Throws: as `GPIOOutput`.
    public init(_ place: GPIOPlace, isActiveLow: Bool, bias: GPIOBias = .asIs) throws(BusFault) {
        line = try GPIOLine(place, isActiveLow: isActiveLow, bias: bias, use: CGPIOD_INPUT)
    }

    /// The level at the pin, as its meaning.
    public func isActive() throws(BusFault) -> Bool { try line.isActive() }
}
