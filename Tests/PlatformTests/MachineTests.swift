import Base
import CLinux
import Testing

@testable import Platform

@Suite struct MachineTests {
    @Test func theMachineKnowsItself() throws {
        let identity = try Machine.identity()
        #expect(!identity.hostName.isEmpty && identity.kernelRelease.contains(".") && !identity.architecture.isEmpty)
        let cpus = try Machine.usableCPUs()
        #expect(!cpus.isEmpty && cpus == cpus.sorted() && Set(cpus).count == cpus.count)
    }

    @Test func theProcessKnowsWhatItUses() throws {
        #expect(Process.arguments == CommandLine.arguments)
        #expect(Process.environment("PATH")?.isEmpty == false)
        #expect(Process.environment("NO_SUCH_VARIABLE_HERE") == nil)
        #expect(try Process.residentBytes() > 1 << 20)
        #expect(try Process.openDescriptors() >= 3)
    }

    @Test func numbersAreReadExactlyOrNotAtAll() {
        #expect(Process.decimal("42\n".utf8) == 42)
        #expect(Process.decimal("-7".utf8) == -7)
        #expect(
            Process.decimal("".utf8) == nil && Process.decimal("-".utf8) == nil && Process.decimal("x1".utf8) == nil)
        #expect(Process.decimal("99999999999999999999".utf8) == nil)
    }

    @Test func randomBytesDiffer() throws {
        var first: [UInt8] = [1]
        try Entropy.append(32, to: &first)
        var second: [UInt8] = [1]
        try Entropy.append(32, to: &second)
        #expect(first.count == 33 && first[0] == 1 && first != second)
        #expect(Entropy.seed() != Entropy.seed())
    }

    @Test func anOldKernelGivesRandomBytesToo() throws {
        var bytes: [UInt8] = []
        try ForcedFault(call: "getrandom", errno: .notImplemented).during { try Entropy.append(32, to: &bytes) }
        #expect(Set(bytes).count > 8)
    }

    @Test func secretsAreNotMadeBeforeThereIsEntropy() throws {
        var bytes: [UInt8] = []
        let error = #expect(throws: SystemError.self) {
            try ForcedFault(call: "getrandom", errno: .wouldBlock).during { try Entropy.append(32, to: &bytes) }
        }
        #expect(error?.errno == .wouldBlock && bytes.isEmpty)
    }

    @Test func temperaturesComeFromBothClassesAndFaultsAreFaults() throws {
        let sys = try TemporaryDirectory()
        try sys.write("class/hwmon/hwmon0/name", "lm75\n")
        try sys.write("class/hwmon/hwmon0/temp1_input", "48500\n")
        try sys.write("class/hwmon/hwmon0/temp2_input", "0\n")
        try sys.write("class/hwmon/hwmon0/temp2_fault", "1\n")
        try sys.write("class/hwmon/hwmon0/temp3_input", "garbage\n")
        try sys.write("class/hwmon/hwmon0/fan1_input", "1200\n")
        try sys.write("class/thermal/thermal_zone0/type", "cpu_thermal\n")
        try sys.write("class/thermal/thermal_zone0/temp", "-1000\n")
        try sys.write("class/thermal/cooling_device0/type", "fan\n")
        let readings = KernelTemperatures.read(root: sys.path)
        #expect(readings.map(\.name) == ["lm75/temp1", "lm75/temp2", "lm75/temp3", "cpu_thermal"])
        #expect(try readings[0].millidegrees.get() == 48_500)
        #expect(try readings[3].millidegrees.get() == -1000)
        let fault = #expect(throws: FileError.self) { try readings[1].millidegrees.get() }
        #expect(fault?.cause.errno == .inputOutput)
        let garbage = #expect(throws: FileError.self) { try readings[2].millidegrees.get() }
        #expect(garbage?.cause.errno == .badMessage)
        #expect(KernelTemperatures.read(root: "/no/such").isEmpty)
    }

    /// With a socket of our own in the part of the service manager.
    @Test func theServiceManagerHearsWhatItIsTold() throws {
        let directory = try TemporaryDirectory()
        for name in ["\(directory.path)/notify", "@ballast-\(Entropy.seed())"] {
            let manager = try boundDatagramSocket(name)
            let service = try ServiceManager(
                path: Array(name.utf8), watchdogMicroseconds: "30000000", watchdogProcess: "\(getpid())")
            #expect(service.watchdog == .seconds(30))
            #expect(try service.notify(.ready))
            #expect(try service.notify(.alive))
            #expect(try service.notify(.status(Array("two\nlines".utf8))))
            #expect(try service.notify(.stopping))
            var heard: [String] = []
            while true {
                var message: [UInt8] = []
                guard case .bytes = try manager.read(appendingTo: &message, limit: 100) else { break }
                heard.append(String(decoding: message, as: UTF8.self))
            }
            #expect(heard == ["READY=1", "WATCHDOG=1", "STATUS=two", "STOPPING=1"])
        }
    }

    private func boundDatagramSocket(_ name: String) throws -> FileDescriptor {
        var address = try SocketAddress.local(Array(name.utf8)).kernelForm()
        let socket = FileDescriptor(owning: clinux_datagram_socket(&address))
        try #require(clinux_bind(socket.rawValue, &address) == 0)
        return socket
    }

    @Test func aWatchdogForAnotherProcessIsNotOurs() throws {
        let name = "@ballast-\(Entropy.seed())"
        let manager = try boundDatagramSocket(name)
        let service = try ServiceManager(path: Array(name.utf8), watchdogMicroseconds: "1000", watchdogProcess: "1")
        #expect(service.watchdog == nil)
        _ = manager.rawValue
        let error = #expect(throws: SystemError.self) {
            _ = try ServiceManager(path: Array("vsock:2:1".utf8), watchdogMicroseconds: nil, watchdogProcess: nil)
        }
        #expect(error?.errno == .invalidArgument)
    }
}

