/// Finds what somebody probably meant by a misspelt name.
public enum NearestName {
    /// The candidate with the fewest edits to `name`, if that is at most `limit`; the first one on a tie.
    ///
    /// An edit is one inserted, deleted or replaced byte, or two neighbours swapped.
    public static func match(_ name: String, among candidates: [String], limit: Int = 2) -> String? {
        var best: (candidate: String, edits: Int)?
        for candidate in candidates {
            let edits = distance(Array(name.utf8), Array(candidate.utf8))
            if edits <= limit, best.map({ edits < $0.edits }) ?? true { best = (candidate, edits) }
        }
        return best?.candidate
    }

    /// Optimal string alignment distance, in three rows.
    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var beforePrevious: [Int] = []
        var previous = Array(0...b.count)
        for i in a.indices {
            var current = [i + 1]
            current.reserveCapacity(b.count + 1)
            for j in b.indices {
                var edits = min(previous[j + 1] + 1, current[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { edits = min(edits, beforePrevious[j - 1] + 1) }
                current.append(edits)
            }
            beforePrevious = previous
            previous = current
        }
        return previous[b.count]
    }
}
