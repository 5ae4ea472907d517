import Base
import CLinux
import Testing

@testable import Platform

@Suite struct MailboxTests {
    @Test func elementsComeOutInOrderAndAFullMailboxRefuses() throws {
        let mailbox = try Mailbox<[Int]>(capacity: 2)
        #expect(mailbox.take() == nil)
        #expect(mailbox.post([1]) && mailbox.post([2, 2]))
        #expect(!mailbox.post([3]))
        #expect(mailbox.refused == 1 && mailbox.count == 2)
        #expect(mailbox.take() == [1])
        #expect(mailbox.post([4]))
        #expect(mailbox.take() == [2, 2] && mailbox.take() == [4] && mailbox.take() == nil)
    }

    @Test func theDescriptorIsReadableExactlyWhileSomethingIsHeld() throws {
        let mailbox = try Mailbox<Int>(capacity: 4)
        func isReadable() throws -> Bool { try mailbox.wakeup.descriptor.waitUntilReadable(deadline: Clock.now) }
        #expect(try !isReadable())
        #expect(mailbox.post(1) && mailbox.post(2))
        #expect(try isReadable())
        #expect(mailbox.take() == 1)
        #expect(try isReadable())
        #expect(mailbox.take() == 2)
        #expect(try !isReadable())
    }

    @Test func whatIsLeftIsReleased() throws {
        final class Tracked: Sendable {
            let count: Latest<Int>
            init(_ count: Latest<Int>) { self.count = count }
            deinit { count.publish(0) }
        }
        let released = Latest<Int>(0)
        do {
            let mailbox = try Mailbox<Tracked>(capacity: 3)
            #expect(mailbox.post(Tracked(released)) && mailbox.post(Tracked(released)))
        }
        #expect(released.generation == 3)
    }

    @Test func waitingForAnElementEndsAtTheDeadline() throws {
        let mailbox = try Mailbox<Int>(capacity: 1)
        let start = Clock.now
        #expect(try mailbox.take(until: start + .milliseconds(15)) == nil)
        #expect(Clock.now - start >= .milliseconds(15))
    }

    /// Several producers, one consumer that sleeps in a reactor: nothing is lost, doubled or reordered per producer.
    @Test func nothingIsLostBetweenThreads() throws {
        struct Item: Sendable {
            let producer: Int
            let number: Int
            let load: [UInt8]
        }
        let producers = 3
        let perProducer = 4_000
        let mailbox = try Mailbox<Item>(capacity: 16)
        var reactor = try Reactor()
        try reactor.register(mailbox, as: .init(rawValue: 5))
        var threads = try (0..<producers).map { producer in
            let body: @Sendable () -> Void = {
                for number in 0..<perProducer {
                    let item = Item(producer: producer, number: number, load: [UInt8](repeating: 1, count: number % 50))
                    while !mailbox.post(item) { _ = sched_yield() }
                }
            }
            return JoinBox(try Thread(.init(name: "producer"), body: body))
        }
        var next = [Int](repeating: 0, count: producers)
        var events: [Reactor.Event] = []
        let deadline = Clock.now + .seconds(20)
        while next.reduce(0, +) < producers * perProducer {
            try reactor.wait(until: deadline, into: &events)
            guard events == [.init(token: .init(rawValue: 5), readiness: .readable)] else { throw Unexpected() }
            while let item = mailbox.take() {
                guard item.number == next[item.producer], item.load.count == item.number % 50 else {
                    throw Unexpected()
                }
                next[item.producer] += 1
            }
        }
        for thread in threads { try thread.join() }
        threads = []
        #expect(mailbox.take() == nil)
    }
}

/// A thread in an array.
final class JoinBox {
    private var thread: Thread?

    init(_ thread: consuming Thread) { self.thread = consume thread }

    func join() throws { try thread.take()?.join() }
}
