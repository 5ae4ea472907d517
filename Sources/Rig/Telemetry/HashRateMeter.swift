import Base

/// Hash rate from a count of hashes, over windows of some seconds up to fifteen minutes.
///
/// Fed about once a second with the running total. Two rings of samples, one a second and one every fifteen seconds,
/// bound the memory; a window that is not yet full is averaged over what there is.
public struct HashRateMeter: Sendable {
    private struct Sample {
        var at: Instant
        var total: UInt64
    }

    private var fine = SampleRing(spacing: .seconds(1), capacity: 64)
    private var coarse = SampleRing(spacing: .seconds(15), capacity: 64)
    private var latest: Sample?

    public init() {}

    /// Records that `total` hashes had been done at `now`. Totals and instants never fall.
    public mutating func record(total: UInt64, now: Instant) {
        latest = Sample(at: now, total: total)
        fine.offer(Sample(at: now, total: total))
        coarse.offer(Sample(at: now, total: total))
    }

    /// Hashes per second over the last `window` (1 s to 15 min); 0 before the second sample.
    public func rate(over window: Duration) -> Double {
        guard let latest else { return 0 }
        let start = latest.at + .nanoseconds(-window.nanoseconds)
        let ring = window.nanoseconds <= 60_000_000_000 ? fine : coarse
        guard let first = ring.oldest(since: start), first.at < latest.at else { return 0 }
        let seconds = Double((latest.at - first.at).nanoseconds) / 1e9
        return Double(latest.total &- first.total) / seconds
    }

    private struct SampleRing {
        let spacing: Duration
        let capacity: Int
        var samples: [Sample] = []
        var next = 0

        init(spacing: Duration, capacity: Int) {
            self.spacing = spacing
            self.capacity = capacity
            samples.reserveCapacity(capacity)
        }

        mutating func offer(_ sample: Sample) {
            if let newest, sample.at - newest.at < spacing { return }
            if samples.count < capacity {
                samples.append(sample)
            } else {
                samples[next] = sample
            }
            next = (next + 1) % capacity
        }

        var newest: Sample? {
            samples.isEmpty ? nil : samples[(next + capacity - 1) % capacity]
        }

        /// The oldest sample that is not older than `start`.
        func oldest(since start: Instant) -> Sample? {
            var best: Sample?
            for sample in samples where sample.at >= start && (best.map { sample.at < $0.at } ?? true) {
                best = sample
            }
            return best
        }
    }
}
