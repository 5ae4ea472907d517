import Base
import Buses
import Testing

@testable import Rig

/// What holds whatever claims come in whatever order: seeded random lives, judged by rules written down a second time.
@Suite struct PowerPropertyTests {
    /// Claims as the test knows them.
    struct Witness {
        var settings: PowerSettings
        var claims: [PowerClaim] = []
        var overdue: Set<PowerClaim.Key> = []
        var starts: [Instant] = []
        var offSince: Instant?
        var mainsBad = false

        func rank(_ claim: PowerClaim) -> Int {
            switch claim.key.source {
            case .safety: 7
            case .technician: claim.limit == .off && claim.direction == .atMost ? 6 : 3
            case .frequency: 5
            case .remote: 4
            case .schedule, .surplus, .pool: 2
            case .configured: 1
            }
        }

        func milliwatts(_ limit: PowerLimit) -> Int {
            switch limit {
            case .off: 0
            case .power(let power): Int(power.value)
            case .permille(let permille): Int(settings.rated.value) * permille / 1000
            }
        }

        mutating func age(to now: Instant) {
            for index in claims.indices.reversed() {
                guard let expiry = claims[index].expiry, expiry <= now else { continue }
                silence(claims[index].key, now)
            }
        }

        mutating func silence(_ key: PowerClaim.Key, _ now: Instant) {
            guard let index = claims.firstIndex(where: { $0.key == key }), overdue.insert(key).inserted else { return }
            switch claims[index].failPolicy {
            case .release:
                claims.remove(at: index)
                overdue.remove(key)
            case .hold: claims[index].expiry = nil
            case .off:
                claims[index].expiry = nil
                claims[index].limit = .off
                claims[index].direction = .atMost
                claims[index].start = min(claims[index].start, now)
            }
        }

        /// The most that any valid limit allows which nobody of higher rank has lifted.
        func ceiling(_ now: Instant, economy: Bool) -> Int {
            let active = claims.filter { $0.start <= now }
            let lifts = active.filter { $0.direction == .atLeast }.map(rank).max() ?? 0
            var lowest = Int(settings.rated.value)
            for claim in active where claim.direction == .atMost && rank(claim) >= lifts {
                if !economy, rank(claim) <= 2, milliwatts(claim.limit) < Int(settings.minimum.value) {
                    lowest = min(lowest, Int(settings.minimum.value))
                } else {
                    lowest = min(lowest, milliwatts(claim.limit))
                }
            }
            return lowest
        }
    }

    struct Life {
        var random: SplitMix64
        var bench: PowerBench
        var witness: Witness

        init(seed: UInt64) {
            random = SplitMix64(state: seed)
            let settings = PowerBench.settings {
                $0.cyclesPerDay = 12
                $0.target = .permille(800)
            }
            bench = PowerBench(settings, seed: seed)
            witness = Witness(settings: settings)
            witness.claims = [PowerClaim(.init(.configured), .permille(800), start: bench.now)]
            witness.starts = [bench.now]
        }

        mutating func draw(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }

        mutating func claim() {
            let source = PowerClaim.Source.allCases[draw(PowerClaim.Source.allCases.count)]
            let limits: [PowerLimit] = [
                .off, .off, .permille(draw(1001)), .power(Milliwatts(Int32(draw(3_500_000)))), .permille(1000),
            ]
            let start = bench.now + .seconds(draw(4) == 0 ? draw(600) : 0)
            var claim = PowerClaim(
                .init(source, slot: UInt8(draw(3))), limits[draw(limits.count)], draw(3) == 0 ? .atLeast : .atMost,
                start: start, expiry: draw(2) == 0 ? start + .seconds(1 + draw(1800)) : nil)
            claim.failPolicy = PowerClaim.FailPolicy.allCases[draw(3)]
            claim.rise = PowerClaim.Rise.allCases[draw(3)]
            let before = bench.notes.count
            bench.handle(.claim(claim))
            let isRefused = bench.notes[before...].contains { if case .refused = $0 { true } else { false } }
            guard !isRefused else { return }
            if let index = witness.claims.firstIndex(where: { $0.key == claim.key }) {
                let known = witness.claims.remove(at: index)
                if known.limit == claim.limit, known.direction == claim.direction, known.start <= bench.now {
                    claim.start = min(claim.start, known.start)
                }
                if known.direction == claim.direction, known.rise == .following, claim.rise == .following,
                    known.start <= bench.now
                {
                    claim.start = min(claim.start, known.start)
                }
            }
            witness.overdue.remove(claim.key)
            witness.claims.append(claim)
        }

        mutating func step() throws {
            witness.age(to: bench.now)
            switch draw(16) {
            case 0..<5: claim()
            case 5..<9:
                if !witness.claims.isEmpty {
                    let key = witness.claims[draw(witness.claims.count)].key
                    bench.handle(.release(key))
                    witness.claims.removeAll { $0.key == key }
                    witness.overdue.remove(key)
                }
            case 9:
                if !witness.claims.isEmpty {
                    let key = witness.claims[draw(witness.claims.count)].key
                    bench.handle(.silent(key))
                    witness.silence(key, bench.now)
                }
            case 10 where draw(4) == 0:
                witness.mainsBad.toggle()
                bench.handle(.mains(isGood: !witness.mainsBad))
            case 11 where draw(6) == 0: try restart()
            default:
                bench.now = bench.now + .milliseconds(Int64(draw(300_000)))
                witness.age(to: bench.now)
                bench.handle(.tick)
            }
        }

