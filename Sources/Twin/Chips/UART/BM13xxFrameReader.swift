import Base

/// What a simulated BM13xx chip finds in the bytes of the command line.
enum BM13xxFrame {
    case write(register: UInt8, value: UInt32, address: UInt8?)
    case read(register: UInt8, address: UInt8?)
    case setAddress(UInt8)
    case inactive
    /// The body of a job, in the reader's buffer.
    case job
}

/// Takes bytes of the command line and finds frames in them, as the chips do: `55 AA`, header, length, body, checksum.
struct BM13xxFrameReader {
    /// Head and longest job: 4 + 146 + 2 bytes.
    private static let limit = 152
    private let format: BM13xxModel.JobFormat
    private var buffer: [UInt8] = []
    /// Frames whose checksum or length was wrong.
    private(set) var damaged: UInt64 = 0

    init(format: BM13xxModel.JobFormat) {
        self.format = format
        buffer.reserveCapacity(Self.limit)
    }

    /// The body of the job that was just found.
    var jobBody: ArraySlice<UInt8> { buffer[4..<max(4, buffer.count - 2)] }

    mutating func reset() {
        buffer.removeAll(keepingCapacity: true)
    }

    /// Takes a byte; a frame that ends with it.
    mutating func take(_ byte: UInt8) -> BM13xxFrame? {
        if let length = frameLength, buffer.count >= length { buffer.removeAll(keepingCapacity: true) }
        buffer.append(byte)
        if buffer.count == 1, byte != 0x55 { return discard() }
        if buffer.count == 2, byte != 0xAA {
            buffer.removeAll(keepingCapacity: true)
            if byte == 0x55 { buffer.append(byte) }
            return nil
        }
        guard buffer.count >= 4 else { return nil }
        guard let length = frameLength else { return discard() }
        guard buffer.count == length else { return nil }
        let frame = parse()
        if frame == nil {
            damaged &+= 1
            return discard()
        }
        return frame
    }

    private mutating func discard() -> BM13xxFrame? {
        buffer.removeAll(keepingCapacity: true)
        return nil
    }

    /// The length of the frame in the buffer, preamble included; nil before it is known and when it cannot be.
    private var frameLength: Int? {
        guard buffer.count >= 4 else { return nil }
        let (header, length) = (buffer[2], Int(buffer[3]))
        switch header {
        case 0x40, 0x42, 0x52, 0x53: return length == 5 ? 7 : nil
        case 0x41, 0x51: return length == 9 ? 11 : nil
        case 0x21:
            // Of whole headers chips accept 0x36 as well as the true length.
            if format == .header { return length == 0x56 || length == 0x36 ? 88 : nil }
            return length == 0x36 || length == 0x96 ? length + 2 : nil
        default: return nil
        }
    }

    private func parse() -> BM13xxFrame? {
        let header = buffer[2]
        if header == 0x21 {
            let expected = UInt16(buffer[buffer.count - 2]) << 8 | UInt16(buffer[buffer.count - 1])
            return CRC16.ccittFalse(buffer[2..<buffer.count - 2]) == expected ? .job : nil
        }
        guard CRC5.checksum(of: buffer[2..<buffer.count - 1]) == buffer[buffer.count - 1] else { return nil }
        let address: UInt8? = header & 0x10 == 0 ? buffer[4] : nil
        switch header & 0x0F {
        case 0: return .setAddress(buffer[4])
        case 1:
            var value: UInt32 = 0
            for index in 6..<10 { value = value << 8 | UInt32(buffer[index]) }
            return .write(register: buffer[5], value: value, address: address)
        case 2: return .read(register: buffer[5], address: address)
        default: return .inactive
        }
    }
}
