import Foundation
import LoopbackPool

/// One line of the control protocol.
enum Command: Equatable {
    case misbehave(MisbehaviourOrder?, client: ClientID?)
    case difficulty(ShareDifficulty)
    case job(newBlock: Bool)
    case statistics
    case shares
    case stop

    init(line: String) throws(CommandError) {
        let words = line.split(separator: " ").map(String.init)
        let arguments = words.dropFirst()
        switch words.first {
        case "misbehave" where (1...2).contains(arguments.count):
            let order: MisbehaviourOrder
            do throws(MisbehaviourTextError) {
                order = try MisbehaviourOrder(text: words[1])
            } catch {
                throw CommandError(description: error.description)
            }
            self = .misbehave(order, client: try Self.client(words.dropFirst(2).first))
        case "behave" where arguments.count <= 1: self = .misbehave(nil, client: try Self.client(arguments.first))
        case "difficulty" where arguments.count == 1:
            guard let difficulty = ShareDifficulty(words[1]) else {
                throw CommandError(description: "difficulty '\(words[1])': expected a number above 0")
            }
            self = .difficulty(difficulty)
        case "job" where arguments.isEmpty: self = .job(newBlock: false)
        case "block" where arguments.isEmpty: self = .job(newBlock: true)
        case "stats" where arguments.isEmpty: self = .statistics
        case "shares" where arguments.isEmpty: self = .shares
        case "stop" where arguments.isEmpty: self = .stop
        default:
            throw CommandError(
                description: "command '\(line.prefix(100))': expected misbehave NAME [CLIENT], behave [CLIENT], "
                    + "difficulty D, job, block, stats, shares or stop")
        }
    }

    private static func client(_ text: String?) throws(CommandError) -> ClientID? {
        guard let text else { return nil }
        guard let client = Int(text), client > 0 else {
            throw CommandError(description: "client '\(text)': expected the number of a connection")
        }
        return client
    }

    /// Carries the command out and returns the line to answer with. `stop` is the caller's business.
    func perform(on pool: LoopbackPool) -> String {
        switch self {
        case .misbehave(let order, let client):
            if !pool.set(order, for: client) { return "error: no client \(client ?? 0)" }
        case .difficulty(let difficulty): pool.announce(difficulty)
        case .job(let newBlock): pool.announceJob(newBlock: newBlock)
        case .statistics: return Self.json(pool.statistics)
        case .shares: return Self.json(pool.acceptedShares)
        case .stop: break
        }
        return "ok"
    }

    /// One line of JSON.
    static func json(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(value), as: UTF8.self)
        } catch {
            return "error: \(error)"
        }
    }
}

/// A line that is no command.
struct CommandError: Error, Equatable, CustomStringConvertible {
    let description: String
}
