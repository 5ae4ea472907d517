import Base
import Mining

/// What chips say, and what it means in the chain's present state.
extension UARTChain {
    mutating func handle(_ response: Response, _ now: Instant, _ output: inout ChainOutput) {
        switch response {
        case .register(let reply):
            switch activity {
            case .counting(let counting) where reply.register == .chipIdentity: count(reply, counting, now)
            case .callingRoll(let call) where reply.register == .chipIdentity: mark(reply, call, now, &output)
            default: takeReading(reply, now, &output)
            }
        case .nonce(let reply):
            if stage == .hashing { takeNonce(reply, &output) }
        }
    }

    private mutating func takeReading(
        _ reply: Response.RegisterReply, _ now: Instant, _ output: inout ChainOutput
    ) {
        // Late answers to a roll call are no news.
        if reply.register == .chipIdentity { return }
        guard let chip = plan.addresses.position(of: reply.chip),
            health[chip].update(reply.register, reply.value, now: now)
        else {
            statistics.implausibleReplies &+= 1
            return
        }
        if !noncesTellChips { notSilent(chip, &output) }
    }

    private mutating func takeNonce(_ reply: Response.NonceReply, _ output: inout ChainOutput) {
        let decoded = plan.family.decode(reply, in: plan.addresses)
        guard let slot = plan.family.jobIDs.slot(ofID: decoded.jobID), let job = jobs[slot] else {
            statistics.unknownJobs &+= 1
            return
        }
        guard job.isCurrent else {
            statistics.staleResults &+= 1
            return
        }
        guard let solution = solution(decoded, of: job.work) else { return }
        guard recentResults.insert(solution, workID: job.workID) else {
            statistics.recordDuplicate(chip: decoded.chip)
            return
        }
        output.append(
            .found(
                FoundNonce(
                    workID: job.workID, solution: solution, ticket: job.ticket, chip: decoded.chip,
                    core: Int(decoded.core))))
    }

    /// What the chip claims to have found: a version that it made itself, or one of those that it was given.
    private func solution(_ decoded: DecodedNonce, of work: Work) -> Solution? {
        switch plan.family.jobFormat {
        case .fullHeader: return Solution(nonce: decoded.nonce, versionBits: decoded.versionBits)
        case .midstates:
            // A slot that the work has no version for carries the first, which every work has.
            let slot = UInt64(decoded.subCore) < work.variantCount ? Int(decoded.subCore) : 0
            return work.solution(nonce: decoded.nonce, slot: slot)
        }
    }
}