@Suite struct StandardStreamTests {
    @Test func linesAreWholeAndBounded() throws {
        let pipe = try Pipe.open()
        var stream = StandardStream(descriptor: pipe.writeEnd.rawValue)
        let (isTerminal, columns) = (stream.isTerminal, stream.columns)
        #expect(!isTerminal && columns == nil)
        let outcomes = [
            stream.writeLine("hello"), stream.writeLine([UInt8](repeating: UInt8(ascii: "x"), count: 10_000).span),
        ]
        #expect(outcomes == [true, true])
        var read: [UInt8] = []
        _ = try pipe.readEnd.read(appendingTo: &read, limit: 65_536)
        let long = String(repeating: "x", count: StandardStream.lineLimit)
        #expect(String(decoding: read, as: UTF8.self) == "hello\n\(long)…\n")
    }

    @Test func aReaderThatStopsCostsLinesButNotTheDaemon() throws {
        let pipe = try Pipe.open()
        var stream = StandardStream(descriptor: pipe.writeEnd.rawValue)
        let line = [UInt8](repeating: UInt8(ascii: "x"), count: 3_001)
        var written = 0
        while stream.writeLine(line.span) { written += 1 }
        let start = Clock.now
        let isWritten = stream.writeLine("lost")
        #expect(!isWritten)
        #expect(Clock.now - start < .seconds(2))
        let dropped = stream.dropped
        #expect(dropped == 2)
        var read: [UInt8] = []
        while case .bytes = try pipe.readEnd.read(appendingTo: &read, limit: 65_536) {}
        let isBack = stream.writeLine("back")
        #expect(isBack)
        _ = try pipe.readEnd.read(appendingTo: &read, limit: 65_536)
        let lines = read.split(separator: UInt8(ascii: "\n"))
        #expect(lines.prefix(written).allSatisfy { $0.elementsEqual(line) })
        #expect(String(decoding: lines[lines.count - 1], as: UTF8.self) == "back")
    }

    @Test func aReaderThatIsGoneIsTolerated() throws {
        let pipe = try Pipe.open()
        let writer = dup(pipe.writeEnd.rawValue)
        defer { _ = CLinux.close(writer) }
        _ = clinux_ignore_signal(SIGPIPE)
        dropReader(pipe)
        var stream = StandardStream(descriptor: writer)
        let isWritten = stream.writeLine("anyone?")
        let dropped = stream.dropped
        #expect(!isWritten && dropped == 1)
    }

    private func dropReader(_ pipe: consuming Pipe) {}
}

/// Whatever is opened is closed again, on the ways that fail too.
@Suite struct LeakTests {
    @Test func nothingIsLeftOpen() throws {
        try exerciseEverything()
        let before = try Process.openDescriptors()
        for _ in 0..<60 { try exerciseEverything() }
        // Other tests may run at the same time, with a few descriptors each; a leak would show at least 60.
        #expect(try Process.openDescriptors() - before < 50)
    }

    private func exerciseEverything() throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/file"
        try AtomicFile.write(path, [1].span)
        let fault = ForcedFault(call: "fsync", errno: .inputOutput)
        #expect(throws: FileError.self) { try fault.during { try AtomicFile.write(path, [1].span) } }
        try EventLogFile(path, sizeLimit: 10, keptFiles: 1).append([UInt8](repeating: 65, count: 20).span)
        _ = try Connected.over(.internet(.loopback, port: 0)).keepingClient()
        let resolver = try Resolver()
        #expect(resolver.resolve(Array("::1".utf8), port: 1, request: 1))
        var reactor = try Reactor()
        try reactor.register(resolver, as: .init(rawValue: 1))
        var events: [Reactor.Event] = []
        try reactor.wait(until: Clock.now, into: &events)
        #expect(throws: SystemError.self) {
            try ForcedFault(call: "timerfd_create", errno: .noMemory).during { _ = try Reactor() }
        }
    }
}
