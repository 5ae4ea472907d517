import Base
import CLinux
import Foundation
import Testing

@testable import Platform

@Suite struct ThreadTests {
    @Test func aThreadRunsWithNameAndNiceValueOfItsOwn() throws {
        let before = ownStatus().nice
        let seen = Latest<Status>(Status(name: "", nice: 0))
        let thread = try Platform.Thread(.init(name: "a rather long name")) {
            try? Platform.Thread.setNice(before + 7)
            seen.publish(ownStatus())
        }
        try thread.join()
        var generation: UInt64 = 0
        #expect(seen.newer(than: &generation) == Status(name: "a rather long n", nice: before + 7))
        #expect(ownStatus().nice == before)
    }

    @Test func aThreadCanBeHeldToOneCPU() throws {
        let cpus = Latest<[Int]>([])
        var attributes = Platform.Thread.Attributes(name: "pinned")
        attributes.cpu = 0
        let thread = try Platform.Thread(attributes) {
            var set: [Int] = []
            var next = clinux_next_usable_cpu(-1)
            while next >= 0 {
                set.append(Int(next))
                next = clinux_next_usable_cpu(next)
            }
            cpus.publish(set)
        }
        try thread.join()
        var generation: UInt64 = 0
        #expect(cpus.newer(than: &generation) == [0])
    }

    @Test(arguments: [-1, 1023, 1_000_000])
    func aCPUThatIsNotThereIsRefused(cpu: Int) throws {
        var attributes = Platform.Thread.Attributes(name: "nowhere")
        attributes.cpu = cpu
        #expect(throws: SystemError.self) { _ = try Platform.Thread(attributes) {} }
    }

    @Test func aRealTimePriorityThatDoesNotExistIsRefused() throws {
        var attributes = Platform.Thread.Attributes(name: "urgent")
        attributes.realTimePriority = 1000
        let error = #expect(throws: SystemError.self) { _ = try Platform.Thread(attributes) {} }
        #expect(error?.errno == .invalidArgument)
    }

    @Test func theLockKeepsThreadsApart() throws {
        final class Counter: @unchecked Sendable {
            let lock = Lock()
            var value = 0
        }
        let counter = Counter()
        let body: @Sendable () -> Void = { for _ in 0..<20_000 { counter.lock.withLock { counter.value += 1 } } }
        let first = try Platform.Thread(.init(name: "first"), body: body)
        let second = try Platform.Thread(.init(name: "second"), body: body)
        try first.join()
        try second.join()
        #expect(counter.value == 40_000)
    }

    @Test func workersSeeTheLatestValueAndOnlyWhenItIsNew() throws {
        let job = Latest<[UInt8]>([1])
        var generation: UInt64 = 0
        #expect(job.newer(than: &generation) == [1])
        #expect(job.newer(than: &generation) == nil)
        job.publish([2])
        job.publish([3])
        #expect(job.generation == 3)
        #expect(job.newer(than: &generation) == [3])
        #expect(generation == 3)
    }

    @Test func aReaderNeverSeesHalfAValue() throws {
        let job = Latest<[UInt64]>([0, 0, 0, 0])
        let torn = Latest<Bool>(false)
        let reader = try Platform.Thread(.init(name: "reader")) {
            var generation: UInt64 = 0
            while generation <= 2_000 {
                guard let value = job.newer(than: &generation) else { continue }
                if Set(value).count != 1 || value[0] != generation - 1 { torn.publish(true) }
            }
        }
        for value in UInt64(1)...2_000 { job.publish([value, value, value, value]) }
        try reader.join()
        #expect(torn.generation == 1)
    }
}

/// What the kernel tells about the calling thread (proc(5), `stat`: field 2 is the name, field 19 the nice value).
private struct Status: Equatable {
    var name: String
    var nice: Int
}

private func ownStatus() -> Status {
    let text = (try? String(contentsOfFile: "/proc/thread-self/stat", encoding: .utf8)) ?? ""
    guard let open = text.firstIndex(of: "("), let close = text.lastIndex(of: ")") else {
        return Status(name: "?", nice: -99)
    }
    let fields = text[close...].split(separator: " ")
    return Status(name: String(text[text.index(after: open)..<close]), nice: Int(fields[17]) ?? -99)
}
