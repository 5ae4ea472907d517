import Base
import Buses

/// An I2C bus that refuses writes to 0x50–0x57, the addresses of hash board EEPROMs, unless the board file names a
/// device there.
///
/// The EEPROMs hold each board's factory record behind a checksum; one stray byte makes the vendor's firmware refuse
/// the board. On the S9 the same addresses belong to voltage controllers, which is why the board file decides.
public final class GuardedI2CBus: I2CBus {
    /// What the board file says about an address from 0x50 to 0x57.
    public enum Occupant: Equatable, Sendable {
        /// Nothing: only reads that write nothing pass.
        case unnamed
        /// An EEPROM: a single offset byte followed by a read in the same transfer passes too.
        case eeprom
        /// A controller that is to be written to, such as the S9's PIC.
        case controller
    }

    private static let first: UInt8 = 0x50
    private static let last: UInt8 = 0x57

    private let inner: any I2CBus
    private var occupants = InlineArray<8, Occupant>(repeating: .unnamed)

    /// - Parameter occupants: the devices the board file names; addresses outside 0x50–0x57 are not guarded and
    ///   ignored here.
    public init(_ inner: any I2CBus, occupants: [(address: I2CAddress, occupant: Occupant)] = []) {
        self.inner = inner
        for (address, occupant) in occupants {
            if let slot = GuardedI2CBus.slot(of: address) { self.occupants[slot] = occupant }
        }
    }

    public var name: BusName { inner.name }

    public var limits: I2CLimits { inner.limits }

    /// - Throws: `writeRefused`, with nothing sent, besides what the bus itself throws.
    public func transfer(
        _ address: I2CAddress, write: Span<UInt8>, read: inout MutableSpan<UInt8>, options: I2COptions
    ) throws(BusFault) {
        guard isAllowed(address, writing: write.count, reading: read.count) else {
            throw BusFault(.writeRefused, bus: name, address: UInt16(address.value), operation: "transfer")
        }
        try inner.transfer(address, write: write, read: &read, options: options)
    }

    private func isAllowed(_ address: I2CAddress, writing written: Int, reading read: Int) -> Bool {
        guard let slot = GuardedI2CBus.slot(of: address) else { return true }
        return switch occupants[slot] {
        case .controller: true
        case .eeprom: written == 0 || written == 1 && read > 0
        case .unnamed: written == 0 && read > 0
        }
    }

    /// Nil for addresses that are not guarded.
    private static func slot(of address: I2CAddress) -> Int? {
        (first...last).contains(address.value) ? Int(address.value - first) : nil
    }
}
