import Base
import Platform

/// The other end of a `LineDesk`: one command, one answer.
enum LineCall {
    /// Why there is no answer; one line for a person.
    struct Failure: Error {
        let message: String
    }

    /// Longest answer that is taken, in bytes.
    static let answerLimit = 64 * 1024

    /// Sends `line` to the desk at `path` and returns what it answers.
    static func make(_ line: String, to path: String, patience: Duration = .seconds(5)) throws(Failure) -> [UInt8] {
        do throws(SystemError) {
            let socket = try Socket.connecting(to: .local(Array(path.utf8)))
            let deadline = Clock.now + patience
            var outgoing = Array(line.utf8) + [0x0A]
            while !outgoing.isEmpty {
                switch try socket.send(outgoing.span) {
                case .bytes(let count): outgoing.removeFirst(count)
                case .wouldBlock: try wait(try socket.descriptor.waitUntilWritable(deadline: deadline))
                }
            }
            var answer: [UInt8] = []
            while answer.count < answerLimit {
                switch try socket.receive(appendingTo: &answer, limit: 4096) {
                case .bytes: break
                case .end: return answer
                case .wouldBlock: try wait(try socket.descriptor.waitUntilReadable(deadline: deadline))
                }
            }
            return answer
        } catch {
            throw Failure(message: "\(path): \(error.description)")
        }
    }

    private static func wait(_ isReady: Bool) throws(SystemError) {
        if !isReady { throw SystemError(call: "poll", errno: .timedOut) }
    }
}
