import Base

/// `mining.submit`: every share is put together again and hashed before it counts.
extension PoolCore {
    func submit(_ parameters: [Any], _ id: String, _ client: Client, _ now: Instant) {
        do throws(Refusal) {
            if case .rejectAll = misbehaviour(of: client) { throw Refusal(.refusedOnPurpose, "as ordered") }
            let share = try judge(parameters, from: client)
            client.statistics.shares.count(share)
            record(share)
            answer(.submit, id, result: "true", to: client, now: now)
            if client.variableDifficulty != nil { retarget(client, now: now) }
            // A made-up chain grows with its blocks; a recording goes on with its one block.
            if share.isBlock, configuration.jobs.recording == nil { announceNewJob(newBlock: true, now: now) }
        } catch {
            record(error, of: client)
            let (result, text) = refusal(error.reason, misbehaviour(of: client))
            answer(.submit, id, result: result, error: text, to: client, now: now)
        }
    }

    /// All checks, cheapest first; a share that passes is remembered so that its duplicates do not.
    private func judge(_ parameters: [Any], from client: Client) throws(Refusal) -> AcceptedShare {
        guard let session = client.session else { throw Refusal(.notSubscribed, "no mining.subscribe before it") }
        guard let share = SubmittedShare(parameters: parameters) else {
            throw Refusal(.malformed, String((JSONText.fragment(parameters) ?? "").prefix(300)))
        }
        guard client.workers.contains(share.worker) else { throw Refusal(.unauthorized, share.worker) }
        guard let job = jobs.job(share.jobID), let issue = session.issues[share.jobID] else {
            throw Refusal(jobs.isRetired(share.jobID) ? .staleJob : .unknownJob, share.jobID)
        }
        let rebuilt = try RebuiltShare(share, job: job, issue: issue, versionMask: client.versionMask)
        guard !jobs.hasAccepted(rebuilt.value, job: job.id) else {
            throw Refusal(.duplicate, Hexadecimal.text(rebuilt.header))
        }
        let difficulty = ShareDifficulty.met(by: rebuilt.value)
        guard rebuilt.value <= issue.difficulty.target else {
            throw Refusal(.lowDifficulty, "\(difficulty), expected \(issue.difficulty)")
        }
        guard jobs.acceptedCount(job: job.id) < JobBook.acceptedLimit else {
            throw Refusal(.tooManyShares, "\(JobBook.acceptedLimit) for job \(job.id)")
        }
        jobs.recordAccepted(rebuilt.value, job: job.id)
        client.variableDifficulty?.count(issue.difficulty)
        let networkTarget = Number256(compact: job.bits)
        return AcceptedShare(
            client: client.id, worker: share.worker, job: job.id, extranonce1: issue.extranonce1,
            extranonce2: share.extranonce2, header: rebuilt.header, hash: rebuilt.hash,
            requiredDifficulty: issue.difficulty.value, difficulty: difficulty,
            isBlock: networkTarget.map { rebuilt.value <= $0 } ?? false)
    }

    /// Result and error of a refusal, in the form that was ordered.
    private func refusal(_ reason: RejectReason, _ misbehaviour: Misbehaviour?) -> (result: String, error: String) {
        guard case .rejectAll(let form) = misbehaviour else {
            return ("null", Self.error(reason.code, reason.message))
        }
        let message = JSONText.string(reason.message)
        return switch form {
        case .array: ("null", Self.error(reason.code, reason.message))
        case .object: ("null", "{\"code\":\(reason.code),\"message\":\(message)}")
        case .string: ("null", message)
        // One more member, written behind the error.
        case .reason: ("false", "null,\"reject-reason\":\(message)")
        case .null: ("null", "null")
        case .false: ("false", "null")
        }
    }
}
