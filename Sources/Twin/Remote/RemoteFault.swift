import Buses

/// Bus faults as they cross to another process: a code and two figures. The place is added where they arrive.
public enum RemoteFault {
    /// The code that stands for success.
    public static let none: UInt8 = 0

    /// Writes a fault as an answer.
    public static func write(_ kind: BusFault.Kind, to writer: inout WireWriter) {
        let (code, first, second) = parts(of: kind)
        writer.append(code)
        writer.append(UInt32(bitPattern: first))
        writer.append(UInt32(bitPattern: second))
    }

    /// Reads what `write` wrote behind the code.
    public static func read(code: UInt8, _ reader: inout WireReader) -> BusFault.Kind {
        guard let first = reader.word().map({ Int32(bitPattern: $0) }),
            let second = reader.word().map({ Int32(bitPattern: $0) })
        else {
            return .unplugged
        }
        return kind(code: code, first, second)
    }

    private static func parts(of kind: BusFault.Kind) -> (UInt8, Int32, Int32) {
        switch kind {
        case .noBus: (1, 0, 0)
        case .noAcknowledge: (2, 0, 0)
        case .busStuck: (3, 0, 0)
        case .arbitrationLost: (4, 0, 0)
        case .timeout: (5, 0, 0)
        case .shortTransfer(let expected, let actual): (6, expected, actual)
        case .checksum(let expected, let found): (7, Int32(expected), Int32(found))
        case .blockLength(let found, let expected): (8, Int32(found), Int32(expected))
        case .ownedByKernelDriver: (9, 0, 0)
        case .busy: (10, 0, 0)
        case .deviceReset: (11, 0, 0)
        case .unsupported: (12, 0, 0)
        case .tooLong(let limit): (13, limit, 0)
        case .writeRefused: (14, 0, 0)
        case .permission: (15, 0, 0)
        case .unplugged: (16, 0, 0)
        case .overrun: (17, 0, 0)
        case .other(let errno): (18, errno, 0)
        }
    }

    private static func kind(code: UInt8, _ first: Int32, _ second: Int32) -> BusFault.Kind {
        switch code {
        case 1: .noBus
        case 2: .noAcknowledge
        case 3: .busStuck
        case 4: .arbitrationLost
        case 5: .timeout
        case 6: .shortTransfer(expected: first, actual: second)
        case 7: .checksum(expected: UInt8(truncatingIfNeeded: first), found: UInt8(truncatingIfNeeded: second))
        case 8: .blockLength(found: UInt8(truncatingIfNeeded: first), expected: UInt8(truncatingIfNeeded: second))
        case 9: .ownedByKernelDriver
        case 10: .busy
        case 11: .deviceReset
        case 13: .tooLong(limit: first)
        case 14: .writeRefused
        case 15: .permission
        case 16: .unplugged
        case 17: .overrun
        case 18: .other(errno: first)
        // 12, and what a request gets that makes no sense to the other side.
        default: .unsupported
        }
    }
}
