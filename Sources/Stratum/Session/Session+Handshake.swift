import Base
import JSON
import Mining

/// Our requests and the pool's replies. Order: configure, subscribe, authorize; then, and only then, what is optional, for
/// some pools hang up on methods that they do not know (BIP 310 warns of that as well).
extension Session {
    mutating func configure(_ now: Instant) {
        phase = .configuring
        let mask = settings.versionMask
        let line = request(.configure, now) { writer in
            writer.array { $0.string("version-rolling") }
            writer.object { writer in
                writer.key("version-rolling.mask")
                writer.word(mask)
                writer.key("version-rolling.min-bit-count")
                writer.integer(min(2, mask.nonzeroBitCount))
            }
        }
        actions.append(.send(line))
    }

    mutating func subscribe(_ now: Instant) {
        phase = .subscribing
        let (agent, id) = (settings.agent, resumption?.id)
        let line = request(.subscribe, now) { writer in
            writer.string(utf8: agent)
            if let id { writer.string(utf8: id) }
        }
        actions.append(.send(line))
    }

    private mutating func authorize(_ now: Instant) {
        phase = .authorizing
        let settings = settings
        let line = request(.authorize, now) { writer in
            writer.string(utf8: settings.user)
            writer.string(utf8: settings.password)
        }
        actions.append(.send(line))
    }

    private mutating func run(_ now: Instant) {
        phase = .running
        actions.append(.authorized)
        if let wanted = settings.suggestedDifficulty {
            let number = JSONNumber(significand: wanted.significand, exponent: Int(wanted.exponent))
            actions.append(.send(request(.suggestDifficulty, now) { $0.number(number) }))
        }
        if settings.subscribesToExtranonce {
            actions.append(.send(request(.subscribeExtranonce, now) { _ in }))
        }
        offer(now)
    }

    /// A reply has not come in time.
    mutating func expire(_ request: PendingRequest, _ now: Instant) {
        guard request.request.isOptional else { return fail(.unanswered(request.request)) }
        log(.unanswered(request.request))
        for index in pending.indices where pending[index].id == request.id { pending[index].deadline = nil }
        if phase == .configuring { subscribe(now) }
    }

    // MARK: Replies

    private enum Outcome {
        case result(Range<Int>)
        case refused(Rejection)
    }

    mutating func handleReply(_ message: Message, _ number: UInt64, _ now: Instant) {
        guard let index = pending.firstIndex(where: { $0.id == number }) else {
            if hasAsked(number) { log(.lateReply) } else { report(.unexpectedReply) }
            return
        }
        let request = pending.remove(at: index)
        let outcome = outcome(of: message)
        if let submitted = request.submitted {
            return settle(submitted, outcome, message, latency: now - request.sentAt)
        }
        do throws(JSONError) {
            switch (outcome, request.request) {
            case (.result(let range), .configure): try setMask(GrantedRolling(message.reader(range)).mask, now)
            case (.result(let range), .subscribe): try take(Subscription(message.reader(range)), now)
            case (.result(let range), .authorize):
                guard isTrue(message, range) else {
                    return fail(.refused(.authorize, Rejection(message, range)))
                }
                run(now)
            case (.result, _): break
            case (.refused(let rejection), .subscribe) where resumption?.id != nil:
                // A pool that does not know how to resume: begin anew.
                log(.refused(.subscribe, rejection))
                resumption = nil
                dropAssignments()
                subscribe(now)
            case (.refused(let rejection), let name):
                guard name.isOptional else { return fail(.refused(name, rejection)) }
                log(.refused(name, rejection))
            }
        } catch {
            guard request.request.isOptional else { return fail(.unusable(request.request, error)) }
            report(.malformed(error))
        }
        if phase == .configuring { subscribe(now) }
    }

    private func outcome(of message: Message) -> Outcome {
        if let error = message.error { return .refused(Rejection(message, error)) }
        guard let result = message.result else { return .refused(Rejection(text: Array("no result".utf8))) }
        if message.line[result.lowerBound] == 0x66 {
            let reason = message.rejectReason.map { Rejection(message, $0) }
            return .refused(reason ?? Rejection(text: Array("refused".utf8)))
        }
        return .result(result)
    }

    private func isTrue(_ message: Message, _ range: Range<Int>) -> Bool {
        message.line[range].elementsEqual("true".utf8)
    }

    private mutating func settle(
        _ submitted: PendingRequest.Submitted, _ outcome: Outcome, _ message: Message, latency: Duration
    ) {
        switch outcome {
        case .result(let range) where isTrue(message, range):
            actions.append(.accepted(submitted.share, credit: submitted.credit, latency: latency))
        case .result(let range):
            actions.append(
                .rejected(submitted.share, credit: submitted.credit, Rejection(message, range), latency: latency))
        case .refused(let rejection):
            actions.append(.rejected(submitted.share, credit: submitted.credit, rejection, latency: latency))
        }
    }

    private mutating func take(_ subscription: Subscription, _ now: Instant) {
        extranonce = subscription.extranonce
        sessionID = subscription.sessionID
        if let old = resumption {
            if old.extranonce1 == subscription.extranonce.prefix { log(.resumed) } else { dropAssignments() }
            resumption = nil
        }
        authorize(now)
    }

    /// The pool grants version bits, at first or anew; nil takes them away.
    mutating func setMask(_ granted: UInt32?, _ now: Instant) {
        let mask = granted.map { $0 & settings.versionMask }.flatMap { $0 == 0 ? nil : $0 }
        log(.versionMask(mask ?? 0))
        guard mask != versionMask else { return }
        versionMask = mask
        // Bits chosen under the old mask may be refused: what is being mined must be built anew.
        if isReady { offer(now) }
    }
}
