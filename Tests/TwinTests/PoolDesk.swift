import Base
import Foundation
import Mining
import SHA256
import Testing

import struct LoopbackPool.PoolConfiguration
import struct LoopbackPool.ShareDifficulty
import struct LoopbackPool.SyntheticChain

@testable import LoopbackPool

/// The loopback pool's rules in process: hands out work of its job, and takes shares of it as the pool protocol has them.
final class PoolDesk {
    private let core: PoolCore
    private let client: ClientID
    private var source: WorkSource
    private(set) var accepted = 0
    /// What the pool had against shares, as it says it.
    private(set) var refusals: [String] = []

    /// - Parameter zeroBits: of a share's hash.
    init(zeroBits: Int, now: Instant) throws {
        var chain = SyntheticChain()
        chain.branchCount = 1
        // Slightly harder than the bits alone, in trillionths.
        let difficulty = UInt64((pow(2, Double(zeroBits - 32)) * 1e12).rounded(.up)) + 1
        let written: ShareDifficulty = try #require(ShareDifficulty(String(format: "%.12f", Double(difficulty) / 1e12)))
        var configuration = try PoolConfiguration(jobs: .synthetic(chain), difficulty: written)
        configuration.notifyInterval = .seconds(100_000)
        configuration.cleanInterval = nil
        core = PoolCore(configuration, now: now, time: 1_750_000_000)
        client = try #require(core.connect(now: now))
        var lines: [String] = []
        for line in [
            #"{"id":1,"method":"mining.configure","params":[["version-rolling"],{"version-rolling.mask":"1fffe000"}]}"#,
            #"{"id":2,"method":"mining.subscribe","params":["test/1.0"]}"#,
            #"{"id":3,"method":"mining.authorize","params":["user.worker","x"]}"#,
        ] { lines += Self.send(line, core, client, now) }
        source = try Self.source(from: lines, difficulty: difficulty, now: now)
    }

    /// The largest hash that is a share.
    var shareTarget: UInt256 { source.template.shareTarget }

    /// Work for a chain that takes so many versions of a header.
    func work(versions: UInt64, now: Instant) throws -> Work { try source.nextVersions(upTo: versions, now: now) }

    func submit(_ share: Share, now: Instant) {
        var extranonce2: [UInt8] = []
        share.extranonce2.appendHex(to: &extranonce2)
        let job = String(decoding: share.jobID, as: UTF8.self)
        let fields = [share.time, share.nonce, share.versionBits ?? 0].map { String(format: "%08x", $0) }
        let parameters = ["user.worker", job, String(decoding: extranonce2, as: UTF8.self)] + fields
        let text = parameters.map { "\"\($0)\"" }.joined(separator: ",")
        let answers = Self.send(#"{"id":11,"method":"mining.submit","params":["# + text + "]}", core, client, now)
        if answers.contains(where: { $0.contains("true") }) {
            accepted += 1
        } else {
            for case .rejected(_, let reason, let detail) in core.takeEvents() {
                refusals.append("\(reason): \(detail)")
            }
        }
    }

    private static func send(_ line: String, _ core: PoolCore, _ client: ClientID, _ now: Instant) -> [String] {
        core.receive(Array((line + "\n").utf8), from: client, now: now)
        var bytes: [UInt8] = []
        while case let ready = core.output(for: client, now: now), !ready.isEmpty {
            bytes += ready
            core.wrote(ready.count, to: client, now: now)
        }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    private static func source(from lines: [String], difficulty: UInt64, now: Instant) throws -> WorkSource {
        let messages = try lines.map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        let subscription = try #require(messages.first { $0["id"] as? Int == 2 }?["result"] as? [Any])
        let notify = try #require(messages.last { $0["method"] as? String == "mining.notify" }?["params"] as? [Any])
        let job = JobTemplate(
            id: Array(try text(notify[0]).utf8), previousHash: try previousHash(text(notify[1])),
            coinbasePrefix: try bytes(text(notify[2])), coinbaseSuffix: try bytes(text(notify[3])),
            merkleBranches: try #require(notify[4] as? [String]).map {
                try #require(Digest(bytes: bytes($0)))
            },
            version: try word(text(notify[5])), bits: try word(text(notify[6])), time: try word(text(notify[7])),
            isClean: true)
        let template = try WorkTemplate(
            job: job,
            extranonce: Extranonce(
                prefix: bytes(text(subscription[1])), size: try #require(subscription[2] as? Int)),
            versionMask: VersionMask(granted: 0x1FFF_E000),
            difficulty: #require(Difficulty(significand: difficulty, exponent: -12)), generation: 1)
        return WorkSource(template, receivedAt: now)
    }

    private static func text(_ value: Any) throws -> String { try #require(value as? String) }

    private static func word(_ text: String) throws -> UInt32 { try #require(UInt32(text, radix: 16)) }

    private static func bytes(_ text: String) throws -> [UInt8] {
        try stride(from: 0, to: text.count, by: 2).map { offset in
            let start = text.index(text.startIndex, offsetBy: offset)
            return try #require(UInt8(text[start..<text.index(start, offsetBy: 2)], radix: 16))
        }
    }

    /// The pool sends the bytes of each word reversed.
    private static func previousHash(_ text: String) throws -> Digest {
        var words = try #require(Digest(bytes: bytes(text))).words
        for index in 0..<8 { words[index] = words[index].byteSwapped }
        return Digest(words: words)
    }
}
