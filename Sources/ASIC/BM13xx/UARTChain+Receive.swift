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
            default: takeReading(reply, now)
            }
        case .nonce(let reply):
            if stage == .hashing { takeNonce(reply, &output) }
        }
    }

    private mutating func takeReading(_ reply: Response.RegisterReply, _ now: Instant) {
        // Late answers to a roll call are no news.
        if reply.register == .chipIdentity { return }
        guard let chip = plan.addresses.position(of: reply.chip),
            health[chip].update(reply.register, reply.value, now: now)
        else {
            statistics.implausibleReplies &+= 1
            return
        }
    }

    private mutating func takeNonce(_ reply: Response.NonceReply, _ output: inout ChainOutput) {
        let family = plan.family
        let result = family.jobIDs.split(reply.result)
        let core = Int(reply.wireNonce >> 25)
        let chip = family.nonceLayout.chip(of: reply.wireNonce, in: plan.addresses)
        guard let slot = family.jobIDs.slot(ofID: result.id), let job = jobs[slot] else {
            statistics.unknownJobs &+= 1
            return
        }
        guard job.isCurrent else {
            statistics.staleResults &+= 1
            return
        }
        // Chips give the nonce in header order.
        let nonce = reply.wireNonce.byteSwapped
        let solution: Solution
        switch family.jobFormat {
        case .fullHeader:
            solution = Solution(nonce: nonce, versionBits: UInt32(reply.roll) << 13)
        case .midstates:
            // A slot that the work has no version for carries the first, which every work has.
            let slot = UInt64(result.subCore) < job.work.variantCount ? Int(result.subCore) : 0
            guard let found = job.work.solution(nonce: nonce, slot: slot) else { return }
            solution = found
        }
        guard recentResults.insert(solution, workID: job.workID) else {
            statistics.recordDuplicate(chip: chip)
            return
        }
        output.append(
            .found(FoundNonce(workID: job.workID, solution: solution, ticket: job.ticket, chip: chip, core: core)))
    }
}
