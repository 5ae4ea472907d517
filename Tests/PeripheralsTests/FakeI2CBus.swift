import Base
import Buses
import Testing

/// What went over the bus, in the form tests are written in.
enum Transfer: Equatable, CustomStringConvertible {
    case write(UInt8, [UInt8])
    case read(UInt8, Int)
    case writeRead(UInt8, [UInt8], Int)
    /// A write that ignores a missing acknowledge.
    case writeUnacknowledged(UInt8, [UInt8])

    var description: String {
        func hex(_ bytes: [UInt8]) -> String { bytes.map { Hex.text($0) }.joined(separator: " ") }
        return switch self {
        case .write(let address, let bytes): ".write(\(Hex.text(address)): \(hex(bytes)))"
        case .read(let address, let count): ".read(\(Hex.text(address)): \(count))"
        case .writeRead(let address, let bytes, let count): ".writeRead(\(Hex.text(address)): \(hex(bytes)), \(count))"
        case .writeUnacknowledged(let address, let bytes): ".writeUnacknowledged(\(Hex.text(address)): \(hex(bytes)))"
        }
    }
}

/// A device on the fake bus: takes the written bytes, gives the read ones.
protocol FakeTarget: AnyObject {
    func transfer(write: [UInt8], readCount: Int) throws(FakeFault) -> [UInt8]
}

struct FakeFault: Error {
    var kind: BusFault.Kind
}

/// A bus that records its traffic; a transfer to an address without a device is not acknowledged.
final class FakeI2CBus: I2CBus {
    let name = BusName(.i2c, 1)
    var limits = I2CLimits(longestWrite: 64, longestRead: 64)
    var targets: [UInt8: any FakeTarget] = [:]
    var trace: [Transfer] = []
    /// Fails transfers by their number, counted from 0.
    var faults: [Int: BusFault.Kind] = [:]
    private(set) var count = 0

    init(_ targets: [UInt8: any FakeTarget] = [:]) {
        self.targets = targets
    }

    func transfer(
        _ address: I2CAddress, write: Span<UInt8>, read: inout MutableSpan<UInt8>, options: I2COptions
    ) throws(BusFault) {
        let written = write.indices.map { write[$0] }
        trace.append(
            options.contains(.ignoreNAK)
                ? .writeUnacknowledged(address.value, written)
                : read.count == 0
                    ? .write(address.value, written)
                    : written.isEmpty
                        ? .read(address.value, read.count) : .writeRead(address.value, written, read.count))
        defer { count += 1 }
        func fault(_ kind: BusFault.Kind) -> BusFault {
            BusFault(kind, bus: name, address: UInt16(address.value), operation: "transfer")
        }
        if let kind = faults[count] { throw fault(kind) }
        guard let target = targets[address.value] else {
            if options.contains(.ignoreNAK) { return }
            throw fault(.noAcknowledge)
        }
        do throws(FakeFault) {
            let bytes = try target.transfer(write: written, readCount: read.count)
            for index in 0..<read.count { read[index] = index < bytes.count ? bytes[index] : 0xFF }
        } catch {
            throw fault(error.kind)
        }
    }
}

/// A chip with a pointer and 8- or 16-bit registers. Unlisted registers read 0xFF.
final class RegisterChip: FakeTarget {
    var bytes: [UInt8: [UInt8]]
    /// Writes to a register that show up in another one.
    var aliases: [UInt8: UInt8] = [:]
    /// Bits of a register that do not take what is written.
    var stuck: Set<UInt8> = []
    private var pointer: UInt8 = 0

    /// Registers of one byte.
    init(_ registers: [UInt8: UInt8] = [:]) {
        bytes = registers.mapValues { [$0] }
    }

    /// Registers of two bytes, high byte first.
    init(words: [UInt8: UInt16]) {
        bytes = words.mapValues { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }
    }

    subscript(register: UInt8) -> UInt8 {
        get { bytes[register]?.first ?? 0xFF }
        set { bytes[register] = [newValue] }
    }

    func transfer(write: [UInt8], readCount: Int) -> [UInt8] {
        if let register = write.first { pointer = register }
        if write.count > 1, !stuck.contains(pointer) { bytes[aliases[pointer] ?? pointer] = Array(write[1...]) }
        guard readCount > 0 else { return [] }
        var result = bytes[pointer] ?? [0xFF]
        // Neighbouring byte registers are read by auto-increment.
        var next = pointer
        while result.count < readCount {
            next &+= 1
            result += bytes[next] ?? [0xFF]
        }
        return Array(result.prefix(readCount))
    }
}

/// A device that answers reads from a queue.
final class ScriptedTarget: FakeTarget {
    var replies: [[UInt8]]

    init(_ replies: [[UInt8]] = []) {
        self.replies = replies
    }

    func transfer(write: [UInt8], readCount: Int) -> [UInt8] {
        guard readCount > 0, !replies.isEmpty else { return [] }
        return replies.removeFirst()
    }
}

let t0 = Instant(nanoseconds: 5_000_000_000)
