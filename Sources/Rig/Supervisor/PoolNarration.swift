import Base
import JSON
import Mining
import Stratum

/// What the log says about pools.
enum PoolNarration {
    static func event(for note: PoolGroup.Note, source: String) -> Event {
        switch note {
        case .session(let note): return event(for: note, source: source)
        case .difficulty(let difficulty):
            return Event(.info, source, "share difficulty \(RigStatus.short(difficulty.approximation))")
        case .authorized: return Event(.info, source, "worker authorized")
        case .connected: return Event(.info, source, "connected")
        case .down(let outage, let retry):
            return Event(
                .warning, source,
                "\(text(outage)); next attempt in \(Decimal.fixed(Double(retry.nanoseconds) / 1e9, places: 1)) s")
        case .active: return Event(.notice, source, "mining here")
        case .avoiding(let request):
            return Event(.warning, source, "\(request.method) made the pool hang up twice: left out for a while")
        case .redirected(let endpoint):
            return Event(
                .notice, source,
                "moves its miners to \(String(decoding: endpoint.host, as: UTF8.self)):\(endpoint.port)")
        }
    }

    /// Whether a pool can cause such notes as fast as it can send.
    static func canFlood(_ note: PoolGroup.Note) -> Bool {
        switch note {
        case .session, .difficulty: true
        case .authorized, .connected, .down, .active, .avoiding, .redirected: false
        }
    }

    private static func text(_ outage: PoolGroup.Outage) -> String {
        switch outage {
        case .notConnected: "cannot be reached"
        case .closed: "closed the connection"
        case .redirected: "sends us elsewhere"
        case .session(.refused(let request, let rejection)): "refused \(request.method): \(rejection.summary)"
        case .session(.unusable(let request, _)): "its reply to \(request.method) is of no use"
        case .session(.unanswered(let request)): "did not answer \(request.method) in time"
        case .session(.silent): "sent no job in time"
        case .session(.garbage): "sends nothing but garbage"
        }
    }

    private static func event(for note: Session.Note, source: String) -> Event {
        switch note {
        case .fault(let fault): return Event(.warning, source, text(fault))
        case .message(let text): return Event(.notice, source, "says: \(String(decoding: text, as: UTF8.self))")
        case .unknownMethod(let method):
            return Event(.info, source, "called the unknown method \(String(decoding: method, as: UTF8.self))")
        case .versionMask(let mask):
            var digits: [UInt8] = []
            Hex.append(mask, to: &digits)
            return Event(
                .info, source,
                mask == 0 ? "no version rolling" : "version rolling mask \(String(decoding: digits, as: UTF8.self))")
        case .refused(let request, let rejection):
            return Event(.info, source, "refused \(request.method), which is optional: \(rejection.summary)")
        case .unanswered(let request):
            return Event(.info, source, "did not answer \(request.method), which is optional")
        case .lateReply: return Event(.info, source, "a reply came late or twice")
        case .poolError(let rejection): return Event(.warning, source, "reports an error: \(rejection.summary)")
        case .redirectRefused(let host):
            return Event(
                .warning, source,
                "wants us to move to \(String(decoding: host, as: UTF8.self)), which is not its own: refused")
        case .resumed: return Event(.info, source, "session resumed")
        case .callsIgnored: return Event(.warning, source, "asks more than can be answered")
        }
    }

    private static func text(_ fault: Session.Fault) -> String {
        switch fault {
        case .malformed(let error):
            var text = Array("sent a line that cannot be used: ".utf8)
            error.describe(to: &text)
            return String(decoding: text, as: UTF8.self)
        case .tooLong: return "sent a line of more than 64 KiB: dropped"
        case .unintelligible: return "sent a line that is neither a call nor a reply"
        case .unexpectedReply: return "replied to a request that was never made"
        }
    }
}

extension Rejection {
    /// The reason and the pool's own words.
    var summary: String {
        var summary = "\(reason.name)"
        if let code { summary += " (code \(code))" }
        if !text.isEmpty { summary += ": \"\(String(decoding: text, as: UTF8.self))\"" }
        return summary
    }
}

extension WorkTemplateError {
    /// What is wrong with the job, for the log.
    var text: String {
        switch self {
        case .jobIDLength(let count): "its id has \(count) bytes, expected 1 to \(WorkTemplate.jobIDLimit)"
        case .extranonce1Length(let count):
            "extranonce1 has \(count) bytes, expected at most \(WorkTemplate.extranonce1Limit)"
        case .extranonce2Size(let size): "extranonce2 size is \(size), expected 1 to 16"
        case .branchCount(let count): "\(count) merkle branches, expected at most \(WorkTemplate.branchLimit)"
        case .bits(let bits, _): "the compact target \(String(bits, radix: 16)) cannot be decoded"
        }
    }
}
