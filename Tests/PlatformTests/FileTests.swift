import Base
import CLinux
import Testing

@testable import Platform

@Suite struct FileTests {
    private let directory: TemporaryDirectory
    private var path: String { "\(directory.path)/settings" }

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test func aFileIsReadUpToItsLimitAndNotBeyond() throws {
        try directory.write("settings", String(repeating: "x", count: 10_000))
        #expect(try File.read(path, limit: 10_000).count == 10_000)
        let error = #expect(throws: FileError.self) { try File.read(path, limit: 9_999) }
        #expect(error?.cause.errno == .fileTooLarge)
        let missing = #expect(throws: FileError.self) { try File.read("/no/such", limit: 1) }
        #expect(missing?.description == "/no/such: open: ENOENT (No such file or directory)")
        #expect(try !File.read("/proc/self/status", limit: 65_536).isEmpty)
    }

    @Test func directoriesAreMadeWithThoseAboveThem() throws {
        try File.createDirectory("\(directory.path)/a/b/c")
        try File.createDirectory("\(directory.path)/a/b/c")
        try directory.write("a/file", "")
        #expect(try File.names(in: "\(directory.path)/a") == ["b", "file"])
        let error = #expect(throws: FileError.self) { try File.createDirectory("\(directory.path)/a/file") }
        #expect(error?.cause.errno == .exists)
        #expect(error?.path == "\(directory.path)/a/file")
    }

    @Test func attributesMustExistToBeWritten() throws {
        let error = #expect(throws: FileError.self) { try File.writeExisting(path, [1].span) }
        #expect(error?.cause.errno == .noEntry)
        try directory.write("settings", "old and long")
        try File.writeExisting(path, Array("new".utf8).span)
        #expect(try directory.content("settings") == "new")
    }

    @Test func aFileIsReplacedAsAWhole() throws {
        try AtomicFile.write(path, Array("first".utf8).span, mode: 0o640)
        #expect(try directory.mode(of: "settings") == 0o640)
        try AtomicFile.write(path, Array("2".utf8).span, mode: 0o600)
        #expect(try directory.content("settings") == "2")
        #expect(try directory.mode(of: "settings") == 0o600)
        #expect(try directory.names() == ["settings"])
    }

    @Test(arguments: ["open", "fchmod", "write", "fsync", "close", "rename"] as [StaticString])
    func aFailureOnTheWayLeavesTheOldFile(call: StaticString) throws {
        try directory.write("settings", "old")
        let error = #expect(throws: FileError.self) {
            try ForcedFault(call: call, errno: .noSpace).during { try AtomicFile.write(path, Array("new".utf8).span) }
        }
        #expect(error?.cause.errno == .noSpace)
        #expect("\(error?.cause.call ?? "none")" == "\(call)")
        #expect(try directory.content("settings") == "old")
        #expect(try directory.names() == ["settings"])
    }

    @Test func aDirectoryThatDoesNotReachTheDiskIsToldOf() throws {
        try directory.write("settings", "old")
        let fault = ForcedFault(call: "fsync", errno: .inputOutput, successes: 1)
        let error = #expect(throws: FileError.self) {
            try fault.during { try AtomicFile.write(path, Array("new".utf8).span) }
        }
        #expect(error?.cause.errno == .inputOutput)
        #expect(try directory.content("settings") == "new")
    }

    @Test func aFullDiskIsAnErrorNotALoop() throws {
        let error = #expect(throws: FileError.self) { try File.writeExisting("/dev/full", [1].span) }
        #expect(error?.cause.errno == .noSpace)
    }

    @Test func aDraftThatIsALinkIsNotFollowed() throws {
        try directory.write("precious", "precious")
        try #require(symlink("\(directory.path)/precious", "\(path).new") == 0)
        #expect(throws: FileError.self) { try AtomicFile.write(path, [1].span) }
        #expect(try directory.content("precious") == "precious")
    }
}

@Suite struct EventLogFileTests {
    private let directory: TemporaryDirectory
    private var path: String { "\(directory.path)/log" }

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func open(sizeLimit: Int = 20, keptFiles: Int = 2) throws -> EventLogFile {
        try EventLogFile(path, sizeLimit: sizeLimit, keptFiles: keptFiles)
    }

    private func append(_ line: String, to log: EventLogFile) throws {
        try log.append(Array(line.utf8).span)
    }

    @Test func linesGoOnWhereTheLastRunEnded() throws {
        try append("one", to: open())
        try append("two", to: open())
        #expect(try directory.content("log") == "one\ntwo\n")
    }

    @Test func aFullFileMakesRoomAndTheOldestGoes() throws {
        let log = try open()
        for number in 10..<22 { try append("number \(number)", to: log) }
        try log.synchronize()
        #expect(try directory.names() == ["log", "log.1", "log.2"])
        #expect(try directory.content("log") == "number 20\nnumber 21\n")
        #expect(try directory.content("log.1") == "number 18\nnumber 19\n")
        #expect(try directory.content("log.2") == "number 16\nnumber 17\n")
    }

    @Test func withNothingKeptThereIsOneFile() throws {
        let log = try open(keptFiles: 0)
        for number in 10..<15 { try append("number \(number)", to: log) }
        #expect(try directory.names() == ["log"])
        #expect(try directory.content("log") == "number 14\n")
    }

    @Test func aLineLongerThanAFileHasOneOfItsOwn() throws {
        let log = try open()
        try append("short", to: log)
        try append(String(repeating: "x", count: 30), to: log)
        try append("short", to: log)
        #expect(try directory.content("log.2") == "short\n")
        #expect(try directory.content("log.1") == String(repeating: "x", count: 30) + "\n")
        #expect(try directory.content("log") == "short\n")
    }

    @Test func aLineThatAPowerCutTornIsEnded() throws {
        try directory.write("log", "whole\nhal")
        try append("next", to: open())
        #expect(try directory.content("log") == "whole\nhal\nnext\n")
    }

    @Test func aWriteThatFailsLosesItsLineOnly() throws {
        let log = try open(sizeLimit: 1000)
        try append("one", to: log)
        let fault = ForcedFault(call: "write", errno: .noSpace)
        let error = #expect(throws: FileError.self) { try fault.during { try append("two", to: log) } }
        #expect(error?.description == "\(path): write: ENOSPC (No space left on device)")
        try append("three", to: log)
        #expect(try directory.content("log") == "one\nthree\n")
    }

    @Test func aRotationThatFailsIsTriedAgain() throws {
        let log = try open()
        try append("number 10", to: log)
        try append("number 11", to: log)
        let fault = ForcedFault(call: "rename", errno: .inputOutput)
        #expect(throws: FileError.self) { try fault.during { try append("number 12", to: log) } }
        try append("number 13", to: log)
        #expect(try directory.content("log.1") == "number 10\nnumber 11\n")
        #expect(try directory.content("log") == "number 13\n")
    }
}
