import Base
import Buses

/// Records every transfer and answers from a queue.
final class RecordingI2CBus: I2CBus {
    struct Transfer: Equatable {
        var address: UInt8
        var write: [UInt8]
        var readCount: Int
        var ignoresNAK = false
    }

    let name = BusName(.i2c, 3)
    var limits = I2CLimits(longestWrite: 40, longestRead: 40)
    var trace: [Transfer] = []
    var replies: [[UInt8]] = []
    var fault: BusFault.Kind?

    func transfer(
        _ address: I2CAddress, write: Span<UInt8>, read: inout MutableSpan<UInt8>, options: I2COptions
    ) throws(BusFault) {
        trace.append(
            Transfer(
                address: address.value, write: write.indices.map { write[$0] }, readCount: read.count,
                ignoresNAK: options.contains(.ignoreNAK)))
        if let fault { throw BusFault(fault, bus: name, address: UInt16(address.value), operation: "transfer") }
        guard read.count > 0, !replies.isEmpty else { return }
        for (index, byte) in replies.removeFirst().enumerated() where index < read.count { read[index] = byte }
    }
}
