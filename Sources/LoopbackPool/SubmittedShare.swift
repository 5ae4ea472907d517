/// The parameters of `mining.submit`, read but not yet judged.
struct SubmittedShare: Sendable {
    var worker: String
    var jobID: String
    var extranonce2: [UInt8]
    var time: UInt32
    var nonce: UInt32
    /// Nil when the miner sent no sixth parameter.
    var versionBits: UInt32?

    /// Nil when there are not five or six texts, or the numbers are not written as hexadecimal of the right length.
    init?(parameters: [Any]) {
        let texts = parameters.compactMap { $0 as? String }
        guard texts.count == parameters.count, (5...6).contains(texts.count),
            let extranonce2 = Hexadecimal.bytes(texts[2]),
            let time = Hexadecimal.word(texts[3]),
            let nonce = Hexadecimal.word(texts[4])
        else { return nil }
        if texts.count == 6 {
            guard let bits = Hexadecimal.word(texts[5]) else { return nil }
            versionBits = bits
        }
        worker = texts[0]
        jobID = texts[1]
        self.extranonce2 = extranonce2
        self.time = time
        self.nonce = nonce
    }
}

/// What a job was announced with on one session: its shares are judged by these values even after a change.
struct Issue: Sendable {
    var difficulty: ShareDifficulty
    var extranonce1: [UInt8]
    var extranonce2Size: Int
}

/// A share that was put together again from what the miner sent, with its hash.
struct RebuiltShare: Sendable {
    let header: [UInt8]
    /// In header order.
    let hash: [UInt8]
    let value: Number256
    let version: UInt32

    /// Header time may run ahead of the job's by this much, the limit that ckpool's family of servers applies.
    static let timeAllowance: UInt32 = 7000

    /// Checks the fields and builds the header; difficulty and duplicates are judged by the caller.
    init(_ share: SubmittedShare, job: PoolJob, issue: Issue, versionMask: UInt32) throws(Refusal) {
        guard share.extranonce2.count == issue.extranonce2Size else {
            let detail = "\(share.extranonce2.count) bytes, expected \(issue.extranonce2Size)"
            throw Refusal(.wrongExtranonce2Size, detail)
        }
        guard share.time >= job.time, share.time - job.time <= Self.timeAllowance else {
            let detail = "\(share.time), expected \(job.time) to \(Self.timeAllowance) s later"
            throw Refusal(.timeOutOfRange, detail)
        }
        let bits = share.versionBits ?? (job.version & versionMask)
        guard bits & ~versionMask == 0 else {
            let detail = "\(Hexadecimal.text(bits)), expected bits of \(Hexadecimal.text(versionMask))"
            throw Refusal(.versionBitsOutsideMask, detail)
        }
        // BIP 310: the bits replace those of the job inside the mask.
        version = job.version & ~versionMask | bits
        header = job.header(
            extranonce: issue.extranonce1 + share.extranonce2, version: version, time: share.time, nonce: share.nonce)
        hash = TextbookSHA256.doubleHash(header)
        value = Number256(littleEndian: hash)
    }
}
