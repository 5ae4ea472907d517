import Base
import Grid

/// Follows the frequency with a product: turns readings of the mains into the claim that the product calls for.
///
/// A value: the same state, reading and time give the same state and claim.
public struct FrequencyFollower: Sendable {
    /// Changes of less than so many thousandths of the offer are not worth a claim, but for the beginning and the end.
    static let quantum: Int32 = 5

    public let slot: UInt8
    /// The full response is so much.
    public let offer: PowerLimit
    public let isArmed: Bool
    /// What the product asks for now.
    public private(set) var response = GridResponse(permille: 0, reason: .idle, isAlarm: false)
    private var responder: ProductResponder
    /// What the rig took when the response under way began.
    private var baseline = Milliwatts.zero
    /// What was last claimed, in thousandths; nil: nothing.
    private var told: Int32?
    /// A claim has come through a restart, and nothing is known of its beginning.
    private var isResumed: Bool
    private var isSilent = false

    /// - Parameters:
    ///   - slot: of the frequency's claims, from 1 on; 0 is the relay's.
    ///   - seed: for random delays; must differ from rig to rig.
    ///   - isResponding: whether a claim of this slot has come through a restart: then the full response holds until the
    ///     frequency has been back for as long as the product says.
    public init(
        _ product: GridProduct, slot: UInt8, offer: PowerLimit, isArmed: Bool = true, isResponding: Bool = false,
        seed: UInt64, now: Instant
    ) {
        self.slot = slot
        self.offer = offer
        self.isArmed = isArmed
        responder = ProductResponder(product, seed: seed)
        isResumed = isResponding
        if isResponding { responder.resume(now: now) }
    }

    public var product: GridProduct { responder.product }
    public var key: PowerClaim.Key { PowerClaim.Key(.frequency, slot: slot) }

    /// Whether the response is not nothing.
    public var isResponding: Bool { told != nil }

    /// Takes a new reading, or without one lets time pass.
    /// - Parameters:
    ///   - onLoss: what the source's silence means.
    ///   - rated: the rig's.
    ///   - power: what the rig takes now, measured where it can be: a response counts from there.
    /// - Returns: what the arbiter is to be told, if anything.
    public mutating func take(
        _ reading: MainsReading?, onLoss: LossPolicy, rated: Milliwatts, power: Milliwatts, now: Instant
    ) -> PowerArbiter.Input? {
        response = responder.step(reading, isArmed: isArmed, onLoss: onLoss, now: now)
        let permille = response.permille
        guard permille != 0 else {
            defer { (told, isResumed, isSilent) = (nil, false, false) }
            return told != nil || isResumed ? .release(key) : nil
        }
        guard let told else { return claim(permille, rated: rated, power: power, now: now) }
        if response.isAlarm {
            defer { isSilent = true }
            return isSilent ? nil : .silent(key)
        }
        let isNews = abs(permille - told) >= Self.quantum || permille.magnitude == 1000 && told != permille
        return isNews || isSilent ? claim(permille, rated: rated, power: power, now: now) : nil
    }

    private mutating func claim(
        _ permille: Int32, rated: Milliwatts, power: Milliwatts, now: Instant
    ) -> PowerArbiter.Input {
        if told.map({ ($0 > 0) != (permille > 0) }) ?? true { baseline = isResumed ? rated : min(power, rated) }
        (told, isResumed, isSilent) = (permille, false, false)
        let full = Int64(offer.resolved(rated: rated).value)
        let wanted = Milliwatts(clamping: max(0, Int64(baseline.value) - full * Int64(permille) / 1000))
        let asked: PowerLimit = wanted == .zero ? .off : .power(min(wanted, rated))
        var claim = PowerClaim(key, asked, permille > 0 ? .atMost : .atLeast, start: now, deadline: response.deadline)
        claim.rise = rise
        return .claim(claim)
    }

    /// A product that says how load comes back does that itself; what it leaves open is up to the arbiter.
    private var rise: PowerClaim.Rise {
        let release = product.release
        let isGentle = !product.isLatched || release.rampLimit != nil
        return isGentle ? .following : release.randomDelay > .zero ? .staged : .jittered
    }
}
