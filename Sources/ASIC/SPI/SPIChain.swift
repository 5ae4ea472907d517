import Base
import Mining

/// What chains on an SPI bus have in common while they hash.
protocol SPIChain {
    var ledger: WorkLedger { get set }
    var restartCount: Int { get set }
    /// Since when the chain has hashed without a restart.
    var hashingSince: Instant? { get }

    func expectedHashesPerSecond(ofChip chip: Int) -> Double
    mutating func fail(_ fault: ChainFault, _ now: Instant, _ output: inout SPIOutput)
}

extension SPIChain {
    /// Asks for work unless that has been done, or plenty waits.
    mutating func askForWork(_ output: inout SPIOutput) {
        if let wish = ledger.takeWish() { output.append(.needsWork(wish)) }
    }

    /// Looks for silence; false when the chain has been restarted for it.
    mutating func watch(_ now: Instant, _ output: inout SPIOutput) -> Bool {
        if let since = hashingSince, now - since >= SPIPolicy.stableTime { restartCount = 0 }
        for chip in ledger.statistics.chips.indices {
            let rate = expectedHashesPerSecond(ofChip: chip)
            if ledger.becameSilent(chip, hashesPerSecond: rate, now: now) {
                output.append(.event(.chipSilent(chip: chip)))
            }
        }
        if let silence = ledger.silence(now: now), silence >= SPIPolicy.silenceLimit {
            fail(.silent, now, &output)
            return false
        }
        return true
    }

    /// Counts a checked result, and tells of a chip whose silence it ends.
    mutating func take(_ found: FoundNonce, isValid: Bool, _ now: Instant, _ output: inout SPIOutput) {
        if ledger.record(found, isValid: isValid, now: now), let chip = found.chip {
            output.append(.event(.chipRecovered(chip: chip)))
        }
    }
}