        mutating func restart() throws {
            let json = bench.arbiter.memory(now: bench.now).json
            let memory = try PowerMemory.read(file: "power.json", bytes: json)
            let isPower = draw(2) == 0
            let settings = witness.settings
            // The clock goes on: the witness does not know of distances.
            let (notes, wasOff) = (bench.notes, bench.arbiter.setpoint.isOff)
            bench = PowerBench(
                settings, seed: random.next(), start: isPower ? .powerReturned : .restarted, memory: memory,
                now: bench.now)
            bench.notes = notes
            witness.mainsBad = false
            // A rig that was off has been off all along.
            if !wasOff || isPower { witness.offSince = bench.now }
            witness.claims.removeAll { $0.direction == .atLeast || $0.key.source == .configured }
            witness.claims.append(PowerClaim(.init(.configured), .permille(800), start: bench.now))
            for index in witness.claims.indices where witness.claims[index].expiry != nil {
                // Up to two milliseconds later: written in whole ones, and never sooner.
                if let claim = bench.arbiter.claims.first(where: { $0.key == witness.claims[index].key }) {
                    let later = try #require(claim.expiry) - (try #require(witness.claims[index].expiry))
                    #expect(later >= .zero && later <= .milliseconds(2))
                    witness.claims[index].expiry = claim.expiry
                }
            }
            for index in witness.claims.indices {
                if let claim = bench.arbiter.claims.first(where: { $0.key == witness.claims[index].key }) {
                    #expect(abs((claim.start - max(witness.claims[index].start, bench.now)).nanoseconds) <= 1_000_000)
                    witness.claims[index].start = claim.start
                }
            }
        }
    }

    @Test(arguments: 1...60 as ClosedRange<UInt64>)
    func neverAboveTheLowestValidLimit(seed: UInt64) throws {
        var life = Life(seed: seed)
        var last = life.bench.arbiter.setpoint
        for step in 0..<400 {
            let before = life.bench.now
            try life.step()
            life.witness.age(to: life.bench.now)
            let setpoint = life.bench.arbiter.setpoint
            let limit = Int(setpoint.limit.value)
            let now = life.bench.now
            let place: Comment = "seed \(seed), step \(step)"
            // Economy may be kept waiting at the least power, and the reason says so; nobody else may.
            #expect(limit <= life.witness.ceiling(now, economy: false), place)
            if limit > life.witness.ceiling(now, economy: true) {
                switch setpoint.reason {
                case .minimumOnTime(let until), .cyclesKept(let until):
                    #expect(until > now, place)
                    #expect(limit == 1_000_000, place)
                default: Issue.record("\(place): \(setpoint)")
                }
            }
            #expect(limit == 0 || limit >= 1_000_000 && limit <= 3_000_000, place)
            if last.limit > .zero, limit == 0 { life.witness.offSince = now }
            if last.limit == .zero, limit > 0 {
                // A start: never too soon, never without mains, never more than the day allows.
                if let off = life.witness.offSince { #expect(now - off >= .seconds(120), place) }
                #expect(!life.witness.mainsBad, place)
                life.witness.starts.append(now)
                let recent = life.witness.starts.filter { now - $0 < .seconds(86_400) }
                #expect(recent.count <= 12, place)
            }
            #expect(setpoint.since >= before || setpoint.limit == last.limit, place)
            if let due = life.bench.arbiter.deadline { #expect(due > now, "\(place): a tick that is never over") }
            last = setpoint
        }
    }

    /// Whatever came before: whoever must be obeyed is obeyed in the same call.
    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func offIsNeverSlowerForAnotherClaim(seed: UInt64) throws {
        var life = Life(seed: seed &* 977)
        for _ in 0..<30 { try life.step() }
        for source in [PowerClaim.Source.safety, .frequency, .remote, .technician] {
            var copy = life.bench
            let lifts = copy.arbiter.claims.filter { claim in
                claim.direction == .atLeast && claim.start <= copy.now
                    && life.witness.rank(claim)
                        > life.witness.rank(PowerClaim(.init(source), .off, start: copy.now))
            }
            copy.claim(source, .off)
            // Only a higher rank that wants load now stands above it, and its wish is the only reason.
            if lifts.isEmpty { #expect(copy.arbiter.setpoint.isOff, "seed \(seed), \(source)") }
        }
    }

    /// Both claims of every pair, in both orders of coming and of going.
    @Test func everyPairOfSourcesObeysBothAndResumesForNeither() {
        let sources = PowerClaim.Source.allCases.filter { $0 != .configured }
        for first in sources {
            for second in sources where second != first {
                var bench = PowerBench()
                bench.run(.seconds(400))
                bench.claim(first, .off)
                bench.claim(second, .off)
                #expect(bench.arbiter.setpoint.isOff, "\(first) \(second)")
                bench.run(.seconds(60))
                bench.release(first)
                bench.run(.seconds(7200))
                #expect(bench.arbiter.setpoint.isOff, "\(second) still wants off")
                #expect(bench.source == second)
                bench.release(second)
                bench.run(.seconds(7200))
                #expect(bench.watts == 3000, "\(first) \(second)")
            }
        }
    }

    @Test func theSameLifeTwiceIsTheSame() throws {
        var one = Life(seed: 5)
        var two = Life(seed: 5)
        for _ in 0..<300 {
            try one.step()
            try two.step()
            #expect(one.bench.arbiter.setpoint == two.bench.arbiter.setpoint)
        }
        #expect(one.bench.notes == two.bench.notes)
    }
}
