import CLinux

/// A file below /sys that stays open and is read and written from its start each time. Nothing is allocated after that.
final class Attribute {
    private let file: FileDescriptor

    /// - Parameter flags: O_RDONLY, O_WRONLY or O_RDWR.
    init(_ path: String, _ flags: CInt) throws(SystemError) {
        file = try File.open(path, flags)
    }

    /// For poll(2); belongs to this object.
    var descriptor: CInt { file.rawValue }

    /// The whole number that the file starts with; EBADMSG when there is none.
    func number() throws(SystemError) -> Int {
        var text = InlineArray<24, UInt8>(repeating: 0)
        let count = try read(&text)
        var span = text.mutableSpan
        let number = span.withUnsafeMutableBytes { Process.decimal($0.prefix(count)) }
        guard let number else { throw SystemError(call: "read", errno: .badMessage) }
        return number
    }

    /// The file's first character; EBADMSG when it is empty.
    func firstCharacter() throws(SystemError) -> UInt8 {
        var text = InlineArray<24, UInt8>(repeating: 0)
        guard try read(&text) > 0 else { throw SystemError(call: "read", errno: .badMessage) }
        return text[0]
    }

    func write(_ text: StaticString) throws(SystemError) {
        try write(UnsafeRawPointer(text.utf8Start), text.utf8CodeUnitCount)
    }

    func write(_ number: UInt32) throws(SystemError) {
        var text = InlineArray<10, UInt8>(repeating: 0)
        var start = text.count
        var rest = number
        repeat {
            start -= 1
            text[start] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        } while rest > 0
        var span = text.mutableSpan
        try span.withUnsafeMutableBytes { (buffer) throws(SystemError) in
            guard let base = buffer.baseAddress else { return }
            try write(UnsafeRawPointer(base + start), buffer.count - start)
        }
    }

    private func read(_ text: inout InlineArray<24, UInt8>) throws(SystemError) -> Int {
        var span = text.mutableSpan
        return try span.withUnsafeMutableBytes { (buffer) throws(SystemError) in
            try valueOrErrno("read") { pread(file.rawValue, buffer.baseAddress, buffer.count, 0) }
        }
    }

    /// In one call, as the kernel wants it.
    private func write(_ text: UnsafeRawPointer, _ count: Int) throws(SystemError) {
        let written = try valueOrErrno("write") { pwrite(file.rawValue, text, count, 0) }
        guard written == count else { throw SystemError(call: "write", errno: .inputOutput) }
    }
}
