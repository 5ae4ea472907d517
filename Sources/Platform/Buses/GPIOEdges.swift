import Base
import Buses
import CGpiod
import CLinux

/// The recorded edges of a digital input through libgpiod, for tachometers, buttons and zero crossings.
///
/// The kernel keeps 16 edges of a line until they are fetched.
public final class GPIOEdges: EdgeSource {
    /// Which changes are recorded.
    public enum Detection: Sendable {
        case toActive, toInactive, both
    }

    private let line: GPIOLine
    private var record: EdgeRecord

    /// - Throws: as `GPIOOutput`; `unsupported` for a line without interrupt.
    public init(
        _ place: GPIOPlace, isActiveLow: Bool, bias: GPIOBias = .asIs, detecting detection: Detection
    ) throws(BusFault) {
        let use =
            switch detection {
            case .toActive: CGPIOD_EDGES_TO_ACTIVE
            case .toInactive: CGPIOD_EDGES_TO_INACTIVE
            case .both: CGPIOD_EDGES_BOTH
            }
        line = try GPIOLine(place, isActiveLow: isActiveLow, bias: bias, use: use)
        record = EdgeRecord(alternates: detection == .both)
    }

    /// Readable while edges wait, for a reactor or ppoll(2); belongs to this object.
    public var descriptor: CInt { cgpiod_descriptor(line.handle) }

    public var lost: UInt64 { record.lost }

    /// Moves waiting edges to the caller; their times are the kernel's, on the clock of `Clock.now`.
    public func read(into edges: inout MutableSpan<Edge>) throws(BusFault) -> Int {
        var batch = InlineArray<16, cgpiod_edge>(repeating: cgpiod_edge())
        var count = 0
        while count < edges.count {
            let wanted = min(edges.count - count, batch.count)
            let got = try fetch(&batch, wanted)
            let now = Clock.now
            let wall = Clock.wallNanoseconds
            for index in 0..<got {
                let edge = batch[index]
                let direction: Edge.Direction = edge.to_active ? .toActive : .toInactive
                if let edge = record.add(
                    direction, nanoseconds: edge.nanoseconds, number: edge.sequence, now: now, wall: wall)
                {
                    edges[count] = edge
                    count += 1
                }
            }
            if got < wanted { break }
        }
        return count
    }

    private func fetch(_ batch: inout InlineArray<16, cgpiod_edge>, _ wanted: Int) throws(BusFault) -> Int {
        var span = batch.mutableSpan
        do throws(SystemError) {
            return Int(
                try span.withUnsafeMutableBufferPointer { (buffer) throws(SystemError) in
                    try valueOrErrno("gpiod_line_event_read") {
                        cgpiod_read_edges(line.handle, buffer.baseAddress, wanted)
                    }
                })
        } catch {
            if error.errno == .wouldBlock { return 0 }
            throw BusFault(.init(error.errno, on: .gpio), bus: line.bus, address: line.offset, operation: "read edges")
        }
    }
}
