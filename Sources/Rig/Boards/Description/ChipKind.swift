import ASIC
import Base

/// The mining chips that a chain can be made of.
public enum ChipKind: Equatable, Sendable {
    case bm1362, bm1366, bm1368, bm1370, bm1397
    case a1, t1

    static let all: [ChipKind] = [.bm1362, .bm1366, .bm1368, .bm1370, .bm1397, .a1, .t1]

    /// As board files write it.
    public var name: String {
        switch self {
        case .bm1362: "bm1362"
        case .bm1366: "bm1366"
        case .bm1368: "bm1368"
        case .bm1370: "bm1370"
        case .bm1397: "bm1397"
        case .a1: "a1"
        case .t1: "t1"
        }
    }

    /// The family of chips on a UART; nil for those on SPI.
    public var uartFamily: ChipFamily? {
        switch self {
        case .bm1362: .bm1362
        case .bm1366: .bm1366
        case .bm1368: .bm1368
        case .bm1370: .bm1370
        case .bm1397: .bm1397
        case .a1, .t1: nil
        }
    }

    /// How often a chain of them asks its chips for their temperatures; nil for chips that measure none.
    var temperatureInterval: Duration? {
        switch self {
        case .t1: T1Timing().temperatureInterval
        case .bm1368: ChainTiming().healthInterval
        case .bm1362, .bm1366, .bm1370, .bm1397, .a1: nil
        }
    }

    /// The most chips that a chain of them can have.
    var maximumChipCount: Int {
        switch self {
        case .a1: A1Request.maximumChipCount
        case .t1: T1Request.maximumChipCount
        case .bm1362, .bm1366, .bm1368, .bm1370, .bm1397: ChainAddresses.maximumChipCount
        }
    }
}
