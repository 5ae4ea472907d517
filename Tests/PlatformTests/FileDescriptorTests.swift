import Base
import CLinux
import Testing

@testable import Platform

@Suite struct FileDescriptorTests {
    @Test func aPipeIsEmptyThenReadableThenEnded() throws {
        let pipe = try Pipe.open()
        var buffer: [UInt8] = [9]
        #expect(try pipe.readEnd.read(appendingTo: &buffer, limit: 10) == .wouldBlock)
        #expect(try pipe.writeEnd.write([1, 2, 3].span) == .bytes(3))
        #expect(try pipe.readEnd.read(appendingTo: &buffer, limit: 2) == .bytes(2))
        #expect(try pipe.readEnd.read(appendingTo: &buffer, limit: 10) == .bytes(1))
        #expect(buffer == [9, 1, 2, 3])
        let reader = try pipe.closingWriteEnd()
        #expect(try reader.read(appendingTo: &buffer, limit: 10) == .end)
        #expect(buffer == [9, 1, 2, 3])
    }

    @Test func aFullPipeWouldBlock() throws {
        let pipe = try Pipe.open()
        let chunk = [UInt8](repeating: 7, count: 65_537)
        guard case .bytes(let count) = try pipe.writeEnd.write(chunk.span) else { throw Unexpected() }
        #expect(count < chunk.count)
        #expect(try pipe.writeEnd.write(chunk.span) == .wouldBlock)
    }

    @Test func theOwnersEndClosesIt() throws {
        let reader = try writeEndGoesOutOfScope()
        var buffer: [UInt8] = []
        #expect(try reader.read(appendingTo: &buffer, limit: 1) == .end)
    }

    private func writeEndGoesOutOfScope() throws -> FileDescriptor {
        let pipe = try Pipe.open()
        return FileDescriptor(owning: dup(pipe.readEnd.rawValue))
    }

    @Test func closingReportsAndDoesNotRepeat() throws {
        let pipe = try Pipe.open()
        let forced = ForcedFault(call: "close", errno: .interrupted)
        let writer = dup(pipe.writeEnd.rawValue)
        defer { _ = CLinux.close(writer) }
        let error = #expect(throws: SystemError.self) {
            try forced.during { try FileDescriptor(owning: writer).close() }
        }
        #expect(error?.errno == .interrupted)
        #expect(error?.description == "close: EINTR (Interrupted system call)")
    }

    @Test func failuresNameTheCall() throws {
        let pipe = try Pipe.open()
        let error = #expect(throws: SystemError.self) { try pipe.readEnd.write([1].span) }
        #expect(error?.errno == .badFileDescriptor)
        #expect(error?.description == "write: EBADF (Bad file descriptor)")
        #expect(Errno(rawValue: 4095).description == "errno 4095")
    }

    @Test func interruptedReadsGoOn() throws {
        let pipe = try Pipe.open()
        _ = try pipe.writeEnd.write([5].span)
        var buffer: [UInt8] = []
        let forced = ForcedFault(call: "read", errno: .interrupted, failures: 3)
        #expect(try forced.during { try pipe.readEnd.read(appendingTo: &buffer, limit: 4) } == .bytes(1))
    }

    @Test func waitingEndsAtTheDeadline() throws {
        let pipe = try Pipe.open()
        let start = Clock.now
        #expect(try !pipe.readEnd.waitUntilReadable(deadline: start + .milliseconds(20)))
        #expect(Clock.now - start >= .milliseconds(20))
        _ = try pipe.writeEnd.write([5].span)
        #expect(try pipe.readEnd.waitUntilReadable(deadline: start))
        #expect(try pipe.writeEnd.waitUntilWritable(deadline: start))
    }

    /// A storm of signals must neither break nor shorten waiting.
    @Test func waitingSurvivesSignals() throws {
        // Without SA_RESTART, so that the kernel does not go on by itself.
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { _ in }
        try #require(sigaction(SIGUSR2, &action, nil) == 0)
        let pipe = try Pipe.open(nonBlocking: false)
        let target = pthread_self()
        let writer = dup(pipe.writeEnd.rawValue)
        let storm = try Thread(.init(name: "storm")) {
            for _ in 0..<500 {
                pthread_kill(target, SIGUSR2)
                usleep(100)
            }
            let end = FileDescriptor(owning: writer)
            _ = try? end.write([1].span)
        }
        let start = Clock.now
        #expect(try !pipe.readEnd.waitUntilReadable(deadline: start + .milliseconds(20)))
        #expect(Clock.now - start >= .milliseconds(20))
        var buffer: [UInt8] = []
        #expect(try pipe.readEnd.read(appendingTo: &buffer, limit: 1) == .bytes(1))
        try storm.join()
    }
}

struct Unexpected: Error {}
